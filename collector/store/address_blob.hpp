#pragma once
/// Addresses as the store keeps them: family (0, 4 or 6), then the address padded with zeros to 16 octets.
#include <algorithm>
#include <array>
#include <cstdint>

#include "rules/packet/address.hpp"

namespace sw {

inline std::array<std::uint8_t, 17> address_blob(const Address& a) {
    std::array<std::uint8_t, 17> blob{a.family};
    std::copy(a.octets.begin(), a.octets.end(), blob.begin() + 1);
    return blob;
}

}  // namespace sw

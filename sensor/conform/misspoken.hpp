#pragma once
/// A breach, with the protocol that was not spoken: what a finding says of it.
#include <string>
#include <string_view>

#include "sensor/conform/machine.hpp"

namespace sw {

struct Misspoken {
    std::string_view protocol;  ///< Rule::speaks, borrowed from the policy
    Breach breach;
    std::uint16_t number = 0;  ///< of its kind, within the run, from 1

    /// What makes two breaches the same: protocol, state and what was expected. "smtp: waiting for the greeting: a reply of three digits"
    std::string kind() const;
    /// "smtp, waiting for the greeting: at octet 0 the responder sent "SSH-2.0-x\r\n" where a reply of three digits belongs".
    /// Printable ASCII.
    std::string words() const;
};

/// Octets as text between quotes, printable ASCII: \r, \n, \t, \", \\ and \xNN.
std::string quoted(std::span<const std::uint8_t> octets);

}  // namespace sw

#pragma once
/// The words that records use for what has no name elsewhere; writer and reader share them.
#include <array>
#include <optional>
#include <string_view>

#include "sensor/journal/record.hpp"

namespace sw {

inline constexpr std::array<std::string_view, 4> network_words{"none", "arp", "ipv4", "ipv6"};

/// The enumerator up to last that to_string() gives this word.
template <class E>
std::optional<E> from_word(std::string_view word, E last) {
    for (unsigned i = 0; i <= static_cast<unsigned>(last); ++i)
        if (to_string(static_cast<E>(i)) == word) return static_cast<E>(i);
    return std::nullopt;
}

}  // namespace sw

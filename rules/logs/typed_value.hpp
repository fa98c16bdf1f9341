#pragma once
/// Values that show by themselves what they are: numbers, addresses, times ... Private to this room.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "rules/logs/log_template.hpp"

namespace sw {

struct TypedValue {
    HoleKind kind = HoleKind::integer;
    std::size_t octets = 0;  ///< 0: nothing that has a type stands there
    explicit operator bool() const { return octets != 0; }
};

/// A maximal run of word octets (octet_class.hpp), and all their classes together.
struct Word {
    std::size_t begin = 0, end = 0;
    std::uint8_t classes = 0;
};
Word word_at(std::string_view text, std::size_t begin);

/// The value that begins with this word (and may go on behind it, as a time or an IPv6 address does). What follows it is no
/// part of a word; a full stop at the end of a word is none of the value.
TypedValue typed_value(std::string_view text, const Word& word);

/// Letters, digits, dots, dashes and underscores, as many as a host's name may have.
bool is_host_name(std::string_view s);

/// One word of printable ASCII.
bool is_token(std::string_view s);

/// Octets of an address at the front of s: whole groups only, nothing that goes on as a word behind it.
std::size_t ipv4_octets(std::string_view s);
std::size_t ipv6_octets(std::string_view s);
/// 0000:00:1f.2, which names a device and is no number.
std::size_t pci_octets(std::string_view s);
/// "Jun  9 06:07:04", "Thu Jun 09 06:07:04 2005", "2026-11-22T12:00:00+01:00", "2026/11/22 12:00:00", "09/Jun/2005:06:07:04 +0000".
std::size_t stamp_octets(std::string_view s);

}  // namespace sw

#pragma once
/// Domain names as they stand in messages (RFC 1035 3.1, 4.1.4).
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rules/base/bytes.hpp"

namespace sw {

/// A name in its wire form without compression, in lower case (RFC 4343), without the root's empty label: labels, each
/// behind its length. At most 254 octets; the root has none.
class DnsName {
public:
    std::string_view wire() const { return {octets_.data(), size_}; }
    unsigned labels() const { return labels_; }
    bool operator==(const DnsName& other) const { return wire() == other.wire(); }
    /// It lies below other: other is what remains when its first labels are taken away.
    bool below(const DnsName& other) const;
    /// As people write it, without a dot at the end; octets raw.
    std::string text() const;
    /// Octets of text().
    unsigned text_size() const { return size_ == 0 ? 0 : size_ - 1u; }

    /// Of text as a policy has it: lower case, no dot at the end; "" or "." is the root.
    static DnsName of(std::string_view text);

    /// The octets of a label behind those that are there. false: more than a name holds.
    bool append(std::string_view label);

private:
    std::array<char, 254> octets_{};
    std::uint8_t size_ = 0, labels_ = 0;
};

/// What names in messages may look like, besides their lengths.
enum class DnsNameStyle : std::uint8_t {
    whole,       ///< no compression: where RFC 3597 4 forbids it, and in questions, which have nothing to point to
    compressed,  ///< pointers may lead back
};

/// Read the name at `at`, and move `at` behind it. Pointers lead strictly backwards, so that no chain of them ends where it
/// began; a label is at most 63 octets of visible ASCII (RFC 1035 2.3.1 asks for letters, digits and hyphens; services,
/// DKIM and classless reverse zones use more; nothing uses less).
/// errors: nullopt and `at` on the octet that is wrong (message.size(): it ends too early)
std::optional<DnsName> read_dns_name(Bytes message, std::size_t& at, DnsNameStyle style);

}  // namespace sw

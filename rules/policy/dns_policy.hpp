#pragma once
/// What a rule lets its conversations ask of DNS ([allow.dns]), and the answers that [[dns_pin]] demands. Plain data, part
/// of the policy; sensor/conform/dns enforces it.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sw {

/// Numbers of record types (IANA, Domain Name System Parameters), by the names of RFC 1035 and its successors.
namespace dns_type {
inline constexpr std::uint16_t a = 1, ns = 2, cname = 5, soa = 6, ptr = 12, mx = 15, txt = 16, aaaa = 28, srv = 33, dname = 39, opt = 41,
                               ds = 43, rrsig = 46, nsec = 47, dnskey = 48, nsec3 = 50, tlsa = 52, svcb = 64, https = 65, caa = 257;
}  // namespace dns_type

/// The number of a type that a policy may allow: one whose records have a known syntax or none that could hurt a reader.
/// Queries for all types and transfers have no number here: no rule may allow them.
std::optional<std::uint16_t> dns_type_number(std::string_view name);
/// Its name, or "".
std::string_view dns_type_name(std::uint16_t number);
/// All of those names.
const std::vector<std::string_view>& dns_type_names();

/// What a rule's conversations may ask. An initiator that asks more of any of it goes beyond what it needs: a tunnel's sign.
struct DnsLimits {
    std::vector<std::uint16_t> types = default_types();  ///< of questions; ascending, each once
    std::uint32_t max_name = 128;                        ///< octets of a name in a question as people write it, 1..253
    std::uint32_t max_labels = 10;                       ///< of it, 1..127; up to 32 leading one-digit ones (reverse names) count as one
    std::uint32_t names_per_hour = 5'000;                ///< different names an initiator asks for, 1..100'000
    std::uint32_t txt_octets_per_hour = 1u << 20;        ///< octets of TXT records it is answered, 1..2^30

    static std::vector<std::uint16_t> default_types();
    bool operator==(const DnsLimits&) const = default;
};

/// The only right answer for a name and a type: exactly these records, in any order.
struct DnsPin {
    std::string name;                 ///< lower case, no dot at its end
    std::string type;                 ///< A, AAAA, CNAME, MX, NS, PTR, TXT, or SPF: those TXT records that begin with v=spf1
    std::vector<std::string> values;  ///< canonical, sorted, each once: an address, "10 mx.example", a name, or a text

    bool operator==(const DnsPin&) const = default;
};

}  // namespace sw

#include "rules/policy/dns_policy.hpp"

#include <algorithm>
#include <array>

namespace sw {
namespace {

struct Row {
    std::string_view name;
    std::uint16_t number;
};

constexpr std::array rows{
    Row{"A", 1},           Row{"NS", 2},          Row{"CNAME", 5},  Row{"SOA", 6},     Row{"PTR", 12},    Row{"HINFO", 13},
    Row{"MX", 15},         Row{"TXT", 16},        Row{"RP", 17},    Row{"AFSDB", 18},  Row{"KEY", 25},    Row{"AAAA", 28},
    Row{"LOC", 29},        Row{"SRV", 33},        Row{"NAPTR", 35}, Row{"CERT", 37},   Row{"DNAME", 39},  Row{"DS", 43},
    Row{"SSHFP", 44},      Row{"IPSECKEY", 45},   Row{"RRSIG", 46}, Row{"NSEC", 47},   Row{"DNSKEY", 48}, Row{"DHCID", 49},
    Row{"NSEC3", 50},      Row{"NSEC3PARAM", 51}, Row{"TLSA", 52},  Row{"SMIMEA", 53}, Row{"CDS", 59},    Row{"CDNSKEY", 60},
    Row{"OPENPGPKEY", 61}, Row{"CSYNC", 62},      Row{"SVCB", 64},  Row{"HTTPS", 65},  Row{"SPF", 99},    Row{"URI", 256},
    Row{"CAA", 257},
};

}  // namespace

std::optional<std::uint16_t> dns_type_number(std::string_view name) {
    const auto row = std::find_if(rows.begin(), rows.end(), [name](const Row& r) { return r.name == name; });
    return row == rows.end() ? std::nullopt : std::optional(row->number);
}

std::string_view dns_type_name(std::uint16_t number) {
    const auto row = std::find_if(rows.begin(), rows.end(), [number](const Row& r) { return r.number == number; });
    return row == rows.end() ? std::string_view{} : row->name;
}

const std::vector<std::string_view>& dns_type_names() {
    static const std::vector<std::string_view> names = [] {
        std::vector<std::string_view> out;
        for (const Row& row : rows) out.push_back(row.name);
        return out;
    }();
    return names;
}

/// What mail servers, their resolvers and the libraries of today ask: mail routing and its proofs, addresses, reverse
/// names, services, DNSSEC's keys.
std::vector<std::uint16_t> DnsLimits::default_types() {
    using namespace dns_type;
    return {a, ns, cname, soa, ptr, mx, txt, aaaa, srv, ds, dnskey, tlsa, svcb, https, caa};
}

}  // namespace sw

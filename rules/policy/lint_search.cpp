#include "rules/policy/lint_search.hpp"

#include <algorithm>

namespace sw {
namespace {

using Subject = Predicate::Subject;

constexpr std::uint64_t most_runs_a_pair = 4'000;
constexpr std::size_t most_addresses = 12, most_ports = 6, most_macs = 3;

template <class T>
void add_once(std::vector<T>& list, const T& value, std::size_t most) {
    if (list.size() < most && std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

/// An address of a prefix that a host could have.
Address host_of(const Prefix& prefix) {
    Address out = prefix.address;
    const std::size_t octets = out.family == 4 ? 4 : 16;
    if (prefix.length < octets * 8) out.octets[octets - 1] |= 1;
    return out;
}

void mention(const FilterNode& node, Mentioned& out) {
    for (const FilterNode& child : node.children) mention(child, out);
    for (const std::string& value : node.predicate.values) {
        if (node.predicate.subject == Subject::host || node.predicate.subject == Subject::net) {
            if (const auto prefix = parse_prefix(value)) add_once(out.addresses, host_of(*prefix), most_addresses);
        } else if (node.predicate.subject == Subject::ether_host) {
            if (const auto mac = parse_mac(value)) add_once(out.macs, *mac, most_macs);
        }
    }
    if (node.predicate.subject != Subject::port) return;
    const Hull hull = hull_of(node);
    for (const auto& ranges : {hull.sport, hull.dport})
        for (const PortRange& range : ranges.value_or(std::vector<PortRange>{})) add_once(out.ports, range.low, most_ports);
    // "port 25" leaves both ends of its box open, but it does mention 25.
    if (node.predicate.direction != Predicate::Direction::either) return;
    FilterNode turned = node;
    turned.predicate.direction = Predicate::Direction::dst;
    for (const PortRange& range : hull_of(turned).dport.value_or(std::vector<PortRange>{})) add_once(out.ports, range.low, most_ports);
}

/// Addresses that a rule which names none gets to see; two, for nobody speaks to himself.
struct Outsider {
    Address v4, v6;
};
Outsider outsider(std::uint8_t host) {
    Outsider out{*parse_address("198.51.100.0"), *parse_address("2001:db8:ffff::")};
    out.v4.octets[3] = out.v6.octets[15] = host;
    return out;
}

std::vector<Address> addresses_of(const std::optional<std::vector<Prefix>>& box, const Outsider& usual, const Mentioned& a,
                                  const Mentioned& b) {
    std::vector<Address> out;
    const auto inside = [&box](const Address& address) {
        return !box || std::any_of(box->begin(), box->end(), [&](const Prefix& p) { return p.contains(address); });
    };
    const auto consider = [&](const Address& address) {
        if (inside(address)) add_once(out, address, most_addresses);
    };
    if (box)
        for (const Prefix& prefix : *box) add_once(out, host_of(prefix), most_addresses / 2);
    consider(usual.v4);
    consider(usual.v6);
    for (const Mentioned* m : {&a, &b})
        for (const Address& address : m->addresses) consider(address);
    return out;
}

std::vector<std::uint16_t> ports_of(const std::optional<std::vector<PortRange>>& box, std::uint16_t usual, const Mentioned& a,
                                    const Mentioned& b) {
    std::vector<std::uint16_t> out;
    const auto consider = [&](std::uint16_t port) {
        const auto holds = [port](const PortRange& r) { return r.low <= port && port <= r.high; };
        if (!box || std::any_of(box->begin(), box->end(), holds)) add_once(out, port, most_ports);
    };
    consider(usual);
    if (box)
        for (const PortRange& range : *box) add_once(out, std::max<std::uint16_t>(range.low, 1), most_ports);
    for (const Mentioned* m : {&a, &b})
        for (const std::uint16_t port : m->ports) consider(port);
    return out;
}

std::vector<MacAddress> macs_of(const Mentioned& a, const Mentioned& b, std::uint8_t usual) {
    std::vector<MacAddress> out{{{0x02, 0, 0, 0, 0, usual}}};
    for (const Mentioned* m : {&a, &b})
        for (const MacAddress& mac : m->macs) add_once(out, mac, 1 + 2 * most_macs);
    return out;
}

/// Looks for one opening packet that two rules accept.
class Search {
public:
    Search(const Openings& a, const Openings& b, const Hull& box)
        : src_(addresses_of(box.src, outsider(7), a.mentioned, b.mentioned)),
          dst_(addresses_of(box.dst, outsider(8), a.mentioned, b.mentioned)),
          sport_(ports_of(box.sport, 40000, a.mentioned, b.mentioned)),
          dport_(ports_of(box.dport, 9, a.mentioned, b.mentioned)),
          mac_src_(macs_of(a.mentioned, b.mentioned, 1)),
          mac_dst_(macs_of(a.mentioned, b.mentioned, 2)),
          protocols_(box.protocols) {}

    std::optional<Witness> find(const Program& a, const Program& b, std::uint64_t& runs) {
        for (const Address& src : src_)
            for (const Address& dst : dst_) {
                if (src.family != dst.family || src == dst) continue;
                for (const std::uint8_t proto : std::initializer_list<std::uint8_t>{6, 17, 1, 58})
                    if (is_open(proto, src.family))
                        if (auto found = find_ports({src, dst, 0, 0, proto}, a, b, runs)) return found;
            }
        return std::nullopt;
    }

private:
    bool is_open(std::uint8_t proto, std::uint8_t family) const {
        switch (proto) {
            case 6:
                return (protocols_ & opens_tcp) != 0;
            case 17:
                return (protocols_ & opens_udp) != 0;
            case 1:
                return (protocols_ & opens_icmp) != 0 && family == 4;
            default:
                return (protocols_ & opens_icmp6) != 0 && family == 6;
        }
    }

    std::optional<Witness> find_ports(FiveTuple tuple, const Program& a, const Program& b, std::uint64_t& runs) {
        for (const std::uint16_t sport : sport_)
            for (const std::uint16_t dport : dport_)
                for (const MacAddress& mac_src : mac_src_)
                    for (const MacAddress& mac_dst : mac_dst_) {
                        if (runs_++ > most_runs_a_pair) return std::nullopt;
                        ++runs;
                        tuple.sport = sport;
                        tuple.dport = dport;
                        const Witness witness{mac_src, mac_dst, tuple};
                        const WitnessFrame frame = frame_of(witness);
                        if (a.matches(frame.octets.data(), frame.length, frame.length) &&
                            b.matches(frame.octets.data(), frame.length, frame.length))
                            return witness;
                    }
        return std::nullopt;
    }

    std::vector<Address> src_, dst_;
    std::vector<std::uint16_t> sport_, dport_;
    std::vector<MacAddress> mac_src_, mac_dst_;
    std::uint8_t protocols_;
    std::uint64_t runs_ = 0;
};

}  // namespace

Openings openings_of(const Rule& rule) {
    Openings out{hull_of(rule.filter.root), {}};
    mention(rule.filter.root, out.mentioned);
    return out;
}

std::optional<Witness> common_opening(const Openings& a, const Program& program_a, const Openings& b, const Program& program_b,
                                      const Hull& box, std::uint64_t& runs) {
    return Search(a, b, box).find(program_a, program_b, runs);
}

}  // namespace sw

// What is not allowed, as a finding: its cause, and what is told of its first packet.
#include <cstring>

#include "sensor/engine_impl.hpp"

namespace sw {
namespace {

std::string flag_names(std::uint8_t flags) {
    constexpr std::pair<std::uint8_t, const char*> names[] = {{tcp_flag::syn, "SYN"}, {tcp_flag::fin, "FIN"}, {tcp_flag::rst, "RST"},
                                                              {tcp_flag::psh, "PSH"}, {tcp_flag::ack, "ACK"}, {tcp_flag::urg, "URG"}};
    std::string text;
    for (const auto& [bit, name] : names)
        if (flags & bit) text += (text.empty() ? "" : "+") + std::string(name);
    return text.empty() ? "no flags" : text;
}

std::string detail_of(const Packet& p) {
    if (p.later_fragment) return "later fragment";
    switch (p.transport) {
        case Transport::tcp:
            return flag_names(p.tcp_flags);
        case Transport::icmp:
        case Transport::icmp6:
            return "type " + std::to_string(p.icmp_type) + " code " + std::to_string(p.icmp_code);
        default:
            return {};
    }
}

/// As Packet::src() and dst() give it, written where it stays: to copy what was just written costs 20 cycles.
void put(Address& a, const Packet& p, const std::uint8_t* octets) {
    if (octets == nullptr) return;
    a.family = p.network == Network::ipv6 ? 6 : 4;
    std::memcpy(a.octets.data(), octets, a.family == 6 ? 16 : 4);
}

Direction direction_of(const Policy& policy, const Address& initiator, const Address& responder) {
    if (initiator.family == 0) return Direction::unknown;
    const bool from = policy.is_home(initiator), to = policy.is_home(responder);
    return from ? (to ? Direction::inside : Direction::outbound) : (to ? Direction::inbound : Direction::outside);
}

}  // namespace

Finding& Engine::Impl::record(const Work& w, const Judgement& j, const Ruling& ruling) {
    const Packet& p = w.packet;
    Cause c;
    c.reasons = j.reasons;
    c.forbid = j.verdict == Verdict::black ? j.rule : -1;
    c.nearest = j.nearest;
    c.network = p.network;
    c.proto = p.ip_proto;
    c.ethertype = p.network == Network::none ? p.ethertype : std::uint16_t{0};
    put(c.initiator, p, j.answers ? p.ip_dst : p.ip_src);
    put(c.responder, p, j.answers ? p.ip_src : p.ip_dst);
    c.port = j.answers ? p.sport : p.dport;
    if (p.transport == Transport::icmp || p.transport == Transport::icmp6) c.port = p.icmp_type;
    c.direction = direction_of(policy, c.initiator, c.responder);
    if (ruling.breach != nullptr) c.breach = ruling.breach->number;
    bool fresh = false;
    Finding& f = findings.count(c, w.ts, p.len, fresh);
    if (!fresh || f.cause.rest) return f;
    f.detail = detail_of(p);
    if (w.opened != nullptr) f.note = w.opened->why;
    if (ruling.overspent) f.note = budgets_.words(*ruling.overspent, ruling.fits, w.ts);
    if (ruling.breach != nullptr) f.breach = *ruling.breach;
    if (j.nearest >= 0 && !j.fits) f.why = links_[w.link].rules->nearest(p, j.answers).why;
    if (p.mac_src != nullptr) {
        f.has_mac = true;
        std::memcpy(f.first_mac.octets.data(), p.mac_src, 6);
    }
    return f;
}

std::vector<std::string> Engine::Impl::why(const Frame& frame, const Judgement& j) {
    if (j.nearest < 0 || j.fits) return {};
    Seen seen;
    see(frame, seen);
    if (seen.packet.fragment) return findings.all()[j.finding - 1].why;  // what it was a part of was judged
    const auto link = link_index(seen.opened.frame.link);
    if (!link) return {};
    return links_[*link].rules->nearest(seen.packet, j.answers).why;
}

}  // namespace sw

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <nlohmann/json.hpp>

#include "collector/export/export.hpp"
#include "rules/base/text.hpp"
#include "rules/packet/community_id.hpp"
#include "rules/packet/packet.hpp"

namespace sw {
namespace {

using Json = nlohmann::ordered_json;

/// Whose signatures these are: the enterprise number that the journals bear, too.
constexpr int generator = 32473;

// Suricata's: microseconds, and the offset without a colon.
std::string eve_time(Timestamp t) {
    const std::string text = to_rfc3339(t);
    return text.substr(0, text.size() - 4) + "+0000";
}

std::string eve_protocol(std::uint8_t proto) {
    switch (proto) {
        case 1:
            return "ICMP";
        case 2:
            return "IGMP";
        case 6:
            return "TCP";
        case 17:
            return "UDP";
        case 41:
            return "IPv6";
        case 47:
            return "GRE";
        case 50:
            return "ESP";
        case 51:
            return "AH";
        case 58:
            return "IPv6-ICMP";
        case 132:
            return "SCTP";
        default:
            return fmt::format("{:03}", proto);
    }
}

int eve_severity(Severity s) { return s == Severity::critical ? 1 : s == Severity::high ? 2 : 3; }

std::string base64(const std::vector<std::uint8_t>& octets) {
    std::string text(sodium_base64_encoded_len(octets.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(text.data(), text.size(), octets.data(), octets.size(), sodium_base64_VARIANT_ORIGINAL);
    text.pop_back();  // the NUL
    return text;
}

Json or_null(const std::string& s) { return s.empty() ? Json(nullptr) : Json(s); }

Json slugs(const ReasonSet& reasons) {
    Json list = Json::array();
    reasons.for_each([&](Reason r) { list.push_back(info(r).slug); });
    return list;
}

std::string mac(const std::uint8_t* octets) {
    MacAddress address;
    std::copy_n(octets, address.octets.size(), address.octets.begin());
    return to_string(address);
}

void add_link(Json& o, const Packet& p) {
    if (p.vlan_count > 0) o["vlan"] = std::vector(p.vlan.begin(), p.vlan.begin() + std::min<std::size_t>(p.vlan_count, p.vlan.size()));
    if (p.mac_src == nullptr || p.mac_dst == nullptr) return;
    o["ether"] = {{"src_mac", mac(p.mac_src)}, {"dest_mac", mac(p.mac_dst)}};
}

void add_ends(Json& o, const Packet& p) {
    if (p.network != Network::ipv4 && p.network != Network::ipv6) return;
    const bool ports = p.transport == Transport::tcp || p.transport == Transport::udp;
    o["src_ip"] = to_string(p.src());
    if (ports) o["src_port"] = p.sport;
    o["dest_ip"] = to_string(p.dst());
    if (ports) o["dest_port"] = p.dport;
    o["proto"] = eve_protocol(p.ip_proto);
    if (p.transport == Transport::icmp || p.transport == Transport::icmp6) {
        o["icmp_type"] = p.icmp_type;
        o["icmp_code"] = p.icmp_code;
    }
    o["community_id"] = community_id(p);
}

void add_direction(Json& o, const Packet& p, const QueuedFinding& f) {
    if (f.initiator.family == 0 || f.responder.family == 0) return;
    if (p.src() == f.initiator && p.dst() == f.responder) o["direction"] = "to_server";
    if (p.src() == f.responder && p.dst() == f.initiator) o["direction"] = "to_client";
}

Json own_fields(const QueuedFinding& f, const Sample& s) {
    return {{"finding", f.id},
            {"state", to_string(f.state)},
            {"verdict", s.verdict},
            {"reasons", slugs(s.reasons)},
            {"rule", or_null(f.rule)},
            {"nearest", or_null(f.nearest)},
            {"why", f.why},
            {"count", f.count},
            {"first", to_rfc3339(f.first)},
            {"last", to_rfc3339(f.last)},
            {"ordinal", s.ordinal},
            {"source", s.source},
            {"len", s.len},
            {"policy_sha256", s.policy_sha256}};
}

}  // namespace

namespace {

Json alert_of(const QueuedFinding& f) {
    // "allowed": a monitor lets everything pass.
    return {{"action", "allowed"},
            {"gid", generator},
            {"signature_id", f.id},
            {"rev", 1},
            {"signature", f.sentence},
            {"category", f.black ? "Forbidden by policy" : "Not allowed by policy"},
            {"severity", eve_severity(f.severity)}};
}

std::string log_line(const QueuedFinding& f, const Sample& s) {
    Json o;
    o["timestamp"] = eve_time(s.ts);
    o["event_type"] = "alert";
    if (f.initiator.family != 0) o["src_ip"] = to_string(f.initiator);
    o["app_proto"] = "syslog";
    o["alert"] = alert_of(f);
    o["span"] = own_fields(f, s);
    o["span"]["reasons"] = f.slugs;
    o["span"]["line"] = escape_for_display({reinterpret_cast<const char*>(s.octets.data()), s.octets.size()});
    o["span"]["raw"] = base64(s.octets);
    return o.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace

std::string eve_line(const QueuedFinding& f, const Sample& s) {
    if (s.is_log) return log_line(f, s);
    std::vector<std::uint8_t> unwrapped;
    const Frame frame = judged_frame(s, unwrapped);
    Packet p;
    decode(frame.data, frame.caplen, frame.len, frame.link, p);
    Json o;
    o["timestamp"] = eve_time(s.ts);
    o["pcap_cnt"] = s.number;
    o["event_type"] = "alert";
    add_link(o, p);
    add_ends(o, p);
    add_direction(o, p, f);
    o["alert"] = alert_of(f);
    o["packet"] = base64(s.octets);
    o["packet_info"] = {{"linktype", s.link.linktype}, {"linktype_name", name_of(s.link)}};
    o["span"] = own_fields(f, s);
    return o.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace sw

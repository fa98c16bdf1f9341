// libtins' view of a frame. Runs in a child that may hang, overflow or throw: whoever calls this expects it.
#include <fmt/format.h>
#include <tins/tins.h>

#include <memory>

#include "collector/dissect/dissect_child.hpp"

namespace sw::dissecting {
namespace {

std::string describe(const Tins::ARP& a) {
    return fmt::format("ARP opcode {}, sender {} {}, target {} {}", a.opcode(), a.sender_hw_addr().to_string(),
                       a.sender_ip_addr().to_string(), a.target_hw_addr().to_string(), a.target_ip_addr().to_string());
}

std::string describe(const Tins::IP& ip) {
    std::string text = fmt::format("IPv4 {} > {}, ttl {}, id {}, protocol {}, length {}", ip.src_addr().to_string(),
                                   ip.dst_addr().to_string(), ip.ttl(), ip.id(), ip.protocol(), ip.tot_len());
    if (ip.tos() != 0) text += fmt::format(", tos 0x{:02x}", ip.tos());
    const bool more = (static_cast<unsigned>(ip.flags()) & Tins::IP::MORE_FRAGMENTS) != 0;
    if (ip.fragment_offset() != 0 || more) text += fmt::format(", fragment at {}{}", ip.fragment_offset() * 8, more ? ", more follow" : "");
    for (const auto& o : ip.options())
        text += fmt::format(", option {} of {} octets", static_cast<unsigned>(o.option().number), o.data_size());
    return text;
}

std::string describe(const Tins::IPv6& ip) {
    std::string text = fmt::format("IPv6 {} > {}, hop limit {}, next header {}, payload {}, flow 0x{:05x}", ip.src_addr().to_string(),
                                   ip.dst_addr().to_string(), ip.hop_limit(), ip.next_header(), ip.payload_length(),
                                   static_cast<unsigned>(ip.flow_label()));
    for (const auto& h : ip.headers()) text += fmt::format(", extension {} of {} octets", h.option(), h.data_size());
    return text;
}

std::string describe(const Tins::TCP& t) {
    std::string text = fmt::format("TCP {} > {}, seq {}, ack {}, flags 0x{:02x}, window {}, checksum 0x{:04x}", t.sport(), t.dport(),
                                   t.seq(), t.ack_seq(), static_cast<unsigned>(t.flags()), t.window(), t.checksum());
    for (const auto& o : t.options()) text += fmt::format(", option {} of {} octets", static_cast<unsigned>(o.option()), o.data_size());
    return text;
}

std::string describe(const Tins::UDP& u) {
    return fmt::format("UDP {} > {}, length {}, checksum 0x{:04x}", u.sport(), u.dport(), u.length(), u.checksum());
}

std::string describe(const Tins::ICMP& i) {
    return fmt::format("ICMP type {}, code {}, id {}, sequence {}, checksum 0x{:04x}", static_cast<unsigned>(i.type()), i.code(), i.id(),
                       i.sequence(), i.checksum());
}

std::string describe(const Tins::ICMPv6& i) {
    std::string text = fmt::format("ICMPv6 type {}, code {}, checksum 0x{:04x}", static_cast<unsigned>(i.type()), i.code(), i.checksum());
    if (i.has_target_addr()) text += ", target " + i.target_addr().to_string();
    for (const auto& o : i.options()) text += fmt::format(", option {} of {} octets", static_cast<unsigned>(o.option()), o.data_size());
    return text;
}

std::string describe_link(const Tins::PDU& pdu) {
    using Tins::PDU;
    switch (pdu.pdu_type()) {
        case PDU::ETHERNET_II: {
            const auto& e = static_cast<const Tins::EthernetII&>(pdu);
            return fmt::format("Ethernet {} > {}, type 0x{:04x}", e.src_addr().to_string(), e.dst_addr().to_string(), e.payload_type());
        }
        case PDU::DOT3: {
            const auto& e = static_cast<const Tins::Dot3&>(pdu);
            return fmt::format("802.3 {} > {}, length {}", e.src_addr().to_string(), e.dst_addr().to_string(), e.length());
        }
        case PDU::SLL: {
            const auto& s = static_cast<const Tins::SLL&>(pdu);
            return fmt::format("Linux cooked, from {}, packet type {}, protocol 0x{:04x}", s.address().to_string(), s.packet_type(),
                               s.protocol());
        }
        case PDU::DOT1Q: {
            const auto& q = static_cast<const Tins::Dot1Q&>(pdu);
            return fmt::format("802.1Q VLAN {}, priority {}, type 0x{:04x}", static_cast<unsigned>(q.id()),
                               static_cast<unsigned>(q.priority()), q.payload_type());
        }
        case PDU::LLC: {
            Tins::LLC l = static_cast<const Tins::LLC&>(pdu);  // its getters are not const
            return fmt::format("LLC dsap 0x{:02x}, ssap 0x{:02x}", l.dsap(), l.ssap());
        }
        case PDU::SNAP:
            return fmt::format("SNAP type 0x{:04x}", static_cast<const Tins::SNAP&>(pdu).eth_type());
        case PDU::MPLS:
            return fmt::format("MPLS label {}", static_cast<unsigned>(static_cast<const Tins::MPLS&>(pdu).label()));
        case PDU::PPPOE:
            return fmt::format("PPPoE code {}, session {}", static_cast<const Tins::PPPoE&>(pdu).code(),
                               static_cast<const Tins::PPPoE&>(pdu).session_id());
        default:
            return fmt::format("another layer that libtins knows ({})", static_cast<int>(pdu.pdu_type()));
    }
}

std::string describe(const Tins::PDU& pdu) {
    using Tins::PDU;
    switch (pdu.pdu_type()) {
        case PDU::ARP:
            return describe(static_cast<const Tins::ARP&>(pdu));
        case PDU::IP:
            return describe(static_cast<const Tins::IP&>(pdu));
        case PDU::IPv6:
            return describe(static_cast<const Tins::IPv6&>(pdu));
        case PDU::TCP:
            return describe(static_cast<const Tins::TCP&>(pdu));
        case PDU::UDP:
            return describe(static_cast<const Tins::UDP&>(pdu));
        case PDU::ICMP:
            return describe(static_cast<const Tins::ICMP&>(pdu));
        case PDU::ICMPv6:
            return describe(static_cast<const Tins::ICMPv6&>(pdu));
        case PDU::IPSEC_AH:
            return fmt::format("AH spi 0x{:08x}", static_cast<const Tins::IPSecAH&>(pdu).spi());
        case PDU::IPSEC_ESP:
            return fmt::format("ESP spi 0x{:08x}", static_cast<const Tins::IPSecESP&>(pdu).spi());
        case PDU::RAW:
            return fmt::format("{} octets of payload", pdu.size());
        default:
            return describe_link(pdu);
    }
}

void add_dns(const Tins::RawPDU::payload_type& octets, std::vector<std::string>& lines) {
    const Tins::DNS dns(octets.data(), static_cast<std::uint32_t>(octets.size()));
    lines.push_back(fmt::format("DNS {} {}, {} questions, {} answers", dns.type() == Tins::DNS::QUERY ? "query" : "response", dns.id(),
                                dns.questions_count(), dns.answers_count()));
    for (const auto& q : dns.queries()) lines.push_back(fmt::format("  asks {} type {}", q.dname(), static_cast<unsigned>(q.query_type())));
    for (const auto& a : dns.answers())
        lines.push_back(fmt::format("  {} type {} ttl {}: {}", a.dname(), a.query_type(), a.ttl(), a.data()));
}

void add_dhcp(const Tins::RawPDU::payload_type& octets, std::vector<std::string>& lines) {
    const Tins::DHCP dhcp(octets.data(), static_cast<std::uint32_t>(octets.size()));
    lines.push_back(fmt::format("DHCP opcode {}, transaction 0x{:08x}, client {}, yours {}, server {}", dhcp.opcode(), dhcp.xid(),
                                dhcp.chaddr().to_string(), dhcp.yiaddr().to_string(), dhcp.siaddr().to_string()));
    for (const auto& o : dhcp.options()) {
        const std::string value(o.data_ptr(), o.data_ptr() + o.data_size());
        lines.push_back(fmt::format("  option {}: {}", static_cast<unsigned>(o.option()), value));
    }
}

/// The messages behind well-known ports.
void add_service(const Tins::PDU& frame, std::vector<std::string>& lines) {
    const auto* udp = frame.find_pdu<Tins::UDP>();
    const auto* raw = frame.find_pdu<Tins::RawPDU>();
    if (udp == nullptr || raw == nullptr) return;
    const auto either = [&](std::uint16_t port) { return udp->sport() == port || udp->dport() == port; };
    if (either(53) || either(5353)) add_dns(raw->payload(), lines);
    if (either(67) || either(68)) add_dhcp(raw->payload(), lines);
}

/// nullptr: libtins has no class for such a link.
std::unique_ptr<Tins::PDU> parse(const Frame& f) {
    const auto of_ip = [](const std::uint8_t* data, std::uint32_t size) -> std::unique_ptr<Tins::PDU> {
        if (size > 0 && data[0] >> 4 == 6) return std::make_unique<Tins::IPv6>(data, size);
        return std::make_unique<Tins::IP>(data, size);
    };
    constexpr std::uint32_t family = 4;  // in front of NULL's and LOOP's packets
    switch (f.link.linktype) {
        case linktype::en10mb:
            if (f.caplen >= 14 && load_be16(f.data + 12) < 0x600) return std::make_unique<Tins::Dot3>(f.data, f.caplen);
            return std::make_unique<Tins::EthernetII>(f.data, f.caplen);
        case linktype::linux_sll:
            return std::make_unique<Tins::SLL>(f.data, f.caplen);
        case linktype::null:
        case linktype::loop:
            return f.caplen < family ? of_ip(f.data, 0) : of_ip(f.data + family, f.caplen - family);
        case linktype::raw:
        case linktype::dlt_raw_bsd:
        case linktype::dlt_raw_openbsd:
        case linktype::ipv4:
        case linktype::ipv6:
            return of_ip(f.data, f.caplen);
        default:
            return nullptr;
    }
}

}  // namespace

std::vector<std::string> tins_lines(const Frame& frame) {
    std::vector<std::string> lines;
    try {
        const auto parsed = parse(frame);
        if (!parsed) return {fmt::format("[no dissection for {}]", name_of(frame.link))};
        for (const Tins::PDU* pdu = parsed.get(); pdu != nullptr; pdu = pdu->inner_pdu()) lines.push_back("  " + describe(*pdu));
        std::vector<std::string> service;
        add_service(*parsed, service);
        for (const std::string& line : service) lines.push_back("    " + line);
    } catch (const std::exception& e) {
        lines.push_back(fmt::format("  [libtins cannot read on: {}]", e.what()));
    }
    return lines;
}

}  // namespace sw::dissecting

#include "tests/replay/hostile.hpp"

namespace sw::craft {
namespace {

CraftedFrame typed(unsigned ethertype, const Octets& payload = Octets(46)) { return ethernet(mail.mac, outside.mac, ethertype, payload); }

/// The stock SYN behind an LLC header.
CraftedFrame behind_llc(const Octets& llc, std::size_t wrong_by = 0) {
    const Octets inner = llc + smtp_syn().packet();
    return typed(static_cast<unsigned>(inner.size() + wrong_by), inner).pad();
}

CraftedFrame arp() { return arp_request(v4(mail), firewall.v4); }

constexpr std::size_t arp_hardware = 14, arp_protocol = 16, arp_hlen = 18, arp_plen = 19, arp_opcode_at = 20, arp_sender = 22,
                      arp_sender_ip = 28;

}  // namespace

std::vector<Hostile> hostile_links() {
    using enum Reason;
    return {
        one("one octet", frame_short, smtp_syn().cut(1)),
        one("a destination MAC and nothing else", frame_short, smtp_syn().cut(6)),
        one("a frame that ends inside its type field", frame_short, smtp_syn().cut(13)),
        one("a link header without a packet", ip_length, smtp_syn().cut(14)),
        one("a frame that ends inside the IP header", ip_length, smtp_syn().cut(33)),
        one("a frame that ends inside the ports", ip_length, smtp_syn().cut(37)),
        one("a frame that ends one octet early", ip_length, smtp_syn().cut(53)),
        one("captured to the link header", truncated, smtp_syn().snap(14)),
        one("captured to the IP header", truncated, smtp_syn().snap(34)),
        one("captured to the ports", truncated, smtp_syn().snap(38)),
        one("captured but for one octet", truncated, smtp_syn().snap(53)),
        one("captured not at all", truncated, smtp_syn().snap(0)),
        one("type 1501 is neither length nor type", ethertype_invalid, smtp_syn().set16(ethertype_at, 1501)),
        one("type 1535 is neither length nor type", ethertype_invalid, smtp_syn().set16(ethertype_at, 1535)),
        one("802.3 longer than its octets", llc_length, behind_llc({0x42, 0x42, 3}, 60)),
        one("802.3 too short for LLC", llc_length, typed(2)),
        one("IP behind SNAP", snap_ip, behind_llc({0xaa, 0xaa, 3, 0, 0, 0, 0x08, 0})),
        one("IP behind SNAP of another organisation", snap_ip, behind_llc({0xaa, 0xaa, 3, 0, 0, 0xf8, 0x08, 0})),
        one("ARP behind SNAP", snap_ip, typed(36, Octets{0xaa, 0xaa, 3, 0, 0, 0, 8, 6} + arp().packet()).pad()),
        one("IP behind LLC's own IP SAP", snap_ip, behind_llc({6, 6, 3})),
        one("spanning tree, of which no rule speaks", no_rule, typed(38, Octets{0x42, 0x42, 3} + Octets(35)).pad()),
        one("802.1Q tag", vlan_unexpected, smtp_syn().tag(10)),
        one("802.1Q tag over IPv6", vlan_unexpected, smtp_syn6().tag(10)),
        one("802.1Q tag with a priority and drop bit", vlan_unexpected, smtp_syn().tag(0xf00a)),
        one("priority tag", vlan_priority, smtp_syn().tag(0)),
        one("reserved VLAN", vlan_reserved, smtp_syn().tag(4095)),
        one("one 802.1ad tag", vlan_unexpected, smtp_syn().tag(10, 0x88a8)),
        one("double tag, the VLAN hop", vlan_unexpected, smtp_syn().tag(10).tag(1)),
        one("QinQ", vlan_unexpected, smtp_syn().tag(10).tag(20, 0x88a8)),
        one("old QinQ type 0x9100", vlan_unexpected, smtp_syn().tag(10).tag(20, 0x9100)),
        one("old QinQ type 0x9200", vlan_unexpected, smtp_syn().tag(10, 0x9200)),
        one("three tags", vlan_depth, smtp_syn().tag(30).tag(20).tag(10)),
        one("sixteen tags", vlan_depth,
            [] {
                CraftedFrame f = smtp_syn();
                for (unsigned i = 0; i < 16; ++i) f.tag(i + 1);
                return f;
            }()),
        one("a tag and then nothing", frame_short, smtp_syn().tag(10).cut(16)),
        one("SNAP behind a tag", snap_ip, behind_llc({0xaa, 0xaa, 3, 0, 0, 0, 0x08, 0}).tag(10)),
        one("from a multicast MAC", mac_source_group, smtp_syn().flip(6, 1)),
        one("from the broadcast MAC", mac_source_group, smtp_syn().overwrite(6, mac_octets(mac::broadcast))),
        one("LLDP", no_rule, typed(0x88cc)),
        one("EAPOL", no_rule, typed(0x888e)),
        one("loop detection", no_rule, typed(0x9000)),
        one("link aggregation", no_rule, typed(0x8809)),
        one("reverse ARP", no_rule, typed(0x8035)),
        one("type 0xffff", no_rule, typed(0xffff)),
        one("data in the padding", padding_data, smtp_syn().trailer({0, 0, 0, 0, 0, 1})),
        one("one octet in the padding of an answer", padding_data, smtp_syn().trailer({'x'})),
        one("forty zeros behind the packet", trailer, smtp_syn().trailer(Octets(40))),
        one("a message behind the packet", trailer, dns_ask().trailer(octets("and also"))),
        one("a trailer behind IPv6", trailer, smtp_syn6().trailer(Octets(4))),
        one("to the watcher's MAC", self_traffic, smtp_syn().overwrite(0, mac_octets(mac::watcher))),
        one("from the watcher's MAC", self_traffic, smtp_syn().overwrite(6, mac_octets(mac::watcher))),
        one("to the watcher's address", self_traffic, udp(v4(mail, 40000), v4(watcher, 514), "<13>hello")),
        one("from the watcher's address", self_traffic, udp(v4(watcher, 40000), v4(resolver, 53), dns_query({1, "example.org"}))),
        one("somebody asks for the watcher", self_traffic, arp_request(v4(mail), watcher.v4)),
        one("neighbour discovery by the watcher", self_traffic, duplicate_address_probe(v6(watcher))),
    };
}

std::vector<Hostile> hostile_arp() {
    using enum Reason;
    const CraftedFrame reply = arp_reply(v4(firewall), v4(mail));
    return {
        one("ARP over another hardware", arp_format, arp().set16(arp_hardware, 6)),
        one("ARP for another protocol", arp_format, arp().set16(arp_protocol, 0x86dd)),
        one("ARP with long hardware addresses", arp_format, arp().set8(arp_hlen, 8)),
        one("ARP with long protocol addresses", arp_format, arp().set8(arp_plen, 16)),
        one("ARP that ends early", arp_format, arp().cut(38)),
        one("ARP opcode 0", arp_opcode, arp().set16(arp_opcode_at, 0)),
        one("ARP opcode 3, reverse", arp_opcode, arp().set16(arp_opcode_at, 3)),
        one("ARP opcode 9, inverse", arp_opcode, arp().set16(arp_opcode_at, 9)),
        one("ARP reply for another's MAC", arp_mac_mismatch, CraftedFrame(reply).overwrite(arp_sender, mac_octets(mac::intruder))),
        one("ARP request in another's name", arp_mac_mismatch, arp().overwrite(arp_sender, mac_octets(mac::intruder))),
        one("ARP sender is broadcast", arp_sender_group, arp().set32(arp_sender_ip, 0xffff'ffff)),
        one("ARP sender is multicast", arp_sender_group, arp().set32(arp_sender_ip, 0xe000'0001)),
        one("ARP sender has a group MAC", arp_sender_group, arp().flip(arp_sender, 1)),
        one("ARP with data behind it", padding_data, arp().trailer(octets("exfiltrated"))),
        one("ARP with a trailer", trailer, arp().trailer(Octets(60))),
        one("the mail host's address from another MAC", no_rule, arp_gratuitous({std::string(mac::intruder), std::string(mail.v4)})),
        one("a stranger asks", no_rule, arp_request(v4(insider), mail.v4)),
        one("a stranger answers", no_rule, arp_reply({std::string(mac::intruder), std::string(firewall.v4)}, v4(mail))),
    };
}

}  // namespace sw::craft

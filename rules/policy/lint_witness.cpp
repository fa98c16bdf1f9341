#include "rules/policy/lint_witness.hpp"

#include <algorithm>

namespace sw {
namespace {

constexpr std::uint8_t proto_icmp = 1, proto_tcp = 6, proto_icmp6 = 58;

class Writer {
public:
    explicit Writer(WitnessFrame& frame) : frame_(frame) {}

    void u8(std::uint8_t v) { frame_.octets[frame_.length++] = v; }
    void be16(std::uint16_t v) {
        u8(static_cast<std::uint8_t>(v >> 8U));
        u8(static_cast<std::uint8_t>(v & 0xffU));
    }
    void zeros(std::uint32_t n) { frame_.length += n; }
    template <class Octets>
    void copy(const Octets& octets, std::size_t n) {
        for (std::size_t i = 0; i < n; ++i) u8(octets[i]);
    }

private:
    WitnessFrame& frame_;
};

std::uint16_t transport_length(std::uint8_t proto) { return proto == proto_tcp ? 20 : 16; }

/// RFC 791 3.1, RFC 8200 3
void write_ip(const FiveTuple& t, Writer& out) {
    const std::uint16_t length = transport_length(t.proto);
    if (t.src.family == 4) {
        out.be16(0x4500);
        out.be16(static_cast<std::uint16_t>(20 + length));
        out.zeros(4);
        out.u8(64);
        out.u8(t.proto);
        out.zeros(2);
        out.copy(t.src.octets, 4);
        out.copy(t.dst.octets, 4);
    } else {
        out.be16(0x6000);
        out.zeros(2);
        out.be16(length);
        out.u8(t.proto);
        out.u8(64);
        out.copy(t.src.octets, 16);
        out.copy(t.dst.octets, 16);
    }
}

/// RFC 9293 3.1, RFC 768, RFC 792, RFC 4443 4.1
void write_transport(const FiveTuple& t, Writer& out) {
    if (t.proto == proto_icmp || t.proto == proto_icmp6) {
        out.u8(t.proto == proto_icmp ? 8 : 128);
        out.zeros(15);
        return;
    }
    out.be16(t.sport);
    out.be16(t.dport);
    if (t.proto == proto_tcp) {
        out.zeros(8);
        out.be16(0x5002);
        out.be16(65535);
        out.zeros(4);
    } else {
        out.be16(transport_length(t.proto));
        out.zeros(10);
    }
}

std::string endpoint(const Address& address, std::uint16_t port, bool has_port) {
    if (!has_port) return to_string(address);
    const std::string text = to_string(address);
    return (address.family == 6 ? "[" + text + "]" : text) + ":" + std::to_string(port);
}

}  // namespace

WitnessFrame frame_of(const Witness& witness) {
    WitnessFrame frame;
    Writer out(frame);
    out.copy(witness.mac_dst.octets, 6);
    out.copy(witness.mac_src.octets, 6);
    out.be16(witness.tuple.src.family == 4 ? 0x0800 : 0x86dd);
    write_ip(witness.tuple, out);
    write_transport(witness.tuple, out);
    frame.length = std::max<std::uint32_t>(frame.length, 60);
    return frame;
}

std::string to_string(const Witness& witness) {
    const FiveTuple& t = witness.tuple;
    const bool has_ports = t.proto != proto_icmp && t.proto != proto_icmp6;
    return protocol_name(t.proto) + " " + endpoint(t.src, t.sport, has_ports) + " > " + endpoint(t.dst, t.dport, has_ports);
}

}  // namespace sw

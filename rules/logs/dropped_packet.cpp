/// What a packet filter says of a packet that it dropped.
#include <array>
#include <charconv>

#include "rules/logs/black_lines.hpp"

namespace sw {
namespace {

std::optional<std::uint16_t> port_of(std::string_view digits) {
    std::uint16_t n = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return n;
}

/// " KEY=value" of a netfilter line; the first of its name is the packet's, later ones are of a packet within an ICMP error.
std::string_view field(std::string_view text, std::string_view key) {
    const std::size_t at = text.find(key);
    if (at == std::string_view::npos) return {};
    const std::string_view rest = text.substr(at + key.size());
    return rest.substr(0, rest.find(' '));
}

DroppedPacket netfilter(std::string_view text) {
    return {field(text, " SRC="), field(text, " DST="), field(text, " PROTO="), port_of(field(text, " SPT=")),
            port_of(field(text, " DPT="))};
}

/// pfSense and OPNsense: rule, sub-rule, anchor, tracker, interface, reason, action, direction, IP version, then by version.
DroppedPacket filterlog(std::string_view text) {
    std::array<std::string_view, 22> f{};
    for (std::string_view& part : f) {
        const std::size_t comma = text.find(',');
        part = text.substr(0, comma);
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    }
    const bool v6 = f[8] == "6";
    const std::size_t source = v6 ? 15 : 18;
    const std::string_view protocol = v6 ? f[12] : f[16];
    DroppedPacket p{f[source], f[source + 1], protocol, {}, {}};
    if (protocol == "tcp" || protocol == "udp" || protocol == "TCP" || protocol == "UDP") {
        p.source_port = port_of(f[source + 2]);
        p.destination_port = port_of(f[source + 3]);
    }
    return p;
}

/// "192.0.2.1.40000" and "2001:db8::1.40000": tcpdump's way; an address without a port has its dots and colons only.
void split_port(std::string_view endpoint, std::string_view& address, std::optional<std::uint16_t>& port) {
    address = endpoint;
    const std::size_t dot = endpoint.rfind('.');
    if (dot == std::string_view::npos) return;
    std::size_t dots = 0;
    for (const char c : endpoint) dots += c == '.' ? 1u : 0u;
    const bool v6 = endpoint.find(':') != std::string_view::npos;
    if (!v6 && dots != 4) return;
    port = port_of(endpoint.substr(dot + 1));
    if (port) address = endpoint.substr(0, dot);
}

/// "... block in on em0: A > B: ..."
std::optional<DroppedPacket> pf(std::string_view text) {
    const std::size_t arrow = text.find(" > ");
    if (arrow == std::string_view::npos) return std::nullopt;
    const std::size_t before = text.rfind(": ", arrow);
    if (before == std::string_view::npos) return std::nullopt;
    std::string_view source = text.substr(before + 2, arrow - before - 2);
    if (const std::size_t space = source.rfind(' '); space != std::string_view::npos) source.remove_prefix(space + 1);
    std::string_view destination = text.substr(arrow + 3);
    destination = destination.substr(0, destination.find(' '));
    if (destination.ends_with(':')) destination.remove_suffix(1);
    DroppedPacket p;
    split_port(source, p.source, p.source_port);
    split_port(destination, p.destination, p.destination_port);
    return p;
}

}  // namespace

std::optional<DroppedPacket> dropped_packet(const LogLine& line) {
    const auto black = black_line(line);
    if (!black || black->cls != BlackClass::packet_filter_drop) return std::nullopt;
    if (black->slug == "netfilter-drop") return netfilter(line.text);
    if (black->slug == "filterlog-drop") return filterlog(line.text);
    return pf(line.text);
}

}  // namespace sw

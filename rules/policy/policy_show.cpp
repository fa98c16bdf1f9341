/// show(): the writer to policy_load.cpp's reader. Every key in one order, so that two policies can be compared as text.
#include <algorithm>

#include "rules/policy/policy.hpp"
#include "rules/policy/show_text.hpp"

namespace sw {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out.append(1, '\\').append(1, c);
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (is_control(c)) {
            out.append("\\u00").append(1, hex_digits[octet >> 4U]).append(1, hex_digits[octet & 15U]);
        } else {
            out += c;
        }
    }
    return out + "\"";
}

std::string show_until(Timestamp t) {
    std::string text = to_rfc3339(t);
    constexpr std::string_view midnight = "T00:00:00.000000000Z", whole = ".000000000Z";
    const auto ends_with = [&text](std::string_view tail) { return text.size() >= tail.size() && text.ends_with(tail); };
    if (ends_with(midnight)) return text.substr(0, text.size() - midnight.size());
    if (ends_with(whole)) return text.substr(0, text.size() - whole.size()) + "Z";
    return text;
}

namespace {

/// A port stands as an integer, everything else as a string.
std::string show_value(const std::string& value) {
    const bool is_number = std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
    return is_number ? value : quoted(value);
}

std::string show_values(const std::vector<std::string>& values) {
    return values.size() == 1 ? show_value(values.front()) : list_of(values, show_value);
}

std::string show_anomalies(const ReasonSet& set) {
    std::vector<std::string_view> slugs;
    set.for_each([&slugs](Reason r) { slugs.push_back(info(r).slug); });
    return list_of(slugs, [](std::string_view slug) { return quoted(slug); });
}

std::string show_dns(const DnsLimits& dns) {
    const auto type = [](std::uint16_t number) { return quoted(dns_type_name(number)); };
    return "dns = { types = " + list_of(dns.types, type) + ", max_name = " + std::to_string(dns.max_name) +
           ", max_labels = " + std::to_string(dns.max_labels) + ", names_per_hour = " + std::to_string(dns.names_per_hour) +
           ", txt_octets_per_hour = " + std::to_string(dns.txt_octets_per_hour) + " }\n";
}

std::string show_pin(const DnsPin& pin) {
    return "\n[[dns_pin]]\nname = " + quoted(pin.name) + "\ntype = " + quoted(pin.type) + "\nvalues = " + list_of(pin.values, quoted) +
           "\n";
}

std::string show_budget(const Budget& b) {
    std::string out;
    if (b.max_bytes) out += "max_bytes = " + std::to_string(*b.max_bytes) + "\n";
    if (b.max_duration) out += "max_duration = " + quoted(to_string(*b.max_duration)) + "\n";
    if (b.max_flows_per_hour) out += "max_flows_per_hour = " + std::to_string(*b.max_flows_per_hour) + "\n";
    if (b.hours) out += "hours = " + quoted(to_string(*b.hours)) + "\n";
    return out;
}

std::string show_pins(const Pins& pins) {
    std::string out;
    const auto text = [&](std::string_view key, const std::string& value) {
        if (!value.empty()) out.append(out.empty() ? "" : ", ").append(key).append(" = ").append(quoted(value));
    };
    const auto list = [&](std::string_view key, const std::vector<std::string>& values) {
        if (!values.empty()) out.append(out.empty() ? "" : ", ").append(key).append(" = ").append(list_of(values, quoted));
    };
    text("banner", pins.banner);
    list("hello", pins.hello);
    list("server_name", pins.server_name);
    list("alpn", pins.alpn);
    list("certificate", pins.certificate);
    list("certificate_name", pins.certificate_name);
    text("tls", pins.tls);
    text("ident", pins.ident);
    return "{ " + out + " }";
}

std::string show_rule(const Rule& rule) {
    std::string out = "\n[[" + std::string(to_string(rule.kind)) + "]]\n";
    out += "name = " + quoted(rule.name) + "\n";
    out += "filter = " + quoted(rule.filter.written) + "\n";
    if (!rule.speaks.empty()) out += "speaks = " + quoted(rule.speaks) + "\n";
    if (!rule.pins.empty()) out += "pin = " + show_pins(rule.pins) + "\n";
    if (!rule.owner.empty()) out += "owner = " + quoted(rule.owner) + "\n";
    if (!rule.reason.empty()) out += "reason = " + quoted(rule.reason) + "\n";
    if (rule.until) out += "until = " + show_until(*rule.until) + "\n";
    if (!rule.accept.empty()) out += "accept = " + show_anomalies(rule.accept) + "\n";
    if (rule.dns) out += show_dns(*rule.dns);
    if (rule.cleartext_login) out += "cleartext_login = true\n";
    return out + show_budget(rule.budget) + (rule.ledger ? "ledger = true\n" : "");
}

std::string show_names(const Names& names) {
    std::string out;
    for (const auto& [name, values] : names)
        if (name != "home") out += name + " = " + show_values(values) + "\n";
    return out.empty() ? out : "\n[names]\n" + out;
}

std::string show_vlans(const VlanSet& vlans) {
    if (vlans.untagged && vlans.tags.empty() && vlans.stacks.empty()) return quoted("none");
    std::vector<std::string> list;
    if (vlans.untagged) list.push_back(quoted("none"));
    for (const std::uint16_t tag : vlans.tags) list.push_back(std::to_string(tag));
    for (const auto& [outer, inner] : vlans.stacks) list.push_back("[" + std::to_string(outer) + ", " + std::to_string(inner) + "]");
    return list_of(list, [](const std::string& item) { return item; });
}

std::string show_mirror(const Mirror& mirror) {
    if (!mirror.wraps()) return quoted("none");
    const MirrorFormat& f = mirror.format;
    std::string out = "{ kind = " + quoted(to_string(f.kind));
    const auto number = [&out](std::string_view key, const auto& value) {
        if (value) out.append(", ").append(key).append(" = ").append(std::to_string(*value));
    };
    if (f.kind != Encapsulation::vlan || !mirror.outer.written.empty()) out += ", outer = " + quoted(mirror.outer.written);
    number("session", f.session);
    number("vlan", f.vlan);
    number(f.kind == Encapsulation::vxlan ? "vni" : "key", f.key);
    if (f.port != 0) number("port", std::optional(f.port));
    if (f.fcs) out += ", fcs = true";
    return out + " }";
}

std::string show_wire(const Wire& wire) {
    std::vector<std::string> watcher;
    for (const MacAddress& mac : wire.watcher_macs) watcher.push_back(to_string(mac));
    for (const Address& address : wire.watcher_addresses) watcher.push_back(to_string(address));
    std::string out = "\n[wire]\nvlans = " + show_vlans(wire.vlans);
    if (wire.vlans.priority) out += "\npriority_tags = true";
    out += "\nmirror = " + show_mirror(wire.mirror) + "\nwatcher = " + list_of(watcher, quoted);
    return out + "\nignore = " + show_anomalies(wire.ignore) + "\n";
}

}  // namespace

std::string show(const Policy& p) {
    std::string out;
    if (!p.enclave.empty()) out += "enclave = " + quoted(p.enclave) + "\n";
    if (!p.home.empty()) out += "home = " + list_of(p.home, [](const Prefix& prefix) { return quoted(to_string(prefix)); }) + "\n";
    out += "mode = " + quoted(to_string(p.mode)) + "\n";
    if (p.timezone_offset != 0) out += "timezone_offset = " + quoted(offset_text(p.timezone_offset)) + "\n";
    out += show_names(p.names);
    for (const Rule& rule : p.rules) out += show_rule(rule);
    for (const DnsPin& pin : p.dns_pins) out += show_pin(pin);
    return out + show_wire(p.wire) + show_log(p.log);
}

}  // namespace sw

/// home and [names]: what a $name in a filter stands for.
#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "rules/policy/policy_reader.hpp"

namespace sw {
namespace {

/// What values may stand together in one name: libpcap wants one qualifier before all of them.
enum class ValueKind : std::uint8_t { network, port, mac };

std::string_view describe(ValueKind kind) {
    switch (kind) {
        case ValueKind::network:
            return "addresses";
        case ValueKind::port:
            return "ports";
        case ValueKind::mac:
            return "MAC addresses";
    }
    return "values";
}

/// What a name stands for whose values are all wrong: the policy is rejected, but its filters need no second error.
constexpr std::string_view stand_in = "0.0.0.0";

struct NameValue {
    ValueKind kind = ValueKind::network;
    std::string text;  ///< canonical
};

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
    return port;
}

std::optional<NameValue> parse_ports(std::string_view text) {
    if (const auto port = parse_port(text)) return NameValue{ValueKind::port, std::to_string(*port)};
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto low = parse_port(text.substr(0, dash)), high = parse_port(text.substr(dash + 1));
    if (!low || !high || *low >= *high) return std::nullopt;
    return NameValue{ValueKind::port, std::to_string(*low) + "-" + std::to_string(*high)};
}

/// The prefix that a reader meant who left bits behind the length, or nothing.
std::optional<Prefix> without_host_bits(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    std::optional<Address> address = parse_address(text.substr(0, slash));
    const std::string_view digits = text.substr(slash + 1);
    std::uint8_t length = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (!address || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    if (length > (address->family == 4 ? 32 : 128)) return std::nullopt;
    for (unsigned bit = length; bit < 128; ++bit) address->octets[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
    return Prefix{*address, length};
}

std::optional<NameValue> parse_value(std::string_view text) {
    if (const auto address = parse_address(text)) return NameValue{ValueKind::network, to_string(*address)};
    if (const auto prefix = parse_prefix(text)) return NameValue{ValueKind::network, to_string(*prefix)};
    if (const auto mac = parse_mac(text)) return NameValue{ValueKind::mac, to_string(*mac)};
    return parse_ports(text);
}

void report_bad_value(const TomlValue& value, std::string_view what, Report& report) {
    if (const auto masked = without_host_bits(value.text)) {
        report.error(value.span, "host-bits", "\"" + value.text + "\" has bits set behind its prefix length",
                     "write " + to_string(*masked));
        return;
    }
    report.error(value.span, "bad-value", "\"" + value.text + "\" is not " + std::string(what),
                 "nothing is ever looked up: write the number itself, such as 192.0.2.25 or 2001:db8:1::/64");
}

std::optional<NameValue> read_value(const TomlValue& value, const std::string& name, Report& report) {
    if (value.kind == TomlValue::Kind::integer) {
        if (value.number >= 1 && value.number <= 65535) return NameValue{ValueKind::port, std::to_string(value.number)};
        report.error(value.span, "bad-value", std::to_string(value.number) + " is not a port", "1 to 65535");
        return std::nullopt;
    }
    if (!report.expect(value, TomlValue::Kind::string, "a value of " + name, name + " = \"192.0.2.25\"")) return std::nullopt;
    if (auto parsed = parse_value(value.text)) return parsed;
    report_bad_value(value, "an address, prefix, port, port range or MAC address", report);
    return std::nullopt;
}

/// The items of a list, or the value itself.
std::vector<const TomlValue*> items_of(const TomlValue& value, std::string_view name, Report& report) {
    std::vector<const TomlValue*> out;
    if (value.kind != TomlValue::Kind::array) return {&value};
    if (value.items.empty()) report.error(value.span, "empty-list", std::string(name) + " names nothing", "give it a value or remove it");
    if (value.items.size() > max_values) {
        report.error(value.span, "limit", std::string(name) + " has more than 4,096 values", "write prefixes instead of single addresses");
        return {};
    }
    for (const TomlValue& item : value.items) out.push_back(&item);
    return out;
}

void read_name(const TomlEntry& entry, Policy& policy, Report& report) {
    if (!check_name(entry.key, entry.span, false, report)) return;
    if (entry.key == "home") {
        report.error(entry.span, "reserved-name", "$home is the network that the key home gives",
                     "set home at the top of the file, or choose another name");
        return;
    }
    std::vector<std::string> values;
    std::optional<ValueKind> kind;
    for (const TomlValue* item : items_of(entry.value, entry.key, report)) {
        const std::optional<NameValue> value = read_value(*item, entry.key, report);
        if (!value) continue;
        if (kind && *kind != value->kind)
            report.error(item->span, "mixed-name",
                         entry.key + " mixes " + std::string(describe(*kind)) + " and " + std::string(describe(value->kind)),
                         "give each its own name");
        kind = value->kind;
        values.push_back(value->text);
    }
    if (values.empty()) values.emplace_back(stand_in);
    policy.names.emplace_back(entry.key, std::move(values));
}

}  // namespace

void read_home(const TomlValue& value, Policy& policy, Report& report) {
    std::vector<std::string> texts;
    for (const TomlValue* item : items_of(value, "home", report)) {
        if (!report.expect(*item, TomlValue::Kind::string, "home", "home = [\"192.0.2.0/24\", \"2001:db8:1::/64\"]")) continue;
        if (const auto prefix = parse_prefix(item->text)) {
            policy.home.push_back(*prefix);
            texts.push_back(to_string(*prefix));
        } else {
            report_bad_value(*item, "a prefix", report);
        }
    }
    if (texts.empty()) texts.emplace_back(stand_in);
    policy.names.emplace(policy.names.begin(), "home", std::move(texts));
}

void read_names(const TomlValue& value, Policy& policy, Report& report) {
    if (!report.expect(value, TomlValue::Kind::table, "names", "[names]")) return;
    if (value.entries.size() > max_names) {
        report.error(value.span, "limit", "[names] has more than 4,096 names", "write prefixes instead of single addresses");
    }
    for (const TomlEntry& entry : value.entries) read_name(entry, policy, report);
}

}  // namespace sw

/// [allow.dns] and [[dns_pin]].
#include <algorithm>
#include <charconv>

#include "rules/packet/address.hpp"
#include "rules/policy/policy_reader.hpp"

namespace sw {
namespace {

constexpr std::size_t max_pins = 1'024, max_pin_values = 64, max_text_octets = 4'096;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_label_octet(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; }

/// A name in lower case without the dot at its end ("" is the root); nothing if it is none.
std::optional<std::string> canonical_name(std::string_view text) {
    if (text == ".") return std::string{};
    if (text.ends_with('.')) text.remove_suffix(1);
    if (text.empty() || text.size() > 253) return std::nullopt;
    std::string out;
    std::size_t label = 0;
    for (const char c : text) {
        out += lower(c);
        if (c == '.' ? label == 0 : !is_label_octet(lower(c))) return std::nullopt;
        label = c == '.' ? 0 : label + 1;
        if (label > 63) return std::nullopt;
    }
    return label > 0 ? std::optional(out) : std::nullopt;
}

/// RFC 1035 3.5, RFC 3596 2.5: the name under which an address is looked up.
std::string reverse_name(const Address& address) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (std::size_t i = address.family == 4 ? 4 : 16; i-- > 0;) {
        const unsigned octet = address.octets[i];
        if (address.family == 4) {
            out += std::to_string(octet) + ".";
        } else {
            out.append({digits[octet & 0xfU], '.', digits[octet >> 4U], '.'});
        }
    }
    return out + (address.family == 4 ? "in-addr.arpa" : "ip6.arpa");
}

std::optional<std::string> canonical_exchange(std::string_view text) {
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    std::uint16_t preference = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + space, preference);
    const auto name = canonical_name(text.substr(space + 1));
    if (error != std::errc{} || end != text.data() + space || !name) return std::nullopt;
    return std::to_string(preference) + " " + (name->empty() ? "." : *name);
}

struct PinType {
    std::string_view name, example;
};
constexpr PinType pin_types[] = {{"A", "192.0.2.25"},       {"AAAA", "2001:db8:1::25"},      {"CNAME", "mail.example"},
                                 {"MX", "10 mail.example"}, {"NS", "ns1.example"},           {"PTR", "mail.example"},
                                 {"SPF", "v=spf1 mx -all"}, {"TXT", "v=DKIM1; k=rsa; p=..."}};

std::optional<std::string> canonical_value(std::string_view type, const std::string& text) {
    if (type == "A" || type == "AAAA") {
        const auto address = parse_address(text);
        return address && address->family == (type == "A" ? 4 : 6) ? std::optional(to_string(*address)) : std::nullopt;
    }
    if (type == "MX") return canonical_exchange(text);
    if (type == "TXT") return text.size() <= max_text_octets ? std::optional(text) : std::nullopt;
    if (type == "SPF") return text.starts_with("v=spf1") && text.size() <= max_text_octets ? std::optional(text) : std::nullopt;
    auto name = canonical_name(text);
    return name && !name->empty() ? name : std::nullopt;
}

/// Reads one pin; keeps what of it is good, so that all its errors are found.
class PinReader {
public:
    explicit PinReader(Report& report) : report_(report) {}

    DnsPin read(const TomlValue& table) {
        const TomlValue *name = nullptr, *values = nullptr;
        for (const TomlEntry& entry : table.entries) {
            if (entry.key == "name") {
                name = &entry.value;
            } else if (entry.key == "type") {
                read_type(entry.value);
            } else if (entry.key == "values") {
                values = &entry.value;
            } else {
                report_.unknown_key(entry, "[[dns_pin]]", {"name", "type", "values"});
            }
        }
        missing(table, name == nullptr, "name", "name = \"mail.example\"");
        missing(table, type_ == nullptr && !bad_type_, "type", "type = \"MX\"");
        missing(table, values == nullptr, "values", "values = [\"10 mail.example\"]");
        if (name != nullptr) read_name(*name);
        if (values != nullptr && type_ != nullptr) read_values(*values);
        return std::move(pin_);
    }

private:
    void missing(const TomlValue& table, bool is, std::string_view key, std::string_view example) {
        if (is) report_.error(table.span, "missing-key", "this pin has no " + std::string(key), std::string(example));
    }

    void read_type(const TomlValue& value) {
        bad_type_ = true;
        if (!report_.expect(value, TomlValue::Kind::string, "type", "type = \"MX\"")) return;
        std::vector<std::string_view> known;
        for (const PinType& type : pin_types) known.push_back(type.name);
        const auto found = std::find_if(std::begin(pin_types), std::end(pin_types), [&](const PinType& t) { return t.name == value.text; });
        if (found == std::end(pin_types)) {
            report_.error(value.span, "unknown-type", "\"" + value.text + "\" cannot be pinned", propose(value.text, known));
            return;
        }
        bad_type_ = false;
        type_ = found;
        pin_.type = found->name;
    }

    void read_name(const TomlValue& value) {
        if (!report_.expect(value, TomlValue::Kind::string, "name", "name = \"mail.example\"")) return;
        const auto address = pin_.type == "PTR" ? parse_address(value.text) : std::nullopt;
        const auto name = address ? std::optional(reverse_name(*address)) : canonical_name(value.text);
        if (name && !name->empty()) {
            pin_.name = *name;
        } else {
            report_.error(value.span, "bad-value", "\"" + value.text + "\" is not a domain name",
                          pin_.type == "PTR" ? "write 25.2.0.192.in-addr.arpa, or the address: 192.0.2.25" : "name = \"mail.example\"");
        }
    }

    void read_values(const TomlValue& value) {
        const std::string example = "values = [\"" + std::string(type_->example) + "\"]";
        if (!report_.expect(value, TomlValue::Kind::array, "values", example)) return;
        if (value.items.empty()) report_.error(value.span, "empty-list", "values names nothing", example);
        if (value.items.size() > max_pin_values) report_.error(value.span, "limit", "a pin has at most 64 values", "pin fewer records");
        for (const TomlValue& item : value.items) {
            if (!report_.expect(item, TomlValue::Kind::string, "each of values", example)) continue;
            if (report_.plain_string(item, "values") == nullptr) continue;
            if (auto text = canonical_value(type_->name, item.text)) {
                pin_.values.push_back(std::move(*text));
            } else {
                report_.error(item.span, "bad-value", "\"" + item.text + "\" is no value of a record of type " + pin_.type, example);
            }
        }
        std::sort(pin_.values.begin(), pin_.values.end());
        pin_.values.erase(std::unique(pin_.values.begin(), pin_.values.end()), pin_.values.end());
    }

    Report& report_;
    DnsPin pin_;
    const PinType* type_ = nullptr;
    bool bad_type_ = false;
};

void read_number(const TomlEntry& entry, std::int64_t low, std::int64_t high, std::uint32_t& out, Report& report) {
    const std::string example = entry.key + " = " + std::to_string(out);
    if (!report.expect(entry.value, TomlValue::Kind::integer, entry.key, example)) return;
    if (entry.value.number >= low && entry.value.number <= high) {
        out = static_cast<std::uint32_t>(entry.value.number);
    } else {
        report.error(entry.value.span, "bad-value", entry.key + " cannot be " + std::to_string(entry.value.number),
                     std::to_string(low) + " to " + std::to_string(high));
    }
}

void read_types(const TomlValue& value, DnsLimits& out, Report& report) {
    const std::string_view example = "types = [\"A\", \"AAAA\", \"MX\", \"TXT\", \"PTR\"]";
    if (!report.expect(value, TomlValue::Kind::array, "types", example)) return;
    if (value.items.empty()) report.error(value.span, "empty-list", "types names nothing", "give it a type or remove it");
    out.types.clear();
    for (const TomlValue& item : value.items) {
        if (!report.expect(item, TomlValue::Kind::string, "each of types", example)) continue;
        if (const auto number = dns_type_number(item.text)) {
            out.types.push_back(*number);
        } else if (item.text == "ANY" || item.text == "AXFR" || item.text == "IXFR") {
            report.error(item.span, "unknown-type", item.text + " can be allowed by no rule: it asks for more than one thing",
                         "remove it; name the types that are needed");
        } else {
            report.error(item.span, "unknown-type", "\"" + item.text + "\" is no record type", propose(item.text, dns_type_names()));
        }
    }
    std::sort(out.types.begin(), out.types.end());
    out.types.erase(std::unique(out.types.begin(), out.types.end()), out.types.end());
}

}  // namespace

DnsLimits read_dns_limits(const TomlValue& value, Report& report) {
    DnsLimits out;
    if (!report.expect(value, TomlValue::Kind::table, "dns", "[allow.dns]")) return out;
    for (const TomlEntry& entry : value.entries) {
        if (entry.key == "types") {
            read_types(entry.value, out, report);
        } else if (entry.key == "max_name") {
            read_number(entry, 1, 253, out.max_name, report);
        } else if (entry.key == "max_labels") {
            read_number(entry, 1, 127, out.max_labels, report);
        } else if (entry.key == "names_per_hour") {
            read_number(entry, 1, 100'000, out.names_per_hour, report);
        } else if (entry.key == "txt_octets_per_hour") {
            read_number(entry, 1, std::int64_t{1} << 30, out.txt_octets_per_hour, report);
        } else {
            report.unknown_key(entry, "[allow.dns]", {"types", "max_name", "max_labels", "names_per_hour", "txt_octets_per_hour"});
        }
    }
    return out;
}

void read_dns_pins(const TomlEntry& entry, Policy& policy, Report& report) {
    if (entry.value.kind == TomlValue::Kind::table) {
        report.error(entry.span, "type", "pins are a list of tables", "write [[dns_pin]] with two brackets");
        return;
    }
    if (!report.expect(entry.value, TomlValue::Kind::array, entry.key, "[[dns_pin]]")) return;
    if (entry.value.items.size() > max_pins) {
        report.error(entry.value.items[max_pins].span, "limit", "a policy has at most 1,024 pins", "pin the names of the own domain only");
        return;
    }
    for (const TomlValue& item : entry.value.items) {
        if (!report.expect(item, TomlValue::Kind::table, "dns_pin", "[[dns_pin]]")) continue;
        DnsPin pin = PinReader(report).read(item);
        const bool twice = !pin.name.empty() && std::any_of(policy.dns_pins.begin(), policy.dns_pins.end(), [&](const DnsPin& other) {
            return other.name == pin.name && other.type == pin.type;
        });
        if (twice)
            report.error(item.span, "duplicate-pin", pin.name + " has a pin of type " + pin.type + " already",
                         "write all values into one pin: it says the whole answer");
        policy.dns_pins.push_back(std::move(pin));
    }
}

}  // namespace sw

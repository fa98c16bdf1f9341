/// What a rule allows of a conversation: max_bytes, max_duration, max_flows_per_hour, hours; and whether the ledger keeps it.
#include "rules/policy/policy_reader.hpp"

namespace sw {
namespace {

constexpr std::int64_t most_bytes = std::int64_t{1} << 53, most_flows = 100'000;

std::optional<std::int64_t> whole_number(const TomlEntry& entry, std::int64_t most, std::string_view example, Report& report) {
    if (!report.expect(entry.value, TomlValue::Kind::integer, entry.key, example)) return std::nullopt;
    if (entry.value.number >= 1 && entry.value.number <= most) return entry.value.number;
    report.error(entry.value.span, "bad-value", std::to_string(entry.value.number) + " is no " + entry.key, "1 to " + std::to_string(most));
    return std::nullopt;
}

/// What parse makes of the text; else an error.
template <class Parse>
auto worded(const TomlEntry& entry, Parse parse, std::string_view example, Report& report) -> decltype(parse(std::string_view())) {
    if (!report.expect(entry.value, TomlValue::Kind::string, entry.key, example)) return std::nullopt;
    auto value = parse(entry.value.text);
    if (!value)
        report.error(entry.value.span, "bad-value", "\"" + entry.value.text + "\" is no " + entry.key, "as in: " + std::string(example));
    return value;
}

}  // namespace

bool read_budget(const TomlEntry& entry, Rule& rule, Report& report) {
    Budget& b = rule.budget;
    if (entry.key == "max_bytes") {
        if (const auto n = whole_number(entry, most_bytes, "max_bytes = 50_000_000", report)) b.max_bytes = static_cast<std::uint64_t>(*n);
    } else if (entry.key == "max_duration") {
        b.max_duration = worded(entry, parse_duration, "max_duration = \"8h\" (s, min, h or d; at most 365d)", report);
    } else if (entry.key == "max_flows_per_hour") {
        if (const auto n = whole_number(entry, most_flows, "max_flows_per_hour = 200", report))
            b.max_flows_per_hour = static_cast<std::uint32_t>(*n);
    } else if (entry.key == "hours") {
        b.hours = worded(entry, parse_hours, "hours = \"07:00-20:00\"", report);
    } else if (entry.key == "ledger") {
        if (report.expect(entry.value, TomlValue::Kind::boolean, "ledger", "ledger = true")) rule.ledger = entry.value.number != 0;
    } else {
        return false;
    }
    if (rule.kind != RuleKind::allow)
        report.error(entry.span, "no-conversation",
                     entry.key + " is about conversations, and [[" + std::string(to_string(rule.kind)) + "]] rules follow none",
                     "remove it");
    return true;
}

void read_timezone_offset(const TomlEntry& entry, Policy& policy, Report& report) {
    if (const auto minutes = worded(entry, parse_offset, "timezone_offset = \"+02:00\"", report)) policy.timezone_offset = *minutes;
}

}  // namespace sw

#pragma once
/// The parts of the policy parser. Each reads its keys into the policy and reports all that is wrong. Private to this room.
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/policy/policy.hpp"
#include "rules/policy/source_text.hpp"
#include "rules/policy/toml_tree.hpp"

namespace sw {

inline constexpr std::size_t max_policy_octets = std::size_t{4} << 20;
inline constexpr std::size_t max_rules = 10'000;
inline constexpr std::size_t max_names = 4'096;
inline constexpr std::size_t max_values = 4'096;
inline constexpr std::size_t max_name_octets = 64;

/// Where diagnostics go. Words from the file stand in messages as they are: render() escapes.
class Report {
public:
    Report(const SourceText& source, std::vector<Diagnostic>& out) : source_(source), out_(out) {}

    const SourceText& source() const { return source_; }
    void error(SourceSpan where, std::string code, std::string message, std::string fix = {}) {
        add(Diagnostic::Level::error, where, std::move(code), std::move(message), std::move(fix));
    }
    void warning(SourceSpan where, std::string code, std::string message, std::string fix = {}) {
        add(Diagnostic::Level::warning, where, std::move(code), std::move(message), std::move(fix));
    }
    /// Of the file as a whole.
    void warning(std::string code, std::string message, std::string fix);

    /// True if value is of this kind; else an error: "filter must be a string, not an integer".
    bool expect(const TomlValue& value, TomlValue::Kind kind, std::string_view key, std::string_view example);
    /// A string without control characters. nullptr after an error.
    const std::string* plain_string(const TomlValue& value, std::string_view key);
    void unknown_key(const TomlEntry& entry, std::string_view where, std::initializer_list<std::string_view> known);

private:
    void add(Diagnostic::Level level, SourceSpan where, std::string code, std::string message, std::string fix);

    const SourceText& source_;
    std::vector<Diagnostic>& out_;
};

/// By line and column; what concerns the whole file comes last.
void sort_by_place(std::vector<Diagnostic>& list);

/// "write WORD" with the nearest of the words, or "one of A, B, C".
std::string propose(std::string_view word, const std::vector<std::string_view>& words);

/// [A-Za-z0-9_][A-Za-z0-9_-]*, at most 64 octets; else an error that says so. Rule names may hold dots as well; in a
/// filter, a dot would end a $name.
bool check_name(const std::string& name, SourceSpan where, bool dots, Report& report);

/// A list of anomaly slugs, as ignore and accept have it.
ReasonSet read_anomalies(const TomlValue& value, std::string_view key, Report& report);

void read_home(const TomlValue& value, Policy& policy, Report& report);
void read_names(const TomlValue& value, Policy& policy, Report& report);
/// pin of a rule whose other keys are read.
void read_pins(const TomlEntry& entry, const Rule& rule, Pins& pins, Report& report);
/// All names are known.
void read_wire(const TomlValue& value, Policy& policy, Report& report);
void read_mirror(const TomlValue& value, Policy& policy, Report& report);
/// A tcpdump expression: what stands under key; place: where its text begins.
void read_filter(const TomlValue& value, std::string_view key, const Names& names, Report& report, Filter& filter, SourcePlace& place);

/// The tables of one kind, to be sorted into the order of the file and read once all names are known.
struct RuleTable {
    RuleKind kind;
    const TomlValue* table;
};
void collect_rules(const TomlEntry& entry, RuleKind kind, std::vector<RuleTable>& out, Report& report);
void read_rules(std::vector<RuleTable> tables, Policy& policy, Report& report);

/// The table [allow.dns].
DnsLimits read_dns_limits(const TomlValue& value, Report& report);
/// [[dns_pin]].
void read_dns_pins(const TomlEntry& entry, Policy& policy, Report& report);
/// Takes a key of a rule that is about its budget or the ledger; false: it is none of them.
bool read_budget(const TomlEntry& entry, Rule& rule, Report& report);
void read_timezone_offset(const TomlEntry& entry, Policy& policy, Report& report);

/// A date or a date-time with a zone, as until has it; unset after an error.
std::optional<Timestamp> read_until(const TomlValue& value, Report& report);

/// [log], once all names are known.
void read_log(const TomlValue& value, Policy& policy, Report& report);

}  // namespace sw

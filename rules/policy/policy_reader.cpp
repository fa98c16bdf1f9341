#include "rules/policy/policy_reader.hpp"

#include <algorithm>

#include "rules/base/text.hpp"

namespace sw {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

std::string join(const std::vector<std::string_view>& words) {
    std::string out;
    for (const std::string_view word : words) out.append(out.empty() ? "" : ", ").append(word);
    return out;
}

}  // namespace

void Report::add(Diagnostic::Level level, SourceSpan where, std::string code, std::string message, std::string fix) {
    const SourcePlace place = source_.place(where.offset);
    out_.push_back({level, place.line, place.column, where.length, std::move(code), std::move(message), std::move(fix)});
}

void Report::warning(std::string code, std::string message, std::string fix) {
    out_.push_back({Diagnostic::Level::warning, 0, 0, 1, std::move(code), std::move(message), std::move(fix)});
}

bool Report::expect(const TomlValue& value, TomlValue::Kind kind, std::string_view key, std::string_view example) {
    if (value.kind == kind) return true;
    error(value.span, "type", std::string(key).append(" must be ").append(describe(kind)).append(", not ").append(describe(value.kind)),
          "as in: " + std::string(example));
    return false;
}

const std::string* Report::plain_string(const TomlValue& value, std::string_view key) {
    if (!expect(value, TomlValue::Kind::string, key, std::string(key) + " = \"...\"")) return nullptr;
    if (std::none_of(value.text.begin(), value.text.end(), is_control)) return &value.text;
    error(value.span, "control-byte", std::string(key) + " has control characters in it", "remove them");
    return nullptr;
}

void Report::unknown_key(const TomlEntry& entry, std::string_view where, std::initializer_list<std::string_view> known) {
    error(entry.span, "unknown-key", "unknown key \"" + entry.key + "\" in " + std::string(where), propose(entry.key, known));
}

void sort_by_place(std::vector<Diagnostic>& list) {
    // line 0 wraps to the end
    std::stable_sort(list.begin(), list.end(), [](const Diagnostic& a, const Diagnostic& b) {
        return std::pair(a.line - 1, a.column) < std::pair(b.line - 1, b.column);
    });
}

std::string propose(std::string_view word, const std::vector<std::string_view>& words) {
    const std::string_view near = nearest_word(word, words);
    return near.empty() ? "one of " + join(words) : "write " + std::string(near);
}

bool check_name(const std::string& name, SourceSpan where, bool dots, Report& report) {
    const auto fits = [dots](char c) { return is_word(c) || c == '-' || (dots && c == '.'); };
    if (!name.empty() && name.size() <= max_name_octets && is_word(name.front()) && std::all_of(name.begin(), name.end(), fits))
        return true;
    report.error(
        where, "bad-name", "\"" + name.substr(0, max_name_octets) + "\" cannot be a name",
        std::string("letters, digits, '_', '-'") + (dots ? " and '.'" : "") + ", beginning with one of the first three; at most 64 octets");
    return false;
}

ReasonSet read_anomalies(const TomlValue& value, std::string_view key, Report& report) {
    ReasonSet out;
    const std::string example = std::string(key) + " = [\"bad-checksum\"]";
    if (!report.expect(value, TomlValue::Kind::array, key, example)) return out;
    std::vector<std::string_view> slugs;
    for (std::size_t i = 0; i < reason_count; ++i)
        if (const ReasonInfo& row = info(static_cast<Reason>(i)); row.kind == ReasonKind::anomaly) slugs.push_back(row.slug);
    for (const TomlValue& item : value.items) {
        if (!report.expect(item, TomlValue::Kind::string, std::string("each of ") + std::string(key), example)) continue;
        const std::optional<Reason> reason = reason_from_slug(item.text);
        if (!reason) {
            const std::string_view near = nearest_word(item.text, slugs);
            report.error(item.span, "unknown-anomaly", "\"" + item.text + "\" is no anomaly",
                         near.empty() ? "the anomalies stand in span-watcher-policy(5)" : "write " + std::string(near));
        } else if (info(*reason).kind != ReasonKind::anomaly) {
            report.error(item.span, "state-reason",
                         "\"" + item.text + "\" cannot stand in " + std::string(key) +
                             ": it is a verdict on the conversation, not a flaw of the frame",
                         "remove it; write an allow rule for the conversation instead");
        } else {
            out.add(*reason);
        }
    }
    return out;
}

}  // namespace sw

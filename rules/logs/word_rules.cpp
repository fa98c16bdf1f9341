#include "rules/logs/word_rules.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "rules/logs/octet_class.hpp"
#include "rules/logs/typed_value.hpp"

namespace sw {
namespace {

enum class Ends : std::uint8_t { word, angle, round, line, digits, number };

struct WordRule {
    ProgramGroups groups;
    std::string_view before;
    Ends ends;
    HoleKind kind;
    std::string_view unless;
};

constexpr WordRule rules[] = {
#define WORD_RULE(programs, before, ends, kind, unless) {program_group::programs, before, Ends::ends, HoleKind::kind, unless},
#include "rules/logs/word_rules.def"
#undef WORD_RULE
};

/// The last word of before: [begin, end) in it. Behind it are delimiters or signs only.
std::string_view key_word(std::string_view before) {
    std::size_t end = before.size();
    const auto is_key = [](char c) { return (octet_class(c) & (octet::digit | octet::hex | octet::letter)) != 0 || c == '_' || c == '-'; };
    while (end > 0 && (!is_key(before[end - 1]) || before[end - 1] == '-')) --end;
    std::size_t begin = end;
    while (begin > 0 && is_key(before[begin - 1])) --begin;
    return before.substr(begin, end - begin);
}

/// A rule and its key word: how long it is, and how much of before stands in front of it.
struct Keyed {
    const WordRule* rule;
    std::string_view key;
    std::size_t front;
};

/// Rules by their key word, in the order of the file: buckets by its length and its first eight octets.
class RuleTable {
public:
    RuleTable() {
        for (const WordRule& rule : rules) {
            const std::string_view key = key_word(rule.before);
            buckets_[index(key)].push_back({&rule, key, static_cast<std::size_t>(key.data() - rule.before.data())});
        }
        for (std::size_t i = 0; i < bucket_count; ++i) used_[i] = !buckets_[i].empty();
    }
    /// nullptr: no rule has this word.
    const std::vector<Keyed>* find(std::string_view word) const {
        const std::size_t i = index(word);
        return used_[i] ? &buckets_[i] : nullptr;
    }

private:
    static constexpr std::size_t bucket_count = 2048;
    static std::size_t index(std::string_view word) {
        std::uint64_t front = 0;
        std::memcpy(&front, word.data(), std::min<std::size_t>(word.size(), 8));
        front ^= std::uint64_t{word.size()} << 56;
        return (front * 0x9e3779b97f4a7c15u) >> 53;
    }
    std::array<bool, bucket_count> used_{};  // most words have no rule: asked first, and small
    std::array<std::vector<Keyed>, bucket_count> buckets_;
};

const RuleTable& table() {
    static const RuleTable t;
    return t;
}

bool begins_with_one_of(std::string_view text, std::string_view words) {
    while (!words.empty()) {
        const std::size_t bar = words.find('|');
        if (text.starts_with(words.substr(0, bar))) return true;
        if (bar == std::string_view::npos) return false;
        words.remove_prefix(bar + 1);
    }
    return false;
}

constexpr std::array<bool, 256> ruled_word_ends() {
    std::array<bool, 256> ends{};
    for (const char c : std::string_view(" \t,;()[]<>\"'")) ends[static_cast<unsigned char>(c)] = true;
    return ends;
}

bool ends_ruled_word(char c) {
    static constexpr std::array<bool, 256> ends = ruled_word_ends();
    return ends[static_cast<unsigned char>(c)];
}

/// A quote in front ends at its like; without one, at the first octet that ends a word. Empty if there is nothing.
RuledHole word_hole(std::string_view text, std::size_t begin) {
    if (begin > 0 && text[begin - 1] == ' ')
        while (begin < text.size() && text[begin] == ' ') ++begin;
    if (begin >= text.size()) return {};
    if (text[begin] == '"' || text[begin] == '\'') {
        const std::size_t end = text.find(text[begin], begin + 1);
        return end == std::string_view::npos ? RuledHole{} : RuledHole{HoleKind::integer, begin + 1, end};
    }
    std::size_t end = begin;
    while (end < text.size() && !ends_ruled_word(text[end])) ++end;
    // A full stop or colon behind the word ends the sentence.
    const bool at_end = end == text.size() || text[end] == ' ';
    while (at_end && end > begin && (text[end - 1] == '.' || text[end - 1] == ':')) --end;
    return {HoleKind::integer, begin, end};
}

RuledHole extent(std::string_view text, std::size_t begin, Ends ends) {
    const auto until = [&](std::size_t end) {
        return end == std::string_view::npos || end < begin ? RuledHole{} : RuledHole{HoleKind::integer, begin, end};
    };
    switch (ends) {
        case Ends::word:
            return word_hole(text, begin);
        case Ends::angle:
            return until(text.find_first_of("<>", begin));
        case Ends::round:
            return text.ends_with(')') ? until(text.size() - 1) : RuledHole{};
        case Ends::line:
            return until(text.size());
        case Ends::digits:
        case Ends::number: {
            std::size_t end = begin;
            if (ends == Ends::number && end < text.size() && (text[end] == '-' || text[end] == '+')) ++end;
            while (end < text.size() && is_digit_octet(text[end])) ++end;
            const bool whole = end >= text.size() || !is_word_octet(text[end]) || text[end] == '.';
            return ends == Ends::number && !whole ? RuledHole{} : until(end);
        }
    }
    return {};
}

/// What stands there must be able to be of the kind.
bool fits(HoleKind kind, std::string_view value) {
    if (value.empty() || value.size() > info(kind).longest) return false;
    const auto all = [value](std::uint8_t classes) {
        return std::all_of(value.begin(), value.end(), [classes](char c) { return (octet_class(c) & classes) != 0; });
    };
    switch (kind) {
        case HoleKind::status:
            return is_digit_octet(value.back());
        case HoleKind::integer:
            return all(octet::digit);
        case HoleKind::number:
            return is_digit_octet(value[0]) && value.find_first_not_of("0123456789./") == std::string_view::npos;
        case HoleKind::address:
            return ipv4_octets(value) == value.size() || ipv6_octets(value) == value.size();
        case HoleKind::host:
            return is_host_name(value);
        case HoleKind::source:
            return value.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-:%") == std::string_view::npos;
        case HoleKind::queue_id:
            return all(octet::digit | octet::hex | octet::letter);
        case HoleKind::fingerprint:
            return value.size() >= 16 &&
                   value.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=:") == std::string_view::npos;
        case HoleKind::mail:
        case HoleKind::message_id:
            return value.find(' ') == std::string_view::npos;
        case HoleKind::token:
            return is_token(value);
        default:
            return true;
    }
}

/// An address where a name should stand is left to its own type ("for 192.0.2.1").
bool is_address(std::string_view value) { return ipv4_octets(value) == value.size() || ipv6_octets(value) == value.size(); }

}  // namespace

RuledHole ruled_hole(std::string_view text, std::size_t begin, std::size_t end, ProgramGroups groups) {
    const std::string_view word = text.substr(begin, end - begin);
    const std::vector<Keyed>* found = table().find(word);
    if (found == nullptr) return {};
    for (const Keyed& k : *found) {
        const WordRule& rule = *k.rule;
        if ((rule.groups & groups) == 0 && rule.groups != program_group::any) continue;
        if (word != k.key || begin < k.front || !text.substr(begin - k.front).starts_with(rule.before)) continue;
        const std::size_t first = begin - k.front, hole = first + rule.before.size();
        if (first > 0 && k.front > 0 && is_word_octet(text[first - 1]) && is_word_octet(text[first])) continue;
        if (!rule.unless.empty() && begins_with_one_of(text.substr(hole), rule.unless)) continue;
        // No further than a value may reach: a line of nothing but rules' words costs no more than any other.
        const std::string_view reach = rule.ends == Ends::round ? text : text.substr(0, hole + info(rule.kind).longest + 2);
        RuledHole h = extent(reach, hole, rule.ends);
        const std::string_view value = h ? text.substr(h.begin, h.end - h.begin) : std::string_view{};
        if (!fits(rule.kind, value) || (rule.kind == HoleKind::user && is_address(value))) continue;
        h.kind = rule.kind;
        return h;
    }
    return {};
}

}  // namespace sw

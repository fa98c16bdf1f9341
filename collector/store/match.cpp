#include "collector/store/match.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "collector/store/match_time.hpp"
#include "rules/base/text.hpp"
#include "rules/logs/log_reason.hpp"
#include "rules/packet/address.hpp"
#include "rules/packet/reason.hpp"

namespace sw {
namespace {

using Key = MatchTerm::Key;

constexpr std::size_t most_words = 100, longest_value = 1000;
constexpr std::array<std::string_view, 18> key_names{"id",      "state", "severity", "src",    "dst",       "host",
                                                     "port",    "proto", "rule",     "reason", "direction", "analyst",
                                                     "verdict", "since", "until",    "count",  "kind",      "text"};

/// One word as typed, its quotes taken off.
struct Word {
    std::string_view typed;
    std::string text;
    bool negated = false;
    std::size_t colon = std::string::npos;  ///< in text: of the key; npos: a free word
};

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

Unexpected wrong(const Word& word, std::string_view why) {
    return unexpected(fmt::format("cannot understand '{}': {}", escape_for_display(word.typed), why));
}

/// Take the next word off the front of rest, which does not begin with a blank.
Result<Word> next_word(std::string_view& rest) {
    Word word;
    bool quoted = false, quotes = false;
    std::size_t i = rest.front() == '-' ? 1 : 0;
    word.negated = i == 1;
    for (; i < rest.size() && (quoted || !is_blank(rest[i])); ++i) {
        if (rest[i] == '"') {
            quoted = !quoted;
            quotes = true;
        } else if (quoted && rest[i] == '\\' && i + 1 < rest.size()) {
            word.text += rest[++i];
        } else {
            if (rest[i] == ':' && !quotes && word.colon == std::string::npos) word.colon = word.text.size();
            word.text += rest[i];
        }
    }
    word.typed = rest.substr(0, i);
    rest.remove_prefix(i);
    if (quoted) return wrong(word, "its quote is not closed");
    return word;
}

Result<Key> key_of(const Word& word) {
    if (word.colon == std::string::npos) return Key::text;
    const std::string_view name = std::string_view(word.text).substr(0, word.colon);
    const auto at = std::find(key_names.begin(), key_names.end(), name);
    if (at != key_names.end()) return static_cast<Key>(at - key_names.begin());
    const std::string_view near = nearest_word(name, {key_names.begin(), key_names.end()});
    if (!near.empty()) return wrong(word, fmt::format("there is no key '{}', did you mean '{}:'?", escape_for_display(name), near));
    return wrong(word, fmt::format("there is no key '{}' (quote the word to search for it as text; keys: {})", escape_for_display(name),
                                   fmt::join(key_names, ", ")));
}

template <class Integer>
std::optional<Integer> number_from(std::string_view text) {
    Integer value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || text.front() == '-' || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// ">100" apart: the comparison, and its number.
std::pair<std::string_view, std::string_view> comparison(std::string_view value) {
    const bool bound = value.starts_with('>') || value.starts_with('<');
    return {bound ? value.substr(0, 1) : "=", value.substr(bound ? 1 : 0)};
}

std::string one_of(std::string_view value, const std::vector<std::string_view>& known) {
    if (std::find(known.begin(), known.end(), value) != known.end()) return {};
    const std::string_view near = nearest_word(value, known);
    if (!near.empty()) return fmt::format("did you mean '{}'?", near);
    return fmt::format("it must be one of {}", fmt::join(known, ", "));
}

std::string reason_fault(std::string_view value) {
    if (reason_from_slug(value) || log_reason_from_slug(value)) return {};
    std::vector<std::string_view> known;
    for (std::size_t i = 0; i < reason_count; ++i) known.push_back(info(static_cast<Reason>(i)).slug);
    for (std::size_t i = 0; i < static_cast<std::size_t>(LogReason::count); ++i) known.push_back(info(static_cast<LogReason>(i)).slug);
    const std::string_view near = nearest_word(value, known);
    if (!near.empty()) return fmt::format("did you mean '{}'?", near);
    return "no reason has that name (span-watcher-policy(5) lists them)";
}

/// What is wrong with a value, or "".
std::string fault_of(Key key, std::string_view value) {
    if (value.empty()) return "nothing stands behind the colon";
    if (value.size() > longest_value) return fmt::format("it is longer than {} octets", longest_value);
    if (value.find('\0') != std::string_view::npos) return "it holds a NUL";
    switch (key) {
        case Key::id:
            return number_from<std::int64_t>(value) ? "" : "an id is a number";
        case Key::state:
            return one_of(value, {"open", "taken", "escalated", "allowed", "dismissed"});
        case Key::severity:
            return one_of(value, {to_string(Severity::notice), to_string(Severity::high), to_string(Severity::critical)});
        case Key::verdict:
            return one_of(value, {"grey", "black"});
        case Key::kind:
            return one_of(value, {"packet", "log"});
        case Key::direction:
            return one_of(value, {"inside", "inbound", "outbound", "outside", "unknown"});
        case Key::src:
        case Key::dst:
        case Key::host:
            return parse_prefix(value) ? "" : "it must be an address or a prefix without host bits, as 192.0.2.25 or 2001:db8:1::/48";
        case Key::port:
            return number_from<std::uint16_t>(value) ? "" : "a port is a number from 0 to 65535";
        case Key::reason:
            return reason_fault(value);
        case Key::since:
        case Key::until:
            return instant_from(value, Timestamp{}) ? "" : "it must be 90s, 15m, 1h, 7d, 2w, or a time as 2026-11-21T23:20:00Z";
        case Key::count:
            return number_from<std::int64_t>(comparison(value).second) ? "" : "it must be >100, <10 or a number";
        case Key::proto:
        case Key::rule:
        case Key::analyst:
        case Key::text:
            return {};
    }
    return {};
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

Result<MatchTerm> term_of(const Word& word) {
    auto key = key_of(word);
    if (!key) return Unexpected{key.error()};
    MatchTerm term{*key, word.negated, word.colon == std::string::npos ? word.text : word.text.substr(word.colon + 1)};
    if (word.colon == std::string::npos && term.value.empty()) return wrong(word, "there is no word to search for");
    if (*key == Key::proto) term.value = lower(term.value);
    if (const std::string fault = fault_of(*key, term.value); !fault.empty()) return wrong(word, fault);
    return term;
}

}  // namespace

Result<std::vector<MatchTerm>> parse_match(std::string_view expression) {
    std::vector<MatchTerm> terms;
    for (std::string_view rest = expression;;) {
        while (!rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
        if (rest.empty()) return terms;
        if (terms.size() == most_words)
            return unexpected(fmt::format("the match has more than {} words: use a prefix, or fewer", most_words));
        auto word = next_word(rest);
        if (!word) return Unexpected{word.error()};
        auto term = term_of(*word);
        if (!term) return Unexpected{term.error()};
        terms.push_back(std::move(*term));
    }
}

std::string match_word(std::string_view key, std::string_view value) {
    std::string word = fmt::format("{}:\"", key);
    for (char c : value) {
        if (c == '"' || c == '\\') word += '\\';
        word += c;
    }
    return word + '"';
}

}  // namespace sw

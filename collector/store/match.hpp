#pragma once
/// The words that select findings: "state:open src:192.0.2.0/24 since:1h -port:53 scan". Used by list's options, by --match and
/// by export, so that all of them mean the same.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/base/result.hpp"
#include "rules/base/time.hpp"

namespace sw {

/// One word. Words of one key are alternatives (but bounds and free words must all hold: since, until, count, text), different
/// keys must all hold, "-" in front means not. Free words are searched in sentence and comments, ASCII letters of any case.
/// Quotes hold blanks together, and make a free word of one with a colon in it: text:"port 465", "2001:db8::1".
///   src, dst, host   initiator, responder, either: an address or a prefix
///   rule             the forbid rule, or the nearest one
///   kind             packet or log: what it is of
///   since, until     its last packet is not older, its first not newer: 90s, 15m, 1h, 7d, 2w ago, or 2026-11-21,
///                    2026-11-21T23:20:00Z, 2026-11-21T23:20:00.5+01:00 (UTC where no zone is named)
///   count            >100, <10, or 37
struct MatchTerm {
    enum class Key : unsigned char {
        id,
        state,
        severity,
        src,
        dst,
        host,
        port,
        proto,
        rule,
        reason,
        direction,
        analyst,
        verdict,
        since,
        until,
        count,
        kind,
        text
    };
    Key key = Key::text;
    bool negated = false;
    std::string value;
};

/// errors: unknown key (with the nearest known one), a value that key cannot have: names the word; more than 100 words
Result<std::vector<MatchTerm>> parse_match(std::string_view expression);

/// The word for one value, quoted so that parse_match reads the same back.
std::string match_word(std::string_view key, std::string_view value);

/// A WHERE clause over finding, and what to bind to its ?s, in order.
struct MatchSql {
    struct Value {
        enum class Kind : unsigned char { integer, text, blob } kind;
        std::int64_t integer = 0;
        std::string octets;
    };
    std::string where;  ///< "1" if there is no term; in parentheses as a whole
    std::vector<Value> values;
};
/// in: terms that parse_match made; now: what "1h" counts back from
MatchSql to_sql(const std::vector<MatchTerm>& terms, Timestamp now);

}  // namespace sw

#pragma once
/// A template: a log line with typed holes where its values were. Two lines have the same template exactly if they agree in
/// every octet outside the holes; nothing is merged because it looks alike.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/base/result.hpp"
#include "rules/base/time.hpp"
#include "rules/logs/log_line.hpp"

namespace sw {

/// What may stand in a hole: hole_kind.def has each kind's word, what it accepts, its limits, and whether it keeps its values.
enum class HoleKind : std::uint8_t {
#define HOLE_KIND(id, word, keeps, longest, pattern, sample, what) id,
#include "rules/logs/hole_kind.def"
#undef HOLE_KIND
    count
};

struct HoleKindInfo {
    std::string_view word;
    bool keeps_values;    ///< only values that were seen are known, unless a person opened the hole
    std::size_t longest;  ///< octets
    std::string_view pattern, sample, what;
};
const HoleKindInfo& info(HoleKind k);
std::optional<HoleKind> hole_kind_from(std::string_view word);

struct Hole {
    HoleKind kind = HoleKind::integer;
    bool open = false;                ///< a person said: any value of this kind (it keeps none any more)
    std::vector<std::string> values;  ///< where they are kept: sorted, raw octets
    bool operator==(const Hole&) const = default;
};

enum class TemplateState : std::uint8_t {
    learnt,   ///< proposed by the learner, waits for a person
    approved  ///< frozen: only a person's verb changes it
};
std::string_view to_string(TemplateState s);

/// The same on every machine and after every restart: from host, program and text alone.
enum class TemplateId : std::uint64_t {};
TemplateId template_id(std::string_view host, std::string_view program, std::string_view text);

/// One row. text is for people and is the template: "Accepted publickey for {user} from {address} port {integer} ssh2".
/// A brace and a backslash of the line are written \{ and \\; octets that may not be shown, \xNN or \u{NNNN}.
struct LogTemplate {
    std::string host, program, text;
    std::vector<Hole> holes;  ///< in the order of the text
    TemplateState state = TemplateState::learnt;
    std::uint64_t count = 0;  ///< lines that had it
    Timestamp first, last;

    TemplateId id() const { return template_id(host, program, text); }
    bool operator==(const LogTemplate&) const = default;
};

/// Octets as a template's text has them outside its holes.
std::string escape_template_literal(std::string_view octets);

/// What this line's template would be: one line seen, its values in the sets.
/// errors: too long, more than 64 holes, control octets: such a line is never known
Result<LogTemplate> template_of(const LogLine& line);

/// A template from its text, as it was written: nothing counted, no value seen.
/// errors: text that is none
Result<LogTemplate> template_from_text(std::string_view host, std::string_view program, std::string_view text);

/// RE2 for [[log.allow]]: the whole line, sets as alternatives, other holes by their kind: "^connect from [^ ]+\\[...\\]$".
/// Every line that the template knows matches it.
std::string as_pattern(const LogTemplate& t);

}  // namespace sw

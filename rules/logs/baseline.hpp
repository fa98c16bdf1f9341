#pragma once
/// What hosts are known to say: templates with their sets of values, learnt and then frozen by a person. Bounded; asked by one
/// look-up a line. No clock, no file, no SQL: it is written to and read from LogTemplate rows.
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rules/base/result.hpp"
#include "rules/logs/log_template.hpp"

namespace sw {

struct LogLimits {
    std::uint32_t hosts = 1'024;  ///< more than anybody can make up: whoever stores lines knows 256, and those of the policy
    std::uint32_t templates_a_host = 10'000;
    std::uint32_t values_a_hole = 64;            ///< a full set takes no more: what comes is new, until a person opens the hole
    std::uint32_t new_templates_a_host = 1'000;  ///< unknown ones told apart; beyond: LogReason::flood
};

/// One value that a known template did not know there.
struct NewValue {
    std::uint8_t hole = 0;  ///< index in the template's holes
    HoleKind kind = HoleKind::integer;
    bool full = false;  ///< the set takes no more values: a person may open the hole
    std::string value;  ///< raw octets
};

class Baseline {
public:
    /// key: of the hash; from the system's randomness, so that no sender can make templates collide
    Baseline(const LogLimits& limits, const std::array<std::uint8_t, 16>& key);
    ~Baseline();
    Baseline(Baseline&&) noexcept;
    Baseline& operator=(Baseline&&) noexcept;

    enum class Fit : std::uint8_t { known, new_value, new_template, too_long, control_octets };
    struct Answer {
        Fit fit = Fit::new_template;
        const LogTemplate* found = nullptr;  ///< known, new_value; lives until the next call that changes the baseline
        std::uint64_t shape = 0;             ///< keyed hash of host, program and text outside the holes; not for keeping
    };
    /// Counts the line at its template if it is known.
    /// cost: one pass over the line and one look-up, one more a hole that keeps values; no allocation
    Answer ask(const LogLine& line);
    /// The values that do not fit, of the line asked last (fit == new_value).
    std::vector<NewValue> new_values() const;
    /// The template that it would be (fit == new_template).
    LogTemplate template_asked(const LogLine& line) const;

    /// Put a line into the baseline: its template, or its new values. A frozen host learns nothing, an approved template gains
    /// nothing.
    enum class Learnt : std::uint8_t { known, added_template, added_values, refused_frozen, refused_full, refused_line };
    Learnt learn(const LogLine& line);
    /// The row of the line that was asked or learnt last; nullptr if it has none.
    const LogTemplate* asked() const;
    /// Answer::shape of a template's lines.
    std::uint64_t shape(const LogTemplate& t) const;

    /// A person's verbs. errors: no such template, hole, or value; a limit reached; a hole that keeps no values
    Result<Done> approve(TemplateId id);
    Result<Done> add_value(TemplateId id, std::size_t hole, std::string_view value);
    Result<Done> remove_value(TemplateId id, std::size_t hole, std::string_view value);
    Result<Done> set_open(TemplateId id, std::size_t hole, bool open);
    Result<Done> remove(TemplateId id);
    /// All that host has learnt is approved, and it learns no more.
    void freeze(std::string_view host);
    /// It may learn again (what is approved stays as it is).
    void thaw(std::string_view host);
    bool frozen(std::string_view host) const;
    /// Throws away what host has learnt since it was frozen or made: the learning was not to be trusted.
    std::size_t discard_learnt(std::string_view host);

    /// Rows. add: a row as it was written, or one that a person wrote or adopts.
    /// errors: text that is no template; holes that contradict it; a limit reached; there already
    Result<TemplateId> add(LogTemplate row);
    const LogTemplate* find(TemplateId id) const;
    /// Counts a line at a template that ask() does not find by its text: an execution. false: there is none.
    bool count(TemplateId id, Timestamp received);
    /// Of host ("" for all), by program and text.
    std::vector<const LogTemplate*> list(std::string_view host = {}) const;
    std::size_t size() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sw

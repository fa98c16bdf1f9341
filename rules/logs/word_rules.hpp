#pragma once
/// Looks up the rules of word_rules.def. Private to this room.
#include <cstddef>
#include <string_view>

#include "rules/logs/log_template.hpp"
#include "rules/logs/program_group.hpp"

namespace sw {

/// A hole that a rule found.
struct RuledHole {
    HoleKind kind = HoleKind::integer;
    std::size_t begin = 0, end = 0;  ///< begin == end: no rule has a hole here
    explicit operator bool() const { return begin != end; }
};

/// The hole that stands behind the word [begin, end) of text, if a rule says so and what stands there can be of its kind.
/// cost: one look-up; more for words that rules name
RuledHole ruled_hole(std::string_view text, std::size_t begin, std::size_t end, ProgramGroups groups);

}  // namespace sw

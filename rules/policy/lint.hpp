#pragma once
/// The parts of lint(). Private to this room.
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "rules/policy/policy.hpp"
#include "rules/policy/policy_reader.hpp"
#include "rules/policy/program.hpp"

namespace sw {

/// What [names] gives, the other way round: canonical value to name.
using NamesByValue = std::unordered_map<std::string, std::string_view>;
NamesByValue names_by_value(const Policy& policy);

/// Where the filter's text stands in the file, and a part of it.
SourceSpan filter_span(const Rule& rule, const SourceText& source);
SourceSpan filter_span(const Rule& rule, const SourceText& source, const FilterNode& part);

/// direction-blind, no-protocol, any-to-any, literal-address: what the words of one filter give away.
void lint_words(const Rule& rule, const Policy& policy, const NamesByValue& names, Report& report);

/// Rules and their programs for EN10MB; index as in Policy::rules. Unset where the filter does not compile or expired.
using Programs = std::vector<std::optional<Program>>;
void lint_overlap(const Policy& policy, const Programs& programs, Report& report);

}  // namespace sw

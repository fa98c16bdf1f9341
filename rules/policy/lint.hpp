#pragma once
/// The parts of lint(). Private to this room.
#include <algorithm>
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

/// True if every packet that node accepts has a property which a leaf alone may give it.
template <class Leaf>
bool binds(const FilterNode& node, Leaf leaf) {
    const auto bound = [&leaf](const FilterNode& child) { return binds(child, leaf); };
    switch (node.kind) {
        case FilterNode::Kind::leaf:
            return leaf(node);
        case FilterNode::Kind::all_of:
            return std::any_of(node.children.begin(), node.children.end(), bound);
        case FilterNode::Kind::any_of:
            return std::all_of(node.children.begin(), node.children.end(), bound);
        case FilterNode::Kind::none_of:
            return false;
    }
    return false;
}

/// direction-blind, no-protocol, any-to-any, literal-address: what the words of one filter give away.
void lint_words(const Rule& rule, const Policy& policy, const NamesByValue& names, Report& report);

/// What the mirror wraps: its outer filter compiles and says who sends to whom (mirror-unbound); where it wraps bare IP, every
/// rule compiles without Ethernet. compiler: for EN10MB
void lint_mirror(const Policy& policy, FilterCompiler& compiler, Report& report);

/// Rules and their programs for EN10MB; index as in Policy::rules. Unset where the filter does not compile or expired.
using Programs = std::vector<std::optional<Program>>;
void lint_overlap(const Policy& policy, const Programs& programs, Report& report);
/// speaks-transport: proved by an opening packet that a rule's program accepts, or by the box that holds all of them.
void lint_speaks(const Policy& policy, const Programs& programs, Report& report);

}  // namespace sw

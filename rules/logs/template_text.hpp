#pragma once
/// Between a skeleton's text (line_scan.hpp) and what people read: "Accepted publickey for {user} ...". Private to this room.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/base/result.hpp"
#include "rules/logs/log_template.hpp"

namespace sw {

/// skeleton: without host and program
std::string text_of_skeleton(std::string_view skeleton);

/// A template's text taken apart: its skeleton, and the kinds of its holes in their order.
struct ParsedTemplate {
    std::string skeleton;
    std::vector<HoleKind> kinds;
};
/// errors: a brace that is not closed, a kind that is none, an escape that is none, more holes or octets than a line may have
Result<ParsedTemplate> parse_template_text(std::string_view text);

/// The skeleton of a template, host and program in front, as LineScan makes it.
std::string whole_skeleton(std::string_view host, std::string_view program, std::string_view skeleton);

}  // namespace sw

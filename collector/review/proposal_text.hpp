#pragma once
/// A proposal as TOML; for those who write into policies.
#include <string>
#include <string_view>

#include "collector/review/proposal.hpp"

namespace sw {

/// A TOML basic string on one line. What a policy may not hold (controls, octets that are not UTF-8) is escaped for display
/// first, so that what a person typed can never end the string nor be refused.
std::string toml_string(std::string_view text);

/// The rule's table, without lines before or behind it.
std::string toml_table(const Proposal& proposal);

}  // namespace sw

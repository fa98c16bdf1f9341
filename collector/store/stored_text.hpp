#pragma once
/// Texts on their way into the store: every TEXT column is valid UTF-8 without controls, whatever a journal says.
#include <string>
#include <string_view>
#include <vector>

#include "rules/packet/reason.hpp"

namespace sw {

/// As it is if it is safe to show (it was escaped already, or never needed to be); else escaped.
std::string stored_text(std::string_view text);

/// JSON arrays of strings, ASCII only.
std::string stored_list(const std::vector<std::string>& texts);
std::string stored_reasons(const ReasonSet& reasons);

}  // namespace sw

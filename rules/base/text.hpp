#pragma once
/// Text that came from outside, made safe to show; and small helpers for messages.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sw {

/// Escape for a terminal: C0, DEL, C1 (also as UTF-8), bidi controls and bytes that are not UTF-8 become \xNN or
/// \u{NNNN}; a backslash becomes \\. Everything else stays.
/// cost: one pass, one allocation
std::string escape_for_display(std::string_view bytes);

/// The octets that escape_for_display() made the text of. Nothing for a text that it cannot have made.
std::optional<std::string> unescape_display(std::string_view escaped);

/// Text that was escaped before it was kept where others could change it: what is not clean after all is escaped, the
/// backslashes of the first escaping stay.
std::string escape_again(std::string_view escaped);

/// The candidate nearest to word by edit distance (at most 2 edits, and fewer than half the word), or "".
std::string_view nearest_word(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace sw

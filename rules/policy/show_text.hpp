#pragma once
/// Pieces of the canonical form of a policy. Private to this room.
#include <string>
#include <string_view>

#include "rules/base/time.hpp"
#include "rules/policy/log_section.hpp"

namespace sw {

/// A TOML basic string on one line.
std::string quoted(std::string_view text);

/// "[a, b]" of what show_item makes of each.
template <class List, class ShowItem>
std::string list_of(const List& list, ShowItem show_item) {
    std::string out;
    for (const auto& item : list) out.append(out.empty() ? "" : ", ").append(show_item(item));
    return "[" + out + "]";
}

/// A date where it says the same.
std::string show_until(Timestamp t);

/// [log] and its rules; the writer to policy_log.cpp's reader.
std::string show_log(const LogSection& log);

}  // namespace sw

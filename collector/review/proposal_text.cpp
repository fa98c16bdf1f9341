#include "collector/review/proposal_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "rules/base/text.hpp"

namespace sw {

std::string toml_string(std::string_view text) {
    // escape_for_display doubles backslashes, which TOML needs too: undo what is not needed twice.
    const std::string shown = escape_for_display(text);
    const bool as_typed = std::count(shown.begin(), shown.end(), '\\') == 2 * std::count(text.begin(), text.end(), '\\');
    std::string out = "\"";
    for (const char c : as_typed ? text : std::string_view(shown)) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

std::string toml_table(const Proposal& p) {
    std::string out = fmt::format("[[{}]]\nname   = {}\nfilter = {}\n", to_string(p.kind), toml_string(p.name), toml_string(p.filter));
    if (!p.owner.empty()) out += fmt::format("owner  = {}\n", toml_string(p.owner));
    out += fmt::format("reason = {}\n", toml_string(p.reason));
    if (!p.until.empty()) out += fmt::format("until  = {}\n", p.until);
    return out;
}

}  // namespace sw

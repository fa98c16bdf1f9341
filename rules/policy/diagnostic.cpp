#include "rules/policy/diagnostic.hpp"

#include <algorithm>

#include "rules/base/text.hpp"

namespace sw {
namespace {

constexpr std::size_t widest_excerpt = 160;  ///< octets of a line that are shown
constexpr std::size_t before_caret = 60;     ///< of them in front of the place, where the line is longer

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

std::string_view line_of(std::string_view text, std::uint32_t line) {
    std::size_t begin = 0;
    for (std::uint32_t n = 1; n < line; ++n) {
        begin = text.find('\n', begin);
        if (begin == std::string_view::npos) return {};
        ++begin;
    }
    std::string_view out = text.substr(begin, text.find('\n', begin) - begin);
    if (!out.empty() && out.back() == '\r') out.remove_suffix(1);
    return out;
}

/// As it will stand on the terminal. A tab is one blank, so that the caret below needs no tab stops.
std::string shown(std::string_view octets) {
    std::string blanks(octets);
    std::replace(blanks.begin(), blanks.end(), '\t', ' ');
    return escape_for_display(blanks);
}

/// Columns that escaped text takes: code points; all of them counted as one wide.
std::size_t columns(std::string_view escaped) {
    return static_cast<std::size_t>(std::count_if(escaped.begin(), escaped.end(), [](char c) { return !is_continuation(c); }));
}

/// Moves at back to the start of a character, so that an excerpt cuts none in two.
std::size_t character_start(std::string_view line, std::size_t at) {
    while (at > 0 && at < line.size() && is_continuation(line[at])) --at;
    return at;
}

std::string excerpt(const Diagnostic& d, std::string_view file_text) {
    const std::string_view line = line_of(file_text, d.line);
    const std::size_t mark = character_start(line, std::min<std::size_t>(d.column - 1, line.size()));
    const std::size_t mark_end = character_start(line, std::clamp<std::size_t>(mark + d.length, mark, line.size()));
    const std::size_t begin = line.size() > widest_excerpt && mark > before_caret ? character_start(line, mark - before_caret) : 0;
    const std::size_t end = character_start(line, std::min(begin + widest_excerpt, line.size()));
    const std::string head = (begin > 0 ? "..." : "") + shown(line.substr(begin, mark - begin));
    const std::string marked = shown(line.substr(mark, std::min(mark_end, end) - mark));
    const std::string tail = shown(line.substr(mark + (std::min(mark_end, end) - mark), end - std::min(mark_end, end)));

    const std::string number = std::to_string(d.line);
    const std::string gutter = std::string(number.size() < 5 ? 5 - number.size() : 0, ' ') + number;
    std::string out = gutter + " | " + head + marked + tail + (end < line.size() ? "..." : "") + "\n";
    out += std::string(gutter.size(), ' ') + " | " + std::string(columns(head), ' ') + "^";
    const std::size_t width = columns(marked);
    return out + std::string(width > 1 ? width - 1 : 0, '~') + "\n";
}

}  // namespace

std::string render(const Diagnostic& d, std::string_view file_name, std::string_view file_text) {
    std::string out = shown(file_name) + ":";
    if (d.line > 0) out += std::to_string(d.line) + ":" + std::to_string(std::max<std::uint32_t>(d.column, 1)) + ":";
    out += d.level == Diagnostic::Level::error ? " error: " : " warning: ";
    out += shown(d.message) + " [" + d.code + "]\n";
    if (d.line > 0 && d.column > 0) out += excerpt(d, file_text);
    if (!d.fix.empty()) out += "      fix: " + shown(d.fix) + "\n";
    return out;
}

bool has_errors(const std::vector<Diagnostic>& list) {
    return std::any_of(list.begin(), list.end(), [](const Diagnostic& d) { return d.level == Diagnostic::Level::error; });
}

}  // namespace sw

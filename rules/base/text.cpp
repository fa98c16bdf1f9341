#include "rules/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

namespace sw {
namespace {

struct CodePoint {
    std::uint32_t value = 0;
    std::size_t octets = 0;  ///< 0: not UTF-8 here
};

/// RFC 3629: no overlong forms, no surrogates, at most U+10FFFF.
CodePoint next_code_point(std::string_view s) {
    const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(s[i]); };
    const std::uint8_t lead = at(0);
    if (lead < 0x80) return {lead, 1};
    const std::size_t n = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || s.size() < n) return {};
    std::uint32_t value = lead & (0xffu >> (n + 1));
    for (std::size_t i = 1; i < n; ++i) {
        if ((at(i) & 0xc0) != 0x80) return {};
        value = value << 6 | (at(i) & 0x3fu);
    }
    constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < least[n] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return {};
    return {value, n};
}

bool is_control(std::uint32_t c) { return c < 0x20 || (c >= 0x7f && c < 0xa0); }

/// Characters that reorder, hide or fake what stands around them (Unicode TR 36).
bool is_deceptive(std::uint32_t c) {
    return c == 0x061c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x2069) || c == 0xfeff ||
           (c >= 0xfff9 && c <= 0xfffb);
}

}  // namespace

std::string escape_for_display(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    auto put = std::back_inserter(out);
    while (!bytes.empty()) {
        const auto plain = std::find_if(bytes.begin(), bytes.end(), [](char c) { return c < 0x20 || c >= 0x7f || c == '\\'; });
        const auto run = static_cast<std::size_t>(plain - bytes.begin());
        out.append(bytes.substr(0, run));
        bytes.remove_prefix(run);
        if (bytes.empty()) break;
        const CodePoint c = next_code_point(bytes);
        const std::size_t n = std::max<std::size_t>(c.octets, 1);
        if (c.octets == 0 || (c.octets == 1 && is_control(c.value)))
            fmt::format_to(put, "\\x{:02x}", static_cast<std::uint8_t>(bytes[0]));
        else if (is_control(c.value) || is_deceptive(c.value))
            fmt::format_to(put, "\\u{{{:04x}}}", c.value);
        else if (c.value == '\\')
            out += "\\\\";
        else
            out.append(bytes.substr(0, n));
        bytes.remove_prefix(n);
    }
    return out;
}

std::string escape_again(std::string_view escaped) {
    std::string out;
    for (;;) {
        const std::size_t backslash = escaped.find('\\');
        out += escape_for_display(escaped.substr(0, backslash));
        if (backslash == std::string_view::npos) return out;
        out += '\\';
        escaped.remove_prefix(backslash + 1);
    }
}

namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = std::exchange(row[j], std::min({change, row[j] + 1, row[j - 1] + 1}));
        }
    }
    return row[b.size()];
}

}  // namespace

std::string_view nearest_word(std::string_view word, const std::vector<std::string_view>& candidates) {
    std::string_view best;
    std::size_t least = 3;
    if (word.size() > 64) return best;
    for (std::string_view c : candidates) {
        const std::size_t d = edit_distance(word, c);
        if (d < least && d * 2 < std::max(word.size(), c.size())) {
            least = d;
            best = c;
        }
    }
    return best;
}

}  // namespace sw

#include "rules/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <utility>

#include "rules/base/utf8.hpp"

namespace sw {
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

namespace {

/// Digits between from and to as a number; nothing if there are none, or something else.
std::optional<std::uint32_t> hex_number(std::string_view digits) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

void put_utf8(std::string& out, std::uint32_t c) {
    const auto low = [&](int shift) { return static_cast<char>(0x80 | (c >> shift & 0x3f)); };
    if (c < 0x80)
        out += static_cast<char>(c);
    else if (c < 0x800)
        (out += static_cast<char>(0xc0 | c >> 6)) += low(0);
    else if (c < 0x10000)
        ((out += static_cast<char>(0xe0 | c >> 12)) += low(6)) += low(0);
    else
        (((out += static_cast<char>(0xf0 | c >> 18)) += low(12)) += low(6)) += low(0);
}

/// What stands behind a backslash, taken off the front of rest.
bool take_escape(std::string_view& rest, std::string& out) {
    std::size_t octets = 1;
    if (rest.starts_with('\\')) {
        out += '\\';
    } else if (rest.starts_with('x')) {
        const auto value = hex_number(rest.substr(1, 2));
        octets = 3;
        if (rest.size() < octets || !value) return false;
        out += static_cast<char>(*value);
    } else if (rest.starts_with("u{")) {
        const std::size_t end = rest.find('}');
        const auto value = end > 8 ? std::nullopt : hex_number(rest.substr(2, end - 2));
        octets = end + 1;
        if (!value || *value > 0x10ffff) return false;
        put_utf8(out, *value);
    } else {
        return false;
    }
    rest.remove_prefix(octets);
    return true;
}

}  // namespace

std::optional<std::string> unescape_display(std::string_view escaped) {
    std::string out;
    while (!escaped.empty()) {
        const std::size_t backslash = escaped.find('\\');
        out += escaped.substr(0, backslash);
        if (backslash == std::string_view::npos) break;
        escaped.remove_prefix(backslash + 1);
        if (!take_escape(escaped, out)) return std::nullopt;
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

#include "rules/logs/template_text.hpp"

#include <array>

#include "rules/base/text.hpp"
#include "rules/logs/line_scan.hpp"
#include "rules/logs/octet_class.hpp"

namespace sw {
namespace {

void append_literal(std::string& out, std::string_view octets) {
    for (;;) {
        const std::size_t brace = octets.find('{');
        out += escape_for_display(octets.substr(0, brace));
        if (brace == std::string_view::npos) return;
        out += "\\{";
        octets.remove_prefix(brace + 1);
    }
}

std::optional<std::uint32_t> hex_number(std::string_view digits) {
    if (digits.empty() || digits.size() > 6) return std::nullopt;
    std::uint32_t n = 0;
    for (const char c : digits) {
        if ((octet_class(c) & (octet::digit | octet::hex)) == 0) return std::nullopt;
        n = n << 4 | static_cast<std::uint32_t>(is_digit_octet(c) ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return n;
}

void append_utf8(std::string& out, std::uint32_t c) {
    const auto put = [&out](std::uint32_t octet) { out += static_cast<char>(octet); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xc0 | c >> 6), put(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        put(0xe0 | c >> 12), put(0x80 | (c >> 6 & 0x3f)), put(0x80 | (c & 0x3f));
    } else {
        put(0xf0 | c >> 18), put(0x80 | (c >> 12 & 0x3f)), put(0x80 | (c >> 6 & 0x3f)), put(0x80 | (c & 0x3f));
    }
}

/// The escape at the front of rest (which begins with a backslash) into out; its octets, 0: it is none.
std::size_t read_escape(std::string_view rest, std::string& out) {
    if (rest.size() < 2) return 0;
    if (rest[1] == '\\' || rest[1] == '{') {
        out += rest[1];
        return 2;
    }
    if (rest[1] == 'x' && rest.size() >= 4) {
        const auto n = hex_number(rest.substr(2, 2));
        if (!n) return 0;
        out += static_cast<char>(*n);
        return 4;
    }
    if (rest.starts_with("\\u{")) {
        const std::size_t end = rest.find('}');
        const auto n = end == std::string_view::npos ? std::nullopt : hex_number(rest.substr(3, end - 3));
        if (!n || *n > 0x10ffff) return 0;
        append_utf8(out, *n);
        return end + 1;
    }
    return 0;
}

std::string hole_words() {
    std::string words;
    for (std::size_t k = 0; k < static_cast<std::size_t>(HoleKind::count); ++k)
        words.append(words.empty() ? "" : ", ").append(info(static_cast<HoleKind>(k)).word);
    return words;
}

}  // namespace

std::string escape_template_literal(std::string_view octets) {
    std::string out;
    append_literal(out, octets);
    return out;
}

std::string text_of_skeleton(std::string_view skeleton) {
    std::string out;
    while (!skeleton.empty()) {
        const std::size_t mark = skeleton.find(hole_mark);
        append_literal(out, skeleton.substr(0, mark));
        if (mark == std::string_view::npos) break;
        const auto kind = static_cast<HoleKind>(skeleton[mark + 1] - first_kind);
        out.append("{").append(info(kind).word).append("}");
        skeleton.remove_prefix(mark + 2);
    }
    return out;
}

Result<ParsedTemplate> parse_template_text(std::string_view text) {
    ParsedTemplate parsed;
    const auto wrong = [&](std::string_view what, std::size_t at) {
        return unexpected("a template that is none: " + std::string(what) + " at octet " + std::to_string(at + 1));
    };
    std::string literal;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '\\') {
            literal.clear();
            const std::size_t n = read_escape(text.substr(at), literal);
            if (n == 0) return wrong("\\ is followed by no \\, {, xNN or u{NNNN}", at);
            if (has_control(literal)) return wrong("a control character", at);
            parsed.skeleton += literal;
            at += n;
        } else if (text[at] == '{') {
            const std::size_t end = text.find('}', at);
            if (end == std::string_view::npos) return wrong("a brace that is not closed (one of the line itself is written \\{)", at);
            const auto kind = hole_kind_from(text.substr(at + 1, end - at - 1));
            if (!kind) return wrong("a hole of no kind that there is (" + hole_words() + ")", at);
            if (parsed.kinds.size() == max_holes) return wrong("more than 64 holes", at);
            parsed.kinds.push_back(*kind);
            parsed.skeleton += hole_mark;
            parsed.skeleton += static_cast<char>(first_kind + static_cast<char>(*kind));
            at = end + 1;
        } else {
            if (has_control(text.substr(at, 1))) return wrong("a control character", at);
            parsed.skeleton += text[at++];
        }
        if (parsed.skeleton.size() > max_template_octets + 2 * max_holes) return wrong("more octets than a line may have", at);
    }
    return parsed;
}

std::string whole_skeleton(std::string_view host, std::string_view program, std::string_view skeleton) {
    std::string whole;
    for (const std::string_view part : {host, program}) whole.append(part).append({hole_mark, part_mark});
    return whole.append(skeleton);
}

}  // namespace sw

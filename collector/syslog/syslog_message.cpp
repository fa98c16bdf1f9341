#include "collector/syslog/syslog_message.hpp"

#include <algorithm>
#include <array>

#include "collector/syslog/header.hpp"
#include "rules/base/utf8.hpp"

namespace sw {
namespace {

constexpr std::size_t most_octets = 65'535;
constexpr int highest_pri = 191;  // 23 * 8 + 7

/// "<N>" in front of s: what N is, and how many octets it takes.
struct Pri {
    std::size_t octets = 0;  ///< 0: none here
    int value = 0;
    bool leading_zero = false;
};

Pri read_pri(std::string_view s) {
    if (s.empty() || s[0] != '<') return {};
    Pri pri;
    std::size_t i = 1;
    for (; i < s.size() && i < 4 && s[i] >= '0' && s[i] <= '9'; ++i) pri.value = pri.value * 10 + (s[i] - '0');
    if (i == 1 || i >= s.size() || s[i] != '>') return {};
    pri.leading_zero = i > 2 && s[1] == '0';
    pri.octets = i + 1;
    return pri;
}

/// Takes the priority off the front of rest. False: the header is broken right there, and all of rest is text.
bool take_pri(std::string_view& rest, SyslogMessage& m, OddityNotes& odd) {
    if (rest.empty() || rest[0] != '<') {
        odd.add(SyslogOddity::no_pri, rest);
        return true;
    }
    const Pri pri = read_pri(rest);
    if (pri.octets == 0) {
        odd.add(SyslogOddity::pri_invalid, rest);
        return false;
    }
    if (pri.value > highest_pri || pri.leading_zero) odd.add(SyslogOddity::pri_invalid, rest);
    if (pri.value <= highest_pri) {
        m.facility = static_cast<std::uint8_t>(pri.value / 8);
        m.severity = static_cast<std::uint8_t>(pri.value % 8);
    }
    rest.remove_prefix(pri.octets);
    if (const Pri again = read_pri(rest); again.octets != 0) {
        odd.add(SyslogOddity::pri_twice, rest);
        rest.remove_prefix(again.octets);
    }
    return true;
}

/// What datagrams and lines end with: NUL, LF, CR LF.
std::string_view without_end(std::string_view s) {
    if (s.ends_with('\0')) s.remove_suffix(1);
    if (s.ends_with('\n')) s.remove_suffix(1);
    if (s.ends_with('\r')) s.remove_suffix(1);
    return s;
}

bool is_plain(std::string_view s) {
    return std::all_of(s.begin(), s.end(), [](char c) {
        const auto o = static_cast<std::uint8_t>(c);
        return (o >= 0x20 && o < 0x7f) || o == '\t';
    });
}

/// Octets that do something to who reads them.
void note_octets(std::string_view s, OddityNotes& odd) {
    if (is_plain(s)) return;
    while (!s.empty()) {
        const CodePoint c = next_code_point(s);
        if (c.octets == 0) {
            odd.add(SyslogOddity::text_not_utf8, s);
        } else if (c.value == '\n' || c.value == '\r') {
            odd.add(SyslogOddity::newline, s);
        } else if (is_control(c.value) && c.value != '\t') {
            odd.add(SyslogOddity::control_octets, s);
        } else if (is_deceptive(c.value)) {
            odd.add(SyslogOddity::bidi_octets, s);
        }
        s.remove_prefix(std::max<std::size_t>(c.octets, 1));
    }
}

}  // namespace

SyslogMessage parse_syslog(std::string_view octets, Timestamp received, std::chrono::seconds zone) {
    SyslogMessage m;
    OddityNotes odd(m, octets);
    if (octets.size() > most_octets) {
        odd.add(SyslogOddity::too_long, octets.substr(most_octets));
        octets = octets.substr(0, most_octets);
    }
    const std::string_view whole = without_end(octets);
    std::string_view rest = whole;
    if (!take_pri(rest, m, odd)) {
        m.text = rest;
    } else if (rest.size() == whole.size() || !read_5424(rest, m, odd, zone)) {
        read_3164(rest, m, odd, received, zone);
    }
    // A byte order mark is where RFC 5424 wants it, and nowhere else.
    const bool marked = m.format == SyslogFormat::rfc5424 && m.text.starts_with("\xef\xbb\xbf");
    note_octets(whole.substr(0, static_cast<std::size_t>(m.text.data() - whole.data())), odd);
    if (marked) m.text.remove_prefix(3);
    const bool was_utf8 = !m.odd.has(SyslogOddity::text_not_utf8);
    note_octets(m.text, odd);
    if (marked && was_utf8 && m.odd.has(SyslogOddity::text_not_utf8)) odd.add(SyslogOddity::utf8_invalid, m.text);
    return m;
}

bool SyslogOddities::has_control() const {
    return has(SyslogOddity::control_octets) || has(SyslogOddity::newline) || has(SyslogOddity::bidi_octets) ||
           has(SyslogOddity::utf8_invalid);
}

std::string_view to_string(SyslogOddity o) {
    static constexpr std::array<std::string_view, syslog_oddity_count> words{
        "no-pri",     "pri-invalid",  "pri-twice",      "no-stamp",      "stamp-invalid", "no-host", "no-tag",  "field-too-long",
        "sd-invalid", "utf8-invalid", "control-octets", "text-not-utf8", "bidi-octets",   "newline", "too-long"};
    return words[static_cast<std::size_t>(o)];
}

}  // namespace sw

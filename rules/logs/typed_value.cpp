#include "rules/logs/typed_value.hpp"

#include <algorithm>
#include <array>

#include "rules/logs/octet_class.hpp"

namespace sw {
namespace {

constexpr std::uint8_t digits_only = octet::word | octet::digit;
constexpr std::uint8_t hex_only = digits_only | octet::hex;

bool ends_word(std::string_view s, std::size_t at) {
    if (at >= s.size() || !is_word_octet(s[at])) return true;
    // A full stop, and then nothing that would make it a part of the word.
    while (at < s.size() && s[at] == '.') ++at;
    return at >= s.size() || !is_word_octet(s[at]);
}

std::size_t digits_at(std::string_view s, std::size_t at, std::size_t most) {
    std::size_t n = 0;
    while (n < most && at + n < s.size() && is_digit_octet(s[at + n])) ++n;
    return n;
}

bool is_hex_octet(char c) { return (octet_class(c) & (octet::digit | octet::hex)) != 0; }

std::size_t hex_at(std::string_view s, std::size_t at, std::size_t most) {
    std::size_t n = 0;
    while (n < most && at + n < s.size() && is_hex_octet(s[at + n])) ++n;
    return n;
}

/// Pairs of hexadecimal digits with the same separator: six, or the whole link header that iptables prints.
std::size_t mac_octets(std::string_view s) {
    if (s.size() < 17 || (s[2] != ':' && s[2] != '-')) return 0;
    std::size_t at = 0, pairs = 0;
    while (pairs < 20 && hex_at(s, at, 3) == 2) {
        ++pairs;
        at += 2;
        if (at + 1 >= s.size() || s[at] != s[2] || !is_hex_octet(s[at + 1])) break;
        ++at;
    }
    return pairs >= 6 && ends_word(s, at) ? at : 0;
}

/// hh:mm:ss with a fraction, or h:mm:ss; nothing of its kind behind it.
std::size_t time_octets(std::string_view s) {
    const std::size_t hour = digits_at(s, 0, 3);
    if (hour == 0 || hour > 2 || s.size() < hour + 6 || s[hour] != ':' || s[hour + 3] != ':') return 0;
    if (digits_at(s, hour + 1, 2) != 2 || digits_at(s, hour + 4, 2) != 2) return 0;
    std::size_t end = hour + 6;
    if (end + 1 < s.size() && (s[end] == '.' || s[end] == ',') && is_digit_octet(s[end + 1])) end += 1 + digits_at(s, end + 1, 9);
    return ends_word(s, end) && !(end + 1 < s.size() && s[end] == ':' && is_hex_octet(s[end + 1])) ? end : 0;
}

bool is_uuid(std::string_view s) {
    if (s.size() != 36) return false;
    for (std::size_t i = 0; i < 36; ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? s[i] != '-' : !is_hex_octet(s[i])) return false;
    }
    return true;
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_time_unit(std::string_view u) {
    return is_one_of(
        u, {"s", "ms", "us", "ns", "m", "h", "d", "w", "y", "sec", "secs", "min", "mins", "hr", "hrs", "hour", "hours", "day", "days"});
}

bool is_size_unit(std::string_view u) {
    return is_one_of(u, {"%",    "b",    "B",    "k",  "K",   "kB",  "KB",   "KiB",  "M",     "MB",   "MiB",  "G",
                         "GB",   "GiB",  "T",    "TB", "TiB", "bit", "bits", "byte", "bytes", "kbps", "Kbps", "Mbps",
                         "Gbps", "Mbit", "Gbit", "Hz", "kHz", "MHz", "GHz",  "MT",   "V",     "mV",   "W"});
}

/// A number with a sign, a fraction or a unit; whole word.
TypedValue number_of(std::string_view word) {
    std::size_t at = word[0] == '-' || word[0] == '+' ? 1 : 0;
    const std::size_t whole = digits_at(word, at, 21);
    if (whole == 0 || whole > 20) return {};
    at += whole;
    if (at == word.size()) return {HoleKind::integer, at};
    if (word[at] == '.') {
        const std::size_t n = digits_at(word, at + 1, 20);
        if (n == 0) return {};
        at += 1 + n;
        if (at == word.size()) return {HoleKind::number, at};
    }
    const std::string_view unit = word.substr(at);
    if (is_time_unit(unit)) return {HoleKind::duration, word.size()};
    if (is_size_unit(unit)) return {HoleKind::size, word.size()};
    return {};
}

TypedValue hex_of(std::string_view word, std::uint8_t classes) {
    if (word.size() > 2 && word.size() <= 128 && word[0] == '0' && (word[1] | 0x20) == 'x' && hex_at(word, 2, 128) == word.size() - 2)
        return {HoleKind::hex, word.size()};
    const bool mixed = (classes & octet::digit) != 0 && (classes & octet::hex) != 0;
    if (mixed && (classes & ~hex_only) == 0 && word.size() >= 8 && word.size() <= 128) return {HoleKind::hex, word.size()};
    return {};
}

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> weekdays{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

bool is_month(std::string_view s) { return std::find(months.begin(), months.end(), s) != months.end(); }

/// "Jun  9 06:07:04", and its year if that follows.
std::size_t bsd_stamp(std::string_view s) {
    if (s.size() < 14 || s[3] != ' ' || !is_month(s.substr(0, 3))) return 0;
    std::size_t at = s[4] == ' ' ? 5 : 4;
    const std::size_t day = digits_at(s, at, 2);
    if (day == 0 || at + day >= s.size() || s[at + day] != ' ') return 0;
    at += day + 1;
    const std::size_t time = time_octets(s.substr(at));
    if (time == 0) return 0;
    at += time;
    if (at < s.size() && s[at] == ' ' && digits_at(s, at + 1, 5) == 4 && (s[at + 1] == '1' || s[at + 1] == '2') && ends_word(s, at + 5))
        at += 5;
    return at;
}

/// A zone behind a time: Z, +01:00, -0500.
std::size_t zone_octets(std::string_view s) {
    if (s.starts_with('Z')) return 1;
    if (s.size() < 5 || (s[0] != '+' && s[0] != '-') || digits_at(s, 1, 2) != 2) return 0;
    const std::size_t minutes = s[3] == ':' ? 4 : 3;
    return digits_at(s, minutes, 2) == 2 ? minutes + 2 : 0;
}

/// Like time_octets, but a zone may follow it at once.
std::size_t zoned_time(std::string_view s) {
    if (s.size() < 8 || digits_at(s, 0, 2) != 2 || s[2] != ':' || digits_at(s, 3, 2) != 2 || s[5] != ':' || digits_at(s, 6, 2) != 2)
        return 0;
    std::size_t at = 8;
    if (at + 1 < s.size() && (s[at] == '.' || s[at] == ',') && is_digit_octet(s[at + 1])) at += 1 + digits_at(s, at + 1, 9);
    return at + zone_octets(s.substr(at));
}

/// 2026-11-22, 2026/11/22, alone or with a time behind a 'T' or a space.
std::size_t iso_stamp(std::string_view s) {
    if (s.size() < 10 || digits_at(s, 0, 5) != 4 || (s[4] != '-' && s[4] != '/') || s[7] != s[4]) return 0;
    if (digits_at(s, 5, 2) != 2 || digits_at(s, 8, 3) != 2) return 0;
    if (s.size() > 11 && (s[10] == 'T' || s[10] == ' ')) {
        const std::size_t time = zoned_time(s.substr(11));
        if (time != 0 && ends_word(s, 11 + time)) return 11 + time;
    }
    return ends_word(s, 10) ? 10 : 0;
}

/// 09/Jun/2005:06:07:04 +0000
std::size_t web_stamp(std::string_view s) {
    if (s.size() < 20 || digits_at(s, 0, 3) != 2 || s[2] != '/' || s[6] != '/' || s[11] != ':' || !is_month(s.substr(3, 3))) return 0;
    if (digits_at(s, 7, 5) != 4) return 0;
    const std::size_t time = time_octets(s.substr(12));
    if (time == 0) return 0;
    const std::size_t at = 12 + time;
    const std::size_t zone = at < s.size() && s[at] == ' ' ? zone_octets(s.substr(at + 1)) : 0;
    return zone > 1 ? at + 1 + zone : at;
}

/// What begins with up to four hexadecimal digits and goes on with a colon.
TypedValue colon_value(std::string_view rest) {
    if (const std::size_t n = time_octets(rest)) return {HoleKind::duration, n};
    if (const std::size_t n = mac_octets(rest)) return {HoleKind::mac, n};
    if (const std::size_t n = ipv6_octets(rest)) return {HoleKind::address, n};
    return {};
}

}  // namespace

Word word_at(std::string_view text, std::size_t begin) {
    Word w{begin, begin, 0};
    while (w.end < text.size()) {
        const std::uint8_t c = octet_class(text[w.end]);
        if ((c & octet::word) == 0) break;
        w.classes |= c;
        ++w.end;
    }
    return w;
}

bool is_host_name(std::string_view s) {
    constexpr std::uint8_t plain = octet::digit | octet::hex | octet::letter | octet::dot;
    return !s.empty() && s.size() <= info(HoleKind::host).longest &&
           std::all_of(s.begin(), s.end(), [](char c) { return (octet_class(c) & plain) != 0 || c == '-' || c == '_'; });
}

bool is_token(std::string_view s) {
    return !s.empty() && s.size() <= info(HoleKind::token).longest &&
           std::all_of(s.begin(), s.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

std::size_t pci_octets(std::string_view s) {
    if (s.size() < 12 || hex_at(s, 0, 5) != 4 || s[4] != ':' || hex_at(s, 5, 3) != 2 || s[7] != ':' || hex_at(s, 8, 3) != 2) return 0;
    return s[10] == '.' && is_digit_octet(s[11]) && ends_word(s, 12) ? 12 : 0;
}

std::size_t ipv4_octets(std::string_view s) {
    std::size_t at = 0;
    for (int group = 0; group < 4; ++group) {
        if (group != 0) {
            if (at >= s.size() || s[at] != '.') return 0;
            ++at;
        }
        const std::size_t n = digits_at(s, at, 3);
        int value = 0;
        for (std::size_t i = 0; i < n; ++i) value = value * 10 + (s[at + i] - '0');
        if (n == 0 || value > 255 || (n > 1 && s[at] == '0')) return 0;
        at += n;
    }
    return ends_word(s, at) ? at : 0;
}

std::size_t ipv6_octets(std::string_view s) {
    std::size_t groups = 0, at = 0;
    bool gap = false;
    if (s.starts_with("::")) {
        gap = true;
        at = 2;
    }
    while (groups < 8 && at < s.size()) {
        if (const std::size_t n = groups <= 6 && groups + (gap ? 1 : 0) >= 1 ? ipv4_octets(s.substr(at)) : 0) {
            at += n;
            groups += 2;
            break;
        }
        const std::size_t n = hex_at(s, at, 4);
        if (n == 0) break;
        at += n;
        ++groups;
        if (groups == 8 || at >= s.size() || s[at] != ':') break;
        if (at + 1 < s.size() && s[at + 1] == ':') {
            if (gap) return 0;
            gap = true;
            at += 2;
        } else if (at + 1 < s.size() && is_hex_octet(s[at + 1])) {
            ++at;
        } else {
            break;  // "2001:db8::1: text"
        }
    }
    if (gap ? groups > 7 || at < 3 : groups != 8) return 0;
    if (at < s.size() && s[at] == '%') {
        std::size_t zone = at + 1;
        while (zone < s.size() && zone - at < 32 && (octet_class(s[zone]) & (octet::digit | octet::hex | octet::letter)) != 0) ++zone;
        if (zone > at + 1) at = zone;
    }
    return ends_word(s, at) && !(at + 1 < s.size() && s[at] == ':' && is_hex_octet(s[at + 1])) ? at : 0;
}

std::size_t stamp_octets(std::string_view s) {
    if (s.size() < 10) return 0;
    if (is_digit_octet(s[0])) {
        const std::size_t iso = iso_stamp(s);
        return iso != 0 ? iso : web_stamp(s);
    }
    if (const std::size_t n = bsd_stamp(s)) return n;
    if (s[3] == ' ' && std::find(weekdays.begin(), weekdays.end(), s.substr(0, 3)) != weekdays.end()) {
        const std::size_t n = bsd_stamp(s.substr(4));
        return n == 0 ? 0 : 4 + n;
    }
    return 0;
}

TypedValue typed_value(std::string_view text, const Word& word) {
    const std::string_view rest = text.substr(word.begin);
    std::size_t size = word.end - word.begin;
    if (size > 253) return {};
    while (size > 1 && rest[size - 1] == '.') --size;
    const std::string_view w = rest.substr(0, size);
    const char next = size < rest.size() ? rest[size] : '\0';
    if ((word.classes & octet::digit) == 0) {
        // Only an IPv6 address begins with letters: fe80::1, and its first group may have no digit.
        if (next == ':' && size <= 4 && (word.classes & ~hex_only) == 0) return colon_value(rest);
        return {};
    }
    if (next == ':' && size <= 4 && (word.classes & ~hex_only) == 0) {
        if (const TypedValue v = colon_value(rest)) return v;
    }
    if (is_digit_octet(w[0])) {
        if (const std::size_t n = size >= 2 && (w.size() > 4 || next == '/') ? stamp_octets(rest) : 0) return {HoleKind::stamp, n};
        if ((word.classes & ~(digits_only | octet::dot)) == 0)
            if (const std::size_t n = ipv4_octets(rest)) return {HoleKind::address, n};
    }
    if (is_uuid(w)) return {HoleKind::uuid, size};
    if (const std::size_t n = size >= 17 && w[2] == '-' ? mac_octets(rest) : 0) return {HoleKind::mac, n};
    if (const TypedValue v = hex_of(w, word.classes)) return v;
    if (is_digit_octet(w[0]) || ((w[0] == '-' || w[0] == '+') && size > 1)) return number_of(w);
    return {};
}

}  // namespace sw

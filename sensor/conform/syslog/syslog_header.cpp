#include "sensor/conform/syslog/syslog_header.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sw::syslog {
namespace {

using Expected = std::string_view;

bool is_digit(std::uint8_t c) { return c >= '0' && c <= '9'; }
bool is_letter(std::uint8_t c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_visible(std::uint8_t c) { return c > 0x20 && c < 0x7f; }

constexpr unsigned most_priority = 191;  // RFC 5424 6.2.1

constexpr std::uint32_t month_word(const char* letters) {
    std::uint32_t word = 0;
    for (; *letters != '\0'; ++letters) word = word << 8 | static_cast<std::uint8_t>(*letters);
    return word;
}
constexpr std::array months{month_word("jan"), month_word("feb"), month_word("mar"), month_word("apr"),
                            month_word("may"), month_word("jun"), month_word("jul"), month_word("aug"),
                            month_word("sep"), month_word("oct"), month_word("nov"), month_word("dec")};

/// 9 a digit, T a T or a blank; others stand for themselves.
constexpr std::string_view iso_pattern = "9999-99-99T99:99:99", clock_pattern = "99:99", zone_pattern = "99:99";

bool fits(char pattern, std::uint8_t octet) {
    if (pattern == '9') return is_digit(octet);
    if (pattern == 'T') return octet == 'T' || octet == 't' || octet == ' ';
    return octet == static_cast<std::uint8_t>(pattern);
}

constexpr Expected a_stamp = "a time stamp", a_blank = "a blank behind the time stamp";

/// RFC 5424 6: octets of each field at most: host, application, process, message id.
constexpr std::array<std::uint8_t, 4> most_in_field{255, 48, 128, 32};
constexpr std::uint8_t most_in_name = 32;  // RFC 5424 6.3: SD-NAME

}  // namespace

/// RFC 3164 4.1.1, RFC 5424 6.2.1: no leading zeros, at most 191.
Expected HeaderReader::priority(std::uint8_t octet) {
    if (is_digit(octet)) {
        if (at_ > 0 && value_ == 0) return "a priority without leading zeros";
        const unsigned value = value_ * 10U + (octet - '0');
        if (value > most_priority) return "a priority of at most 191";
        value_ = static_cast<std::uint8_t>(value);
        ++at_;
        return {};
    }
    if (octet != '>' || at_ == 0) return "a priority in angle brackets";
    go(Part::first);
    value_ = 0;
    return {};
}

/// A letter begins a month. A digit begins a year, or is the version of RFC 5424 with a blank behind it. Relays that put a priority in
/// front of one that is there already make two.
Expected HeaderReader::first(std::uint8_t octet) {
    if (octet == '<' && !twice_ && at_ == 0) {
        twice_ = true;
        go(Part::priority);
        return {};
    }
    if (octet == ' ' || ((octet == '.' || octet == '*') && at_ < 2)) {  // a mark in front of a month: that clock is not set by NTP
        at_ = octet == ' ' ? std::max<std::uint8_t>(at_, 1) : std::uint8_t{2};
        return octet == ' ' && at_ == 2 ? a_stamp : Expected{};
    }
    const bool blank = at_ != 0, mark = at_ == 2;
    if (is_letter(octet)) {
        go(Part::month);
        return month(octet);
    }
    if (!is_digit(octet) || octet == '0' || mark) return "a time stamp or a version";
    go(octet == '1' && !blank ? Part::version : Part::iso);
    at_ = 1;
    return {};
}

Expected HeaderReader::version(std::uint8_t octet) {
    if (octet != ' ') {
        part_ = Part::iso;
        return iso(octet);
    }
    ietf_ = true;
    go(Part::iso);
    return {};
}

Expected HeaderReader::month(std::uint8_t octet) {
    if (at_ < 3) {
        if (!is_letter(octet)) return a_stamp;
        word_ = word_ << 8 | (octet | 0x20u);
        if (++at_ < 3) return {};
        return std::find(months.begin(), months.end(), word_) != months.end() ? Expected{} : a_stamp;
    }
    if (octet != ' ') return a_stamp;
    go(Part::day);
    return {};
}

Expected HeaderReader::day(std::uint8_t octet) {
    if (octet == ' ' && at_ == 0) return std::exchange(blank_, true) ? a_stamp : Expected{};
    if (octet == ' ') {
        go(Part::hour);
        return {};
    }
    return is_digit(octet) && ++at_ <= 2 ? Expected{} : a_stamp;
}

/// Four digits are a year, in front of the hour.
Expected HeaderReader::hour(std::uint8_t octet) {
    if (octet == ':' && at_ == 2) {
        go(Part::clock);
        return {};
    }
    if (octet == ' ' && at_ == 4 && !year_) {
        year_ = true;
        at_ = 0;
        return {};
    }
    return is_digit(octet) && ++at_ <= (year_ ? 2 : 4) ? Expected{} : a_stamp;
}

/// Behind the seconds; at_: 0 nothing yet, 1 a point, 2 digits.
Expected HeaderReader::fraction(std::uint8_t octet) {
    if ((octet == '.' || octet == ',') && at_ == 0) {
        at_ = 1;
        return {};
    }
    if (is_digit(octet) && at_ > 0) {
        at_ = 2;
        return {};
    }
    if (at_ == 1) return a_stamp;
    if (part_ == Part::fraction && octet == ':') {
        part_ = Part::behind_stamp;
        return {};
    }
    if (part_ == Part::iso_fraction && (octet == 'Z' || octet == 'z')) {
        part_ = Part::behind_stamp;
        return {};
    }
    if (part_ == Part::iso_fraction && (octet == '+' || octet == '-')) {
        go(Part::zone);
        return {};
    }
    return behind_stamp(octet);
}

Expected HeaderReader::iso(std::uint8_t octet) {
    if (at_ == 0 && octet == '-') {  // RFC 5424 alone comes here without its first digit
        part_ = Part::nil;
        return {};
    }
    if (!fits(iso_pattern[at_], octet)) return a_stamp;
    if (++at_ == iso_pattern.size()) go(Part::iso_fraction);
    return {};
}

/// +hh:mm, with or without its colon.
Expected HeaderReader::zone(std::uint8_t octet) {
    if (at_ == 2 && octet != ':') ++at_;
    if (!fits(zone_pattern[at_], octet)) return "a time zone";
    if (++at_ == zone_pattern.size()) part_ = Part::behind_stamp;
    return {};
}

Expected HeaderReader::behind_stamp(std::uint8_t octet) {
    if (octet != ' ') return a_blank;
    go(ietf_ ? Part::field : Part::text);
    return {};
}

Expected HeaderReader::stamp(std::uint8_t octet) {
    switch (part_) {
        case Part::month:
            return month(octet);
        case Part::day:
            return day(octet);
        case Part::hour:
            return hour(octet);
        case Part::clock:
            if (!fits(clock_pattern[at_], octet)) return a_stamp;
            if (++at_ == clock_pattern.size()) go(Part::fraction);
            return {};
        case Part::iso:
            return iso(octet);
        case Part::zone:
            return zone(octet);
        case Part::fraction:
        case Part::iso_fraction:
            return fraction(octet);
        default:
            return behind_stamp(octet);
    }
}

Expected HeaderReader::field(std::uint8_t octet) {
    if (octet == ' ') {
        if (at_ == 0) return "a field, or a hyphen";
        at_ = 0;
        if (++field_ == most_in_field.size()) part_ = Part::data;
        return {};
    }
    if (!is_visible(octet)) return "visible octets";
    if (at_ == most_in_field[field_]) return "a field as short as RFC 5424 has it";
    ++at_;
    return {};
}

/// SD-NAME, of an element or a parameter; what ends it is for who asks.
Expected HeaderReader::name(std::uint8_t octet) {
    if (!is_visible(octet) || octet == '=' || octet == ']' || octet == '"') return "a name in the structured data";
    return ++at_ <= most_in_name ? Expected{} : "a name as short as RFC 5424 has it";
}

/// RFC 5424 6.3
Expected HeaderReader::data(std::uint8_t octet) {
    const bool named = at_ > 0;
    switch (part_) {
        case Part::data:
            go(octet == '[' ? Part::element : Part::behind_data);
            return octet == '[' || octet == '-' ? Expected{} : "structured data, or a hyphen";
        case Part::element:
            if (!named || (octet != ' ' && octet != ']')) return name(octet);
            go(octet == ' ' ? Part::parameter : Part::behind_data);
            return {};
        case Part::parameter:
            if (!named || octet != '=') return name(octet);
            go(Part::equals);
            return {};
        case Part::equals:
            part_ = Part::quoted;
            return octet == '"' ? Expected{} : "a value in quotation marks";
        case Part::quoted:
            if (octet == '"') part_ = Part::behind_value;
            if (octet == '\\') part_ = Part::escaped;
            return octet == 0 || octet == '\n' || octet == ']' ? "the end of the value" : Expected{};
        case Part::escaped:
            part_ = Part::quoted;
            return octet == 0 || octet == '\n' ? "the end of the value" : Expected{};
        case Part::behind_value:
            go(octet == ' ' ? Part::parameter : Part::behind_data);
            return octet == ' ' || octet == ']' ? Expected{} : "the end of the structured data";
        default:
            break;
    }
    go(octet == '[' ? Part::element : Part::text);
    return octet == '[' || octet == ' ' ? Expected{} : "a blank behind the structured data";
}

/// A message of RFC 3164 may be nothing but a time.
bool HeaderReader::may_end() const {
    if (part_ == Part::text || part_ == Part::behind_data) return true;
    const bool stamp = part_ == Part::behind_stamp || ((part_ == Part::fraction || part_ == Part::iso_fraction) && at_ != 1);
    return stamp && !ietf_;
}

Expected HeaderReader::take(std::uint8_t octet) {
    switch (part_) {
        case Part::open:
            part_ = Part::priority;
            return octet == '<' ? Expected{} : "a priority in angle brackets";
        case Part::priority:
            return priority(octet);
        case Part::first:
            return first(octet);
        case Part::version:
            return version(octet);
        case Part::field:
            return field(octet);
        case Part::data:
        case Part::element:
        case Part::parameter:
        case Part::equals:
        case Part::quoted:
        case Part::escaped:
        case Part::behind_value:
        case Part::behind_data:
            return data(octet);
        case Part::text:
            return octet == 0 ? "no NUL" : Expected{};
        default:
            return stamp(octet);
    }
}

}  // namespace sw::syslog

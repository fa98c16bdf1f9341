#include "sensor/conform/syslog/syslog_header.hpp"

#include <array>

namespace sw::syslog {
namespace {

using Expected = std::string_view;

bool is_digit(std::uint8_t c) { return c >= '0' && c <= '9'; }
bool is_letter(std::uint8_t c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_visible(std::uint8_t c) { return c > 0x20 && c < 0x7f; }

constexpr unsigned most_priority = 191;  // RFC 5424 6.2.1

/// 9 a digit, _ a digit or a blank, A a letter; others stand for themselves.
constexpr std::string_view bsd_stamp = "AAA _9 99:99:99", internet_stamp = "9999-99-99T99:99:99";

constexpr std::array<std::string_view, 12> months{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};

bool fits(char pattern, std::uint8_t octet) {
    switch (pattern) {
        case '9':
            return is_digit(octet);
        case '_':
            return is_digit(octet) || octet == ' ';
        case 'A':
            return is_letter(octet);
        default:
            return octet == static_cast<std::uint8_t>(pattern);
    }
}

/// RFC 5424 6: octets of each field at most; the stamp first.
constexpr std::array<std::uint8_t, 5> most_in_field{32, 255, 48, 128, 32};

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
    part_ = Part::first;
    at_ = 0;
    return {};
}

/// A letter begins a month. A digit begins a year, or is the version of RFC 5424 with a blank behind it.
Expected HeaderReader::first(std::uint8_t octet) {
    if (is_letter(octet)) {
        pattern_ = bsd_stamp;
        part_ = Part::stamp;
        return stamp(octet);
    }
    if (!is_digit(octet) || octet == '0') return "a time stamp or a version";
    pattern_ = internet_stamp;
    at_ = 1;
    part_ = octet == '1' ? Part::version : Part::stamp;
    return {};
}

Expected HeaderReader::stamp(std::uint8_t octet) {
    if (at_ < 3 && pattern_[at_] == 'A' && !month_.take(months, octet)) return "the name of a month";
    if (at_ < pattern_.size()) return fits(pattern_[at_++], octet) ? Expected{} : "a time stamp";
    if (pattern_.size() == internet_stamp.size()) {
        part_ = Part::stamp_tail;
        at_ = 0;
        return stamp_tail(octet);
    }
    part_ = Part::text;
    return octet == ' ' ? Expected{} : "a blank behind the time stamp";
}

/// RFC 3339 5.6: a fraction, then Z or an offset.
Expected HeaderReader::stamp_tail(std::uint8_t octet) {
    if (octet == ' ' && zulu_) {
        part_ = Part::text;
        return {};
    }
    if (++at_ > 16) return "a blank behind the time stamp";
    zulu_ = zulu_ || octet == 'Z' || octet == '+' || octet == '-';
    return is_digit(octet) || octet == '.' || octet == ':' || octet == 'Z' || octet == '+' || octet == '-' ? Expected{} : "a time zone";
}

Expected HeaderReader::field(std::uint8_t octet) {
    if (octet == ' ') {
        if (!any_) return "a field, or a hyphen";
        any_ = false;
        at_ = 0;
        if (++field_ == most_in_field.size()) part_ = Part::data;
        return {};
    }
    any_ = true;
    if (!is_visible(octet)) return "visible octets";
    if (at_ == most_in_field[field_]) return "a field as short as RFC 5424 has it";
    ++at_;
    // The stamp is a hyphen alone or one of RFC 3339.
    const bool stamp =
        field_ == 0 && (is_digit(octet) || octet == '-' || octet == ':' || octet == '.' || octet == '+' || octet == 'T' || octet == 'Z');
    return field_ > 0 || stamp ? Expected{} : "a time stamp";
}

/// RFC 5424 6.3
Expected HeaderReader::data(std::uint8_t octet) {
    switch (part_) {
        case Part::data:
            part_ = octet == '[' ? Part::element : Part::behind_data;
            return octet == '[' || octet == '-' ? Expected{} : "structured data, or a hyphen";
        case Part::element:
            if (octet == '"') part_ = Part::quoted;
            if (octet == ']') part_ = Part::behind_data;
            return octet >= 0x20 && octet < 0x7f && octet != '[' ? Expected{} : "the end of the structured data";
        case Part::quoted:
            if (octet == '"') part_ = Part::element;
            if (octet == '\\') part_ = Part::escaped;
            return octet == 0 || octet == '\n' ? "the end of the value" : Expected{};
        case Part::escaped:
            part_ = Part::quoted;
            return octet == 0 || octet == '\n' ? "the end of the value" : Expected{};
        default:
            break;
    }
    if (octet == '[') part_ = Part::element;
    if (octet == ' ') part_ = Part::text;
    return octet == '[' || octet == ' ' ? Expected{} : "a blank behind the structured data";
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
            part_ = octet == ' ' ? Part::field : Part::stamp;
            at_ = octet == ' ' ? std::uint8_t{0} : at_;
            return octet == ' ' ? Expected{} : stamp(octet);
        case Part::stamp:
            return stamp(octet);
        case Part::stamp_tail:
            return stamp_tail(octet);
        case Part::field:
            return field(octet);
        case Part::data:
        case Part::element:
        case Part::quoted:
        case Part::escaped:
        case Part::behind_data:
            return data(octet);
        case Part::text:
            return octet == 0 ? "no NUL" : Expected{};
    }
    return {};
}

}  // namespace sw::syslog

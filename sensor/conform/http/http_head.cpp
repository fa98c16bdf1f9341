#include "sensor/conform/http/http_head.hpp"

namespace sw::http {
namespace {

using MaybeFault = std::optional<Fault>;

MaybeFault wrong(std::string_view expected) { return Fault{Reason::not_speaking, expected}; }
MaybeFault ambiguous(std::string_view expected) { return Fault{Reason::http_smuggling, expected}; }

bool is_digit(std::uint8_t c) { return c >= '0' && c <= '9'; }
bool is_letter(std::uint8_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hex(std::uint8_t c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_one_of(std::uint8_t c, std::string_view set) { return c != 0 && set.find(static_cast<char>(c)) != std::string_view::npos; }

/// RFC 3986 2: all that may stand in a path and a query, but for percent signs; and what clients leave as it is in queries.
bool is_uri(std::uint8_t c) { return is_digit(c) || is_letter(c) || is_one_of(c, "-._~!$&'()*+,;=:@/?[]|{}^`"); }
/// RFC 9110 5.5
bool is_value(std::uint8_t c) { return c == '\t' || (c >= 0x20 && c != 0x7f); }

constexpr std::string_view version_text = "HTTP/1.";
constexpr std::array<std::string_view, 2> schemes{"HTTP://", "HTTPS://"};
constexpr unsigned most_length_digits = 18;

}  // namespace

std::optional<Fault> HeadReader::line_feed(std::uint8_t octet, Part next) {
    part_ = next;
    line_ = 0;
    return octet == '\n' ? std::nullopt : ambiguous("LF behind CR");
}

/// One empty line may come before a request: clients of old send one behind their bodies (RFC 9112 2.2).
std::optional<Fault> HeadReader::method(std::uint8_t octet) {
    if (at_ == 1) {
        at_ = 2;
        return octet == '\n' ? std::nullopt : ambiguous("LF behind CR");
    }
    if (octet == '\r' && at_ == 0 && word_.size() == 0) {
        at_ = 1;
        return std::nullopt;
    }
    const bool lower = octet >= 'a' && octet <= 'z';  // methods are told by their case (RFC 9110 9.1)
    if (octet != ' ') return !lower && word_.take(methods, octet) ? std::nullopt : wrong("a method of HTTP");
    head_.method = word_.complete(methods);
    if (head_.method < 0) return wrong("a method of HTTP");
    word_.begin();
    at_ = 0;
    part_ = Part::target;
    return std::nullopt;
}

std::optional<Fault> HeadReader::target(std::uint8_t octet) {
    if (octet != ' ') return target_octet(octet);
    if (target_ != Target::path && target_ != Target::asterisk) return wrong("a path");
    part_ = Part::version;
    return std::nullopt;
}

/// RFC 9112 3.2: a path, a whole URI, or an asterisk for OPTIONS.
std::optional<Fault> HeadReader::target_octet(std::uint8_t octet) {
    switch (target_) {
        case Target::begin:
            target_ = octet == '/' ? Target::path : octet == '*' && head_.method == method_options ? Target::asterisk : Target::scheme;
            if (target_ != Target::scheme) return std::nullopt;
            [[fallthrough]];
        case Target::scheme:
            if (!word_.take(schemes, octet)) return wrong("a path");
            if (word_.complete(schemes) >= 0) target_ = Target::path;
            return std::nullopt;
        case Target::path:
            if (octet == '%') target_ = Target::percent;
            return octet == '%' || is_uri(octet) ? std::nullopt : wrong("an octet of a path or a query");
        case Target::percent:
        case Target::percent_digit:
            target_ = target_ == Target::percent ? Target::percent_digit : Target::path;
            return is_hex(octet) ? std::nullopt : wrong("two hexadecimal digits behind a percent sign");
        case Target::asterisk:
            break;
    }
    return wrong("a blank behind the asterisk");
}

std::optional<Fault> HeadReader::version(std::uint8_t octet) {
    if (at_ < version_text.size()) return octet == static_cast<std::uint8_t>(version_text[at_++]) ? std::nullopt : wrong("HTTP/1.1");
    if (at_ == version_text.size()) {
        ++at_;
        head_.version_1_0 = octet == '0';
        return octet == '0' || octet == '1' ? std::nullopt : wrong("HTTP/1.1");
    }
    if (octet != (request_ ? '\r' : ' ')) return octet == '\n' ? ambiguous("CR before LF") : wrong("the end of the version");
    part_ = request_ ? Part::line_end : Part::status;
    return std::nullopt;
}

std::optional<Fault> HeadReader::status(std::uint8_t octet) {
    if (digits_ < 3) {
        if (!is_digit(octet) || (digits_ == 0 && (octet < '1' || octet > '5'))) return wrong("a status of three digits");
        head_.status = static_cast<std::uint16_t>(head_.status * 10 + (octet - '0'));
        ++digits_;
        return std::nullopt;
    }
    part_ = octet == '\r' ? Part::line_end : Part::reason;  // RFC 9112 4 wants a blank; servers without a reason leave it out
    return octet == ' ' || octet == '\r' ? std::nullopt : wrong("a blank behind the status");
}

std::optional<Fault> HeadReader::field_begin(std::uint8_t octet) {
    if (octet == '\r') {
        part_ = Part::head_end;
        return std::nullopt;
    }
    if (octet == '\n') return ambiguous("CR before LF");
    if (octet == ' ' || octet == '\t') return ambiguous("a field on one line");  // RFC 9112 5.2
    if (++fields_ > most_fields) return wrong("at most 128 fields");
    word_.begin();
    word_known_ = true;
    part_ = Part::field_name;
    return field_name(octet);
}

std::optional<Fault> HeadReader::field_name(std::uint8_t octet) {
    if (octet == ':') {
        field_ = word_known_ ? word_.complete(fields) : -1;
        if (field_ >= 0 && field_ != static_cast<int>(Field::connection)) {
            if ((seen_ >> field_ & 1) != 0) return ambiguous("the field once");
            seen_ |= static_cast<std::uint8_t>(1U << field_);
        }
        word_.begin();
        word_known_ = true;
        value_over_ = false;
        at_ = 0;
        part_ = Part::blanks;
        return std::nullopt;
    }
    if (octet == ' ' || octet == '\t') return ambiguous("no blank before the colon");  // RFC 9112 5.1
    word_known_ = word_known_ && word_.take(fields, octet);
    return is_token(octet) ? std::nullopt : wrong("a field's name");
}

/// Of the fields that frame the message. at_: octets of the value so far.
std::optional<Fault> HeadReader::framing_value(std::uint8_t octet) {
    const bool blank = octet == ' ' || octet == '\t';
    switch (static_cast<Field>(field_)) {
        case Field::content_length:
            if (blank) return value_over_ = true, std::nullopt;
            if (!is_digit(octet) || value_over_ || ++at_ > most_length_digits) return ambiguous("a number");  // RFC 9112 6.2
            head_.length = head_.length.value_or(0) * 10 + (octet - '0');
            return std::nullopt;
        case Field::transfer_encoding:
            if (blank) return value_over_ = true, std::nullopt;
            if (value_over_ || !word_.take(encodings, octet)) return ambiguous("chunked, and nothing else");
            at_ = word_.size();
            return std::nullopt;
        case Field::host:
            at_ = 1;
            return !blank && (is_uri(octet) || octet == '%') ? std::nullopt : wrong("a host");
        case Field::connection:
            if (blank || octet == ',') {
                if (octet == ',') return end_value();
                return std::nullopt;
            }
            word_known_ = word_known_ && word_.take(connection_options, octet);
            return is_token(octet) ? std::nullopt : wrong("options of a connection");
    }
    return std::nullopt;
}

std::optional<Fault> HeadReader::end_value() {
    switch (field_ < 0 ? Field::host : static_cast<Field>(field_)) {
        case Field::content_length:
            return at_ > 0 ? std::nullopt : ambiguous("a number");
        case Field::transfer_encoding:
            head_.chunked = word_.complete(encodings) == 0;
            return head_.chunked ? std::nullopt : ambiguous("chunked, and nothing else");
        case Field::connection: {
            const int option = word_known_ ? word_.complete(connection_options) : -1;
            if (option == 0) head_.close = true;
            if (option == 1) head_.keep_alive = true;
            // RFC 9110 7.6.1; large caches do name Transfer-Encoding in their responses.
            if (option > 1 && request_) return ambiguous("no field that frames: whoever passes the message on would drop it");
            word_.begin();
            word_known_ = true;
            return std::nullopt;
        }
        case Field::host:
            break;
    }
    return std::nullopt;
}

std::optional<Fault> HeadReader::value(std::uint8_t octet) {
    if (octet == '\r') {
        part_ = Part::field_end;
        return end_value();
    }
    if (octet == '\n') return ambiguous("CR before LF");
    if (part_ == Part::blanks && (octet == ' ' || octet == '\t')) return std::nullopt;
    part_ = Part::value;
    if (!is_value(octet)) return octet == 0 || field_ >= 0 ? ambiguous("no control octet") : wrong("a field's value");
    return field_ >= 0 ? framing_value(octet) : std::nullopt;
}

/// RFC 9112 3.2, 6.1, 6.3
std::optional<Fault> HeadReader::end_head() {
    if (head_.length && head_.chunked) return ambiguous("Content-Length or Transfer-Encoding, not both");
    if (head_.chunked && head_.version_1_0) return ambiguous("no Transfer-Encoding in HTTP/1.0");
    const bool host = (seen_ >> static_cast<int>(Field::host) & 1) != 0;
    if (request_ && !head_.version_1_0 && !host) return wrong("a Host field before the end of the head");
    return std::nullopt;
}

std::optional<Fault> HeadReader::take(std::uint8_t octet) {
    if (octets_ == most_octets) return wrong("a head of at most 65,536 octets");
    if (octets_ == 0 && !request_) part_ = Part::version;
    if (line_ == most_line) return wrong("a line of at most 8,192 octets");
    ++octets_;
    ++line_;
    switch (part_) {
        case Part::method:
            return method(octet);
        case Part::target:
            return target(octet);
        case Part::version:
            return version(octet);
        case Part::status:
            return status(octet);
        case Part::reason:
            if (octet == '\r') part_ = Part::line_end;
            if (octet == '\n') return ambiguous("CR before LF");
            return octet == '\r' || is_value(octet) ? std::nullopt : wrong("a reason of visible octets");
        case Part::line_end:
        case Part::field_end:
            return line_feed(octet, Part::field_begin);
        case Part::field_begin:
            return field_begin(octet);
        case Part::field_name:
            return field_name(octet);
        case Part::blanks:
        case Part::value:
            return value(octet);
        case Part::head_end:
            if (auto fault = line_feed(octet, Part::done)) return fault;
            return end_head();
        case Part::done:
            break;
    }
    return wrong("nothing");
}

}  // namespace sw::http

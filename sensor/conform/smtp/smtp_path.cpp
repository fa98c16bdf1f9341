#include "sensor/conform/smtp/smtp_path.hpp"

#include <algorithm>

namespace sw::smtp {
namespace {

bool is_high(std::uint8_t c) { return c >= 0x80; }

}  // namespace

std::string_view PathReader::wanted() const {
    switch (part_) {
        case Part::keyword:
            return from_ ? "FROM: and a path" : "TO: and a path";
        case Part::open:
            return "a path in <>";
        case Part::end:
        case Part::gap:
        case Part::parameter:
        case Part::equals:
        case Part::value:
            if (repeats()) return "each parameter once";
            return lacks_utf8() ? "SMTPUTF8 among the parameters" : "a parameter or the end of the line";
        default:
            return "a mailbox and >";
    }
}

bool PathReader::take(std::uint8_t octet, bool utf8, Fault& fault) {
    const bool fits = part_ < Part::begin    ? path_octet(octet, utf8)
                      : part_ < Part::domain ? local_octet(octet, utf8)
                      : part_ < Part::end    ? domain_octet(octet, utf8)
                                             : parameter_octet(octet, utf8);
    high_ = high_ || is_high(octet);
    if (fits) return true;
    return not_smtp(fault, from_ ? "in MAIL" : "in RCPT", wanted());
}

std::size_t PathReader::pass(std::span<const std::uint8_t> octets) {
    if (part_ == Part::local) return run_of(OctetKind::local, octets, octets.size());
    if (part_ == Part::host) return run_of(OctetKind::host, octets, octets.size());
    if ((part_ != Part::parameter && part_ != Part::value) || may_be_told_) return 0;
    const std::size_t n = run_of(part_ == Part::value ? OctetKind::word : OctetKind::keyword, octets, octets.size());
    word_at_ = static_cast<std::uint8_t>(std::min<std::size_t>(word_at_ + n, 255));
    return n;
}

bool PathReader::path_octet(std::uint8_t c, bool) {
    const std::string_view keyword = from_ ? "FROM:" : "TO:";
    if (part_ == Part::open) return c == ' ' || (c == '<' && go(Part::begin));
    if (upper(c) != keyword[at_]) return false;
    return ++at_ < keyword.size() || go(Part::open);
}

bool PathReader::local_octet(std::uint8_t c, bool utf8) {
    const bool high = utf8 && is_high(c);
    switch (part_) {
        case Part::begin:
            if (c == '>') return from_ && go(Part::end);  // the empty reverse path
            if (c == '@') return go(Part::route);
            if (c == '"') return go(Part::quoted);
            return (is_local(c) || high) && go(Part::local);
        case Part::route:
            if (c == ':') return go(Part::begin);
            return is_host(c) || c == '@' || c == ',' || c == '[' || c == ']' || high;
        case Part::local:
            if (c == '@') return go(Part::domain);
            return c == '>' ? go(Part::end) : is_local(c) || high;
        case Part::quoted:
            if (c == '"') return go(Part::unquoted);
            return c == '\\' ? go(Part::escape) : is_printable(c) || high;
        case Part::escape:
            return is_printable(c) && go(Part::quoted);
        default:  // unquoted
            return c == '@' ? go(Part::domain) : c == '>' && go(Part::end);
    }
}

bool PathReader::domain_octet(std::uint8_t c, bool utf8) {
    const bool high = utf8 && is_high(c);
    switch (part_) {
        case Part::domain:
            return c == '[' ? go(Part::literal) : (is_host(c) || high) && go(Part::host);
        case Part::host:
            return c == '>' ? go(Part::end) : is_host(c) || high;
        case Part::literal:
            return c == ']' ? go(Part::closed) : is_printable(c) && c != '[' && c != '\\' && c != ' ';
        default:  // closed
            return c == '>' && go(Part::end);
    }
}

/// Keyword, "=", value (section 4.1.2: esmtp-param).
bool PathReader::parameter_octet(std::uint8_t c, bool utf8) {
    if (part_ == Part::end || part_ == Part::gap) {
        if (c == ' ') return go(Part::gap);
        if (part_ == Part::end) return false;
        word_at_ = 0;
        word_.begin();
        may_be_told_ = true;
        part_ = Part::parameter;
    }
    if (c == ' ') {
        if (repeats()) return false;
        if (last() >= 0) told_ |= static_cast<std::uint8_t>(1u << last());
        may_be_told_ = false;
        return part_ != Part::equals && go(Part::gap);
    }
    may_be_told_ = may_be_told_ && word_.take(told, c);
    word_at_ = static_cast<std::uint8_t>(std::min(word_at_ + 1, 255));
    if (part_ >= Part::equals) return ((is_printable(c) && c != '=') || (utf8 && is_high(c))) && go(Part::value);
    if (c == '=') return word_at_ > 1 && go(Part::equals);
    return is_letter(c) || is_digit(c) || (c == '-' && word_at_ > 1);
}

}  // namespace sw::smtp

#include "sensor/conform/smtp/smtp_reply.hpp"

#include <algorithm>

namespace sw::smtp {
namespace {

constexpr std::string_view states[] = {"waiting for the greeting",
                                       "answering EHLO",
                                       "answering HELO",
                                       "answering MAIL",
                                       "answering RCPT",
                                       "answering DATA",
                                       "answering the end of the mail",
                                       "answering BDAT",
                                       "answering RSET",
                                       "answering NOOP",
                                       "answering QUIT",
                                       "answering VRFY",
                                       "answering EXPN",
                                       "answering HELP",
                                       "answering STARTTLS",
                                       "answering AUTH"};

bool within(std::uint16_t code, std::uint16_t digits, std::uint16_t scale) { return code / scale == digits; }

}  // namespace

void ReplyReader::begin(Verb answers, bool unsolicited) {
    answers_ = answers;
    unsolicited_ = unsolicited;
    lines_ = 0;
    at_ = 0;
    done_ = Done::no;
}

std::string_view ReplyReader::state() const {
    return unsolicited_ ? "with no command to answer" : states[static_cast<std::size_t>(answers_)];
}

/// Can a reply to the command begin with these digits? Refusals of the fourth and fifth class may answer anything (section 4.2.1);
/// in the greeting, RFC 5321 knows 554 only, but hosts refuse with others, too (421, 450, 550).
bool ReplyReader::may_begin(std::uint16_t digits, std::uint16_t scale) const {
    if (unsolicited_) return within(421, digits, scale);
    for (const std::uint16_t code : command(answers_).accepted)
        if (code != 0 && within(code, digits, scale)) return true;
    const unsigned whole = unsigned{digits} * scale, first = whole / 100, second = whole / 10 % 10;
    if (first == 4 || first == 5) return scale == 100 || second <= 5;
    return false;
}

bool ReplyReader::take(std::span<const std::uint8_t> octets, std::size_t& taken, Fault& fault) {
    if (done_ == Done::line) {
        ++lines_;
        done_ = Done::no;
        at_ = 0;
    }
    if (at_ == 0) begin_line();
    do {
        taken += pass(octets.subspan(taken));
        if (taken == octets.size()) return true;
        if (!octet(octets[taken], fault)) return false;
        ++taken;
    } while (done_ == Done::no && taken < octets.size());
    return true;
}

void ReplyReader::begin_line() {
    code_ = 0;
    word_size_ = 0;
    more_ = cr_ = word_over_ = false;
}

bool ReplyReader::octet(std::uint8_t octet, Fault& fault) {
    const std::uint16_t at = at_++;
    if (at < 3) return digit(octet, fault);
    if (cr_ || octet == '\n') return end_line(octet, fault);
    if (at_ >= most_octets) return not_smtp(fault, state(), "a reply line of at most 512 octets");
    if (at == 3) return separator(octet, fault);
    return text(octet, fault);
}

/// How many of the next octets are such as octet() would take, one by one, and to the same end.
std::size_t ReplyReader::pass(std::span<const std::uint8_t> octets) {
    if (at_ == 0) return pass_code(octets);
    if (at_ < 4 || cr_) return 0;
    const std::size_t room = at_ + 2u < most_octets ? most_octets - at_ - 2 : 0;  // CR and LF must find some
    const std::size_t n = run_of(word_over_ ? OctetKind::text : OctetKind::word, octets, room);
    at_ = static_cast<std::uint16_t>(at_ + n);
    if (word_over_) return n;
    for (std::size_t i = 0; i < n && word_size_ < word_.size(); ++i) word_[word_size_++] = upper(octets[i]);
    return n;
}

/// A code that is what it should be.
std::size_t ReplyReader::pass_code(std::span<const std::uint8_t> octets) {
    if (octets.size() < 3 || !is_digit(octets[0]) || !is_digit(octets[1]) || !is_digit(octets[2])) return 0;
    const auto code = static_cast<std::uint16_t>((octets[0] - '0') * 100 + (octets[1] - '0') * 10 + (octets[2] - '0'));
    if (lines_ > 0 ? code != first_code_ : unsolicited_ || code != command(answers_).accepted[0]) return 0;
    code_ = first_code_ = code;
    at_ = 3;
    return 3;
}

/// All lines of a reply bear the same code (section 4.2.1).
bool ReplyReader::digit(std::uint8_t octet, Fault& fault) {
    constexpr std::uint16_t scales[] = {100, 10, 1};
    const std::uint16_t scale = scales[at_ - 1];
    if (!is_digit(octet)) return not_smtp(fault, state(), "a reply of three digits");
    const auto digits = static_cast<std::uint16_t>(code_ * 10 + (octet - '0'));
    if (lines_ > 0 && !within(first_code_, digits, scale)) return not_smtp(fault, state(), "the same code as in the reply's first line");
    if (lines_ == 0 && !may_begin(digits, scale)) {
        if (unsolicited_) return not_smtp(fault, state(), "nothing but 421");
        return not_smtp(fault, state(), answers_ == Verb::greeting ? "220 or a refusal" : "a code that may answer the command");
    }
    code_ = digits;
    if (scale == 1) first_code_ = code_;
    return true;
}

/// A code alone is a whole line (section 4.2: "SP textstring" may be missing).
bool ReplyReader::separator(std::uint8_t octet, Fault& fault) {
    if (octet == '\r') {
        cr_ = true;
        return true;
    }
    more_ = octet == '-';
    if (octet == ' ' || octet == '-') return true;
    return not_smtp(fault, state(), "a blank or a hyphen behind the code");
}

/// Old servers end their greeting with LF alone: that much is tolerated (nothing is read out of it).
bool ReplyReader::end_line(std::uint8_t octet, Fault& fault) {
    const bool greeting_lf = octet == '\n' && answers_ == Verb::greeting && !unsolicited_;
    if (octet != '\n' || (!cr_ && !greeting_lf))
        return fault.set(Reason::smtp_bare_lf, state(), octet == '\n' ? "CR before LF" : "LF behind CR");
    done_ = more_ ? Done::line : Done::reply;
    return true;
}

bool ReplyReader::text(std::uint8_t octet, Fault& fault) {
    if (octet == '\r') {
        cr_ = true;
        return true;
    }
    if (!is_printable(octet) && octet != '\t') return not_smtp(fault, state(), "text in ASCII");
    word_over_ = word_over_ || octet == ' ' || octet == '\t' || octet == '=';
    if (!word_over_ && word_size_ < word_.size()) word_[word_size_++] = upper(octet);
    return true;
}

}  // namespace sw::smtp

#include "sensor/conform/mail/imap_response.hpp"

namespace sw::imap {
namespace {

using Expected = std::string_view;

bool is_text(std::uint8_t c) { return (c >= 0x20 && c != 0x7f) || c == '\t'; }

constexpr std::string_view capability_code = "[CAPABILITY ";
constexpr unsigned most_digits = 10;

}  // namespace

Expected ResponseReader::begin(std::uint8_t octet, const Context& context) {
    *this = {};
    if (octet == '*') {
        part_ = Part::star;
        return {};
    }
    if (context.greeting) return "an asterisk: the greeting is untagged";
    if (octet == '+') {
        kind_ = Kind::continuation;
        part_ = Part::plus;
        return context.may_continue ? Expected{} : "no request to go on: nothing waits for one";
    }
    kind_ = Kind::tagged;
    part_ = Part::tag;
    return tag(octet, context);
}

/// Behind "* ".
Expected ResponseReader::first_word(std::uint8_t octet, const Context& context) {
    if (word_.size() == 0 && octet >= '0' && octet <= '9' && context.logged_in) {
        part_ = Part::number;
        digits_ = 1;
        return {};
    }
    if (octet != ' ' && octet != '\r')
        return word_.take(response_words, octet) ? Expected{} : context.greeting ? "OK, PREAUTH or BYE" : "a response of IMAP";
    const int found = word_.complete(response_words);
    if (found < 0) return context.greeting ? "OK, PREAUTH or BYE" : "a response of IMAP";
    const Response& response = responses[static_cast<unsigned>(found)];
    const bool greets = found == response_ok || found == response_bye || found == response_preauth;
    if (context.greeting ? !greets : found == response_preauth) return context.greeting ? "OK, PREAUTH or BYE" : "no second greeting";
    if (!context.logged_in && !response.before_login) return "no data before a login";
    if (response.form == Form::state) {
        state_ = static_cast<std::int8_t>(found);
        part_ = Part::text;
        return octet == ' ' ? Expected{} : "a blank and a text";
    }
    if (response.form == Form::capabilities) {
        listed_ = true;
        word_.begin();
        part_ = Part::capability;
        return octet == ' ' ? Expected{} : "capabilities";
    }
    part_ = Part::data;
    return data(octet);
}

/// A number of messages, or of one, and what is said of it.
Expected ResponseReader::counted(std::uint8_t octet) {
    if (part_ == Part::number) {
        if (octet == ' ') {
            part_ = Part::number_word;
            return {};
        }
        return octet >= '0' && octet <= '9' && ++digits_ <= most_digits ? Expected{} : "a number";
    }
    if (octet != ' ' && octet != '\r') return word_.take(counted_words, octet) ? Expected{} : "EXISTS, EXPUNGE, FETCH or RECENT";
    if (word_.complete(counted_words) < 0) return "EXISTS, EXPUNGE, FETCH or RECENT";
    part_ = Part::data;
    return data(octet);
}

Expected ResponseReader::tag(std::uint8_t octet, const Context& context) {
    if (octet != ' ') return tag_.add(octet) ? Expected{} : "an asterisk, a plus or a tag";
    const bool refuses = context.half_sent != nullptr && context.half_sent->hash() == tag_.hash();
    if (!refuses && !context.waiting.has(tag_)) return "the tag of a command that waits";
    part_ = Part::outcome;
    return {};
}

Expected ResponseReader::outcome(std::uint8_t octet) {
    if (octet != ' ') return word_.take(outcome_words, octet) ? Expected{} : "OK, NO or BAD";
    state_ = static_cast<std::int8_t>(word_.complete(outcome_words));
    part_ = Part::text;
    return state_ >= 0 ? Expected{} : "OK, NO or BAD";
}

/// Text for people, perhaps behind a code; only the code that lists capabilities matters here.
Expected ResponseReader::text(std::uint8_t octet) {
    if (octet == '\r') {
        part_ = Part::line_end;
        return {};
    }
    const auto upper = static_cast<char>(octet >= 'a' && octet <= 'z' ? octet - 'a' + 'A' : octet);
    if (code_at_ < capability_code.size()) {
        code_at_ = upper == capability_code[code_at_] ? static_cast<std::uint8_t>(code_at_ + 1) : std::uint8_t{0xff};
        if (code_at_ == capability_code.size()) {
            listed_ = true;
            word_.begin();
            part_ = Part::code;
        }
    }
    return is_text(octet) ? Expected{} : "visible octets";
}

void ResponseReader::note_capability() {
    const int found = word_known_ ? word_.complete(capability_words) : -1;
    if (found == 0) capabilities_.literal_plus = true;
    if (found > 0) capabilities_.literal_minus = true;
    word_.begin();
    word_known_ = true;
}

Expected ResponseReader::capability(std::uint8_t octet, bool in_code) {
    const bool ends_code = in_code && octet == ']';
    if (octet == ' ' || octet == '\r' || ends_code) {
        note_capability();
        if (octet == '\r' && in_code) return "a bracket behind the capabilities";
        if (octet == '\r') part_ = Part::line_end;
        if (ends_code) part_ = Part::text;
        return {};
    }
    if (octet <= 0x20 || octet >= 0x7f) return "a capability";
    word_known_ = word_known_ && word_.take(capability_words, octet);
    return {};
}

Expected ResponseReader::data(std::uint8_t octet) {
    const Expected expected = tokens_.take(octet);
    if (tokens_.done()) part_ = Part::done;
    return expected;
}

Expected ResponseReader::take(std::uint8_t octet, const Context& context) {
    switch (part_) {
        case Part::begin:
        case Part::done:
            return begin(octet, context);
        case Part::star:
            part_ = Part::word;
            return octet == ' ' ? Expected{} : "a blank behind the asterisk";
        case Part::plus:  // RFC 9051 7.5; some servers leave out the blank where there is no text
            part_ = octet == '\r' ? Part::line_end : Part::text;
            return octet == ' ' || octet == '\r' ? Expected{} : "a blank behind the plus";
        case Part::word:
            return first_word(octet, context);
        case Part::number:
        case Part::number_word:
            return counted(octet);
        case Part::tag:
            return tag(octet, context);
        case Part::outcome:
            return outcome(octet);
        case Part::text:
            return text(octet);
        case Part::code:
            return capability(octet, true);
        case Part::capability:
            return capability(octet, false);
        case Part::data:
            return data(octet);
        case Part::line_end:
            part_ = Part::done;
            return octet == '\n' ? Expected{} : "LF behind CR";
    }
    return {};
}

}  // namespace sw::imap

#include "sensor/conform/mail/pop3_command.hpp"

namespace sw::pop3 {
namespace {

bool is_digit(std::uint8_t c) { return c >= '0' && c <= '9'; }
bool is_visible(std::uint8_t c) { return c > 0x20 && c < 0x7f; }
bool is_base64(std::uint8_t c) {
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '+' || c == '/' || c == '=';
}

constexpr unsigned most_digits = 10, most_words_in_text = 255;

unsigned most_words(Arguments a) {
    switch (a) {
        case Arguments::none:
            return 0;
        case Arguments::maybe_number:
        case Arguments::number:
        case Arguments::maybe_tag:
            return 1;
        case Arguments::two_numbers:
        case Arguments::mechanism:
            return 2;
        case Arguments::text:
            return most_words_in_text;
    }
    return 0;
}

unsigned least_words(Arguments a) {
    switch (a) {
        case Arguments::none:
        case Arguments::maybe_number:
        case Arguments::maybe_tag:
        case Arguments::mechanism:
            return 0;
        case Arguments::number:
        case Arguments::text:
            return 1;
        case Arguments::two_numbers:
            return 2;
    }
    return 0;
}

bool numbers(Arguments a) { return a == Arguments::number || a == Arguments::maybe_number || a == Arguments::two_numbers; }

}  // namespace

bool CommandReader::complete() const {
    const Arguments wanted = commands[static_cast<unsigned>(verb_)].arguments;
    return words_ >= least_words(wanted) && (!blank_ || wanted == Arguments::text);
}

Expected CommandReader::first(std::uint8_t octet) {
    if (octet == ' ' || octet == '\r') {
        const int found = word_.complete(words);
        if (found < 0) return "a command of POP3";
        verb_ = static_cast<Verb>(found);
        stage_ = Stage::arguments;
        return argument(octet);
    }
    return word_.take(words, octet) ? Expected{} : "a command of POP3";
}

Expected CommandReader::argument(std::uint8_t octet) {
    const Arguments wanted = commands[static_cast<unsigned>(verb_)].arguments;
    if (octet == '\r') {
        if (!complete()) return blank_ ? "an argument behind the blank" : "an argument";
        stage_ = Stage::line_feed;
        return {};
    }
    if (octet == ' ') {
        // A password may hold blanks, several in a row too.
        if (words_ >= most_words(wanted) || (blank_ && wanted != Arguments::text)) return "the end of the line";
        blank_ = true;
        return {};
    }
    if (blank_) {
        blank_ = false;
        digits_ = 0;
        if (words_ < most_words_in_text) ++words_;
    }
    if (numbers(wanted)) return is_digit(octet) && ++digits_ <= most_digits ? Expected{} : "a number";
    if (wanted == Arguments::mechanism && words_ == 2) return is_base64(octet) ? Expected{} : "base64";
    return is_visible(octet) ? Expected{} : "visible octets";
}

Expected CommandReader::take(std::uint8_t octet) {
    if (done_) *this = {};
    if (octets_ == most_octets) return "a line of at most 255 octets";
    ++octets_;
    switch (stage_) {
        case Stage::verb:
            return first(octet);
        case Stage::arguments:
            return argument(octet);
        case Stage::line_feed:
            done_ = octet == '\n';
            octets_ = done_ ? std::uint8_t{0} : octets_;
            return done_ ? Expected{} : "LF behind CR";
    }
    return {};
}

Expected ChallengeReader::take(std::uint8_t octet) {
    if (done_) *this = {};
    if (octets_ == most_octets) return "a line of at most 12,288 octets";
    if (carriage_return_) {
        done_ = octet == '\n';
        octets_ = 0;
        return done_ ? Expected{} : "LF behind CR";
    }
    ++octets_;
    if (octet == '\r') {
        carriage_return_ = true;
        return {};
    }
    if (cancels_) return "the end of the line";
    cancels_ = octet == '*' && octets_ == 1;
    return cancels_ || is_base64(octet) ? Expected{} : "base64, or an asterisk alone";
}

}  // namespace sw::pop3

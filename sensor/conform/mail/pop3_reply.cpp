#include "sensor/conform/mail/pop3_reply.hpp"

namespace sw::pop3 {
namespace {

constexpr std::array<std::string_view, 3> statuses{"+OK", "-ERR", "+"};
constexpr std::string_view no_text = "text of visible octets";

/// People's text may be of any character set (RFC 6856 1.1 says UTF-8, and servers of old said others); it holds no controls.
bool is_text(std::uint8_t c) { return (c >= 0x20 && c != 0x7f) || c == '\t'; }

}  // namespace

void ReplyReader::begin(bool lines_follow, bool may_challenge) {
    *this = {};
    lines_follow_ = lines_follow;
    may_challenge_ = may_challenge;
}

std::string_view ReplyReader::status(std::uint8_t octet) {
    if (octet == ' ' || octet == '\r') return status_over(octet);
    return word_.take(statuses, octet) ? std::string_view{} : "+OK or -ERR";
}

std::string_view ReplyReader::status_over(std::uint8_t octet) {
    const int found = word_.complete(statuses);
    if (found < 0) return "+OK or -ERR";
    status_ = static_cast<Status>(found);
    if (status_ == Status::challenge && !may_challenge_) return "+OK or -ERR";
    if (status_ == Status::challenge && octet != ' ') return "a blank behind +";
    part_ = octet == ' ' ? Part::text : Part::status_end;
    return {};
}

std::string_view ReplyReader::text(std::uint8_t octet) {
    if (octet == '\r') {
        part_ = Part::status_end;
        return {};
    }
    return is_text(octet) ? std::string_view{} : no_text;
}

/// First words in capital letters, as capabilities are compared.
void ReplyReader::note(std::uint8_t octet) {
    if (octet == ' ') word_over_ = true;
    if (word_over_ || word_size_ == sizeof word_text_) return;
    word_text_[word_size_++] = static_cast<char>(octet >= 'a' && octet <= 'z' ? octet - 'a' + 'A' : octet);
}

/// RFC 1939 3: a line that begins with a dot has one more; a dot alone ends the reply. CR and LF stand together only:
/// a client that took one of them for a line's end would see the reply end where the server did not end it.
std::string_view ReplyReader::line(std::uint8_t octet) {
    switch (part_) {
        case Part::line_begins:
            word_size_ = 0;
            word_over_ = false;
            part_ = octet == '.' ? Part::dot : octet == '\r' ? Part::line_end : Part::line;
            break;
        case Part::dot:
            part_ = octet == '\r' ? Part::dot_end : Part::line;
            break;
        case Part::dot_end:
            part_ = Part::done;
            return octet == '\n' ? std::string_view{} : "LF behind CR";
        case Part::line_end:
            part_ = Part::line_begins;
            line_over_ = true;
            return octet == '\n' ? std::string_view{} : "LF behind CR";
        default:
            if (octet == '\r') part_ = Part::line_end;
    }
    if (octet == '\n') return "CR before LF";
    if (octet == 0) return "no NUL";
    if (octet != '\r') note(octet);
    return {};
}

std::string_view ReplyReader::take(std::uint8_t octet) {
    line_over_ = false;
    if (in_lines()) return line(octet);
    if (octets_++ == most_octets) return "a line of at most 512 octets";
    if (part_ == Part::status) return status(octet);
    if (part_ == Part::text) return text(octet);
    part_ = lines_follow_ && status_ == Status::ok ? Part::line_begins : Part::done;
    return octet == '\n' ? std::string_view{} : "LF behind CR";
}

}  // namespace sw::pop3

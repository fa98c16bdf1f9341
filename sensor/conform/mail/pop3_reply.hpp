#pragma once
/// The server's replies, octet by octet: a status line (RFC 1939 3), and where it is due lines up to a dot alone.
#include "sensor/conform/mail/pop3_words.hpp"
#include "sensor/conform/word_match.hpp"

namespace sw::pop3 {

class ReplyReader {
public:
    static constexpr unsigned most_octets = 512;  ///< of a status line with its end (RFC 1939 3)
    enum class Status : std::uint8_t { ok, err, challenge };

    /// What this reply answers. may_challenge: AUTH is under way.
    void begin(bool lines_follow, bool may_challenge);
    /// The next octet. "" or what belonged in its place.
    std::string_view take(std::uint8_t octet);

    bool done() const { return part_ == Part::done; }
    Status status() const { return status_; }
    bool at_start() const { return part_ == Part::status && octets_ == 0; }
    bool in_text() const { return part_ == Part::text; }
    bool in_lines() const { return part_ >= Part::line_begins && part_ != Part::done; }
    /// The first word of the line that just ended in a list, for capabilities: upper case, cut at 15 octets. "" elsewhere.
    std::string_view line_word() const { return line_over_ ? std::string_view{word_text_, word_size_} : std::string_view{}; }

private:
    enum class Part : std::uint8_t { status, text, status_end, line_begins, dot, dot_end, line, line_end, done };
    std::string_view status(std::uint8_t octet);
    std::string_view status_over(std::uint8_t octet);
    std::string_view text(std::uint8_t octet);
    std::string_view line(std::uint8_t octet);
    void note(std::uint8_t octet);

    WordMatch word_;
    Part part_ = Part::status;
    Status status_ = Status::ok;
    bool lines_follow_ = false, may_challenge_ = false, line_over_ = false, word_over_ = false;
    std::uint16_t octets_ = 0;
    std::uint8_t word_size_ = 0;
    char word_text_[15] = {};
};

}  // namespace sw::pop3

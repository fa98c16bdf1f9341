#pragma once
/// The client's lines, octet by octet.
#include "sensor/conform/mail/pop3_words.hpp"
#include "sensor/conform/word_match.hpp"

namespace sw::pop3 {

/// "" or what belonged where the octet came.
using Expected = std::string_view;

class CommandReader {
public:
    static constexpr unsigned most_octets = 255;  ///< of a line with its end (RFC 2449 4)

    Expected take(std::uint8_t octet);
    /// The verb, as soon as the octet behind it came.
    bool chosen() const { return stage_ != Stage::verb; }
    Verb verb() const { return verb_; }
    bool asked() const { return words_ > 0; }  ///< it bears an argument
    bool at_line_start() const { return octets_ == 0; }
    bool done() const { return done_; }  ///< the line is complete, until the next octet

private:
    enum class Stage : std::uint8_t { verb, arguments, line_feed };
    Expected first(std::uint8_t octet);
    Expected argument(std::uint8_t octet);
    bool complete() const;

    WordMatch word_;
    Stage stage_ = Stage::verb;
    Verb verb_ = Verb::greeting;
    bool done_ = false, blank_ = false;
    std::uint8_t octets_ = 0, words_ = 0, digits_ = 0;
};

/// What the client replies to a challenge of AUTH: base64, or an asterisk alone (RFC 5034 4).
class ChallengeReader {
public:
    static constexpr unsigned most_octets = 12'288;

    Expected take(std::uint8_t octet);
    bool done() const { return done_; }
    bool at_line_start() const { return octets_ == 0; }

private:
    bool done_ = false, carriage_return_ = false, cancels_ = false;
    std::uint16_t octets_ = 0;
};

}  // namespace sw::pop3

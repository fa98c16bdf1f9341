#pragma once
/// The server's lines, octet by octet (RFC 9051 7): untagged data and states, continuations, tagged outcomes.
#include "sensor/conform/mail/imap_tags.hpp"
#include "sensor/conform/mail/imap_tokens.hpp"
#include "sensor/conform/word_match.hpp"

namespace sw::imap {

/// What the server said it can.
struct Capabilities {
    bool literal_plus = false;   ///< RFC 7888: literals without waiting
    bool literal_minus = false;  ///< RFC 7888 5, RFC 9051 4.3: those up to 4,096 octets
};

class ResponseReader {
public:
    enum class Kind : std::uint8_t { untagged, continuation, tagged };
    /// What the machine knows and the reader has to ask.
    struct Context {
        const WaitingCommands& waiting;
        const Tag* half_sent;  ///< of a command whose literal waits for the server, who may refuse it; or nullptr
        bool greeting, logged_in, may_continue;
    };

    /// The next octet, none of a literal. "" or what belonged in its place.
    std::string_view take(std::uint8_t octet, const Context& context);
    TokenReader& tokens() { return tokens_; }
    bool in_literal() const { return part_ == Part::data && tokens_.in_literal(); }

    bool at_line_start() const { return part_ == Part::begin || part_ == Part::done; }
    bool in_text() const { return part_ == Part::text; }
    /// The line is complete, until the next octet.
    bool done() const { return part_ == Part::done; }
    Kind kind() const { return kind_; }
    const Tag& tag() const { return tag_; }
    /// Of a tagged outcome, or of an untagged state: response_ok ... response_preauth. Known as soon as the word is over.
    int state() const { return state_; }
    /// The capabilities that this line lists, if it lists any.
    bool lists_capabilities() const { return listed_; }
    const Capabilities& capabilities() const { return capabilities_; }

private:
    enum class Part : std::uint8_t {
        begin,
        star,
        plus,
        number,
        number_word,
        word,
        tag,
        outcome,
        text,
        code,
        data,
        capability,
        line_end,
        done
    };
    std::string_view begin(std::uint8_t octet, const Context& context);
    std::string_view first_word(std::uint8_t octet, const Context& context);
    std::string_view counted(std::uint8_t octet);
    std::string_view tag(std::uint8_t octet, const Context& context);
    std::string_view outcome(std::uint8_t octet);
    std::string_view text(std::uint8_t octet);
    std::string_view data(std::uint8_t octet);
    std::string_view capability(std::uint8_t octet, bool in_code);
    void note_capability();

    Part part_ = Part::begin;
    Kind kind_ = Kind::untagged;
    bool listed_ = false;
    std::int8_t state_ = -1;
    std::uint8_t digits_ = 0, code_at_ = 0;
    WordMatch word_;
    bool word_known_ = true;
    Tag tag_;
    TokenReader tokens_;
    Capabilities capabilities_;
};

}  // namespace sw::imap

#pragma once
/// IMAP4rev1 and IMAP4rev2 (RFC 3501, 9051) with STARTTLS (RFC 2595), literals without waiting (RFC 7888) and IDLE (RFC 2177):
/// the server speaks first; every command bears a tag and gets one outcome; the server may tell what it knows at any time.
/// The initiator is the client.
#include "sensor/conform/mail/greeting_text.hpp"
#include "sensor/conform/mail/imap_response.hpp"
#include "sensor/conform/mail/mail_demands.hpp"
#include "sensor/conform/mail/pop3_command.hpp"
#include "sensor/conform/mail/start_tls.hpp"
#include "sensor/conform/stream_machine.hpp"

namespace sw {

class ImapMachine final : public StreamMachine {
public:
    explicit ImapMachine(const MailDemands& demands) : demands_(demands), tls_(demands.tls) {}
    bool in_content() const override { return handed_over() ? tls_.in_content() : responses_.in_literal() || arguments_.in_literal(); }

private:
    enum class Place : std::uint8_t { greeting, not_authenticated, authenticated, selected, logout };
    enum class Client : std::uint8_t {
        begin,  ///< of a line
        tag,
        verb,
        uid_verb,  ///< the second word of UID
        arguments,
        go_ahead,   ///< waits for a continuation before a literal goes on
        challenge,  ///< waits for one of AUTHENTICATE
        response,   ///< replies to it
        idle,       ///< waits for the one of IDLE
        idling      ///< may end it
    };

    std::size_t take(Side from, Bytes octets, const Hearing& hearing) override;
    void ends(Side from, bool reset, const Hearing& hearing) override;
    bool misses(Side from, std::uint64_t octets) override;

    std::size_t client(Bytes octets);
    bool may_speak();
    std::size_t line_octet(std::uint8_t octet);
    std::size_t verb(std::uint8_t octet);
    std::size_t chosen(const imap::Command& command, std::uint8_t octet);
    std::size_t argument(std::uint8_t octet);
    std::size_t commanded();
    bool may_be_given(imap::Stage stage) const;
    std::size_t idling(std::uint8_t octet);

    std::size_t server(Bytes octets, const Hearing& hearing);
    void responded(const Hearing& hearing);
    void greeted(const Hearing& hearing);
    void continued();
    void concluded();
    bool may_continue() const { return client_ == Client::go_ahead || client_ == Client::challenge || client_ == Client::idle; }
    std::string_view where() const;

    static constexpr std::uint32_t most_line = 65'536;            ///< of a client's line without its literals
    static constexpr std::uint64_t most_unasked_literal = 4'096;  ///< LITERAL- (RFC 7888 5)

    const MailDemands& demands_;
    Place place_ = Place::greeting;
    Client client_ = Client::begin;
    bool spoken_ = false, starting_tls_ = false, uid_ = false;
    std::uint32_t line_ = 0;
    WordMatch word_;
    imap::Tag tag_;
    const imap::Command* command_ = nullptr;
    imap::TokenReader arguments_;
    pop3::ChallengeReader challenge_;
    imap::WaitingCommands waiting_;
    imap::ResponseReader responses_;
    imap::Capabilities capabilities_;
    StartTls tls_;
    GreetingText greeting_;
};

}  // namespace sw

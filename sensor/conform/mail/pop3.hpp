#pragma once
/// POP3 (RFC 1939) with CAPA and pipelining (RFC 2449), STLS (RFC 2595), AUTH (RFC 5034), UTF8 and LANG (RFC 6856): the
/// server speaks first; one reply a command, in order; commands wait for their turn. The initiator is the client.
#include "sensor/conform/mail/greeting_text.hpp"
#include "sensor/conform/mail/mail_demands.hpp"
#include "sensor/conform/mail/pop3_command.hpp"
#include "sensor/conform/mail/pop3_reply.hpp"
#include "sensor/conform/mail/start_tls.hpp"
#include "sensor/conform/stream_machine.hpp"

namespace sw {

class Pop3Machine final : public StreamMachine {
public:
    explicit Pop3Machine(const MailDemands& demands) : demands_(demands), tls_(demands.tls) { replies_.begin(false, false); }
    bool in_content() const override { return handed_over() ? tls_.in_content() : replies_.in_lines(); }

private:
    /// A command that waits for its reply.
    struct Asked {
        pop3::Verb verb = pop3::Verb::greeting;
        bool argument = false;
    };
    enum class Place : std::uint8_t { greeting, authorization, transaction, update };

    std::size_t take(Side from, Bytes octets, const Hearing& hearing) override;
    void ends(Side from, bool reset, const Hearing& hearing) override;

    std::size_t client(std::uint8_t octet);
    std::size_t commanded();
    bool may_speak();
    std::size_t server(std::uint8_t octet, const Hearing& hearing);
    void replied();
    void expect_reply();
    std::string_view where() const;

    static constexpr unsigned most_asked = 64;

    const MailDemands& demands_;
    pop3::CommandReader commands_;
    pop3::ChallengeReader challenges_;
    pop3::ReplyReader replies_;
    StartTls tls_;
    Asked asked_[most_asked];  ///< a ring
    std::uint8_t first_ = 0, waiting_ = 0;
    Place place_ = Place::greeting;
    Place promised_ = Place::greeting;  ///< where the commands that wait will lead if they succeed
    bool spoken_ = false;               ///< the client has said something
    bool chosen_ = false;               ///< the verb of the line at hand was looked at
    bool pipelining_ = false;           ///< the server offers it
    bool challenged_ = false;           ///< the client has to reply to a challenge
    bool hung_up_ = false;              ///< the server said why it goes; one command of the client's may cross that
    bool crossed_ = false;              ///< it came
    bool starting_tls_ = false;         ///< STLS waits for its reply
    GreetingText greeting_;
};

}  // namespace sw

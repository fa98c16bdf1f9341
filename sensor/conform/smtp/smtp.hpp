#pragma once
/// SMTP (RFC 5321) with STARTTLS (RFC 3207), pipelining (RFC 2920), CHUNKING (RFC 3030) and SMTPUTF8 (RFC 6531): the server speaks first;
/// one reply a command; a command waits for its turn. A login in clear is a breach, so AUTH (RFC 4954) has no further states. The initiator
/// is the client.
#include <memory>
#include <optional>

#include "sensor/conform/protocol.hpp"
#include "sensor/conform/smtp/smtp_command.hpp"
#include "sensor/conform/smtp/smtp_content.hpp"
#include "sensor/conform/smtp/smtp_queue.hpp"
#include "sensor/conform/smtp/smtp_reply.hpp"
#include "sensor/conform/tls/tls.hpp"

namespace sw {

class SmtpMachine final : public Machine {
public:
    explicit SmtpMachine(const TlsDemands& demands) : demands_(&demands) {}

    std::optional<Breach> octets(Side from, std::span<const std::uint8_t> octets, Timestamp now, Listener& listener) override;
    std::optional<Breach> end(Side from, bool reset, Timestamp now, Listener& listener) override;
    bool gap(Side from, std::uint64_t octets) override;
    bool in_content() const override { return tls_ ? tls_->in_content() : client_ == Client::content; }

private:
    /// What the client may do.
    enum class Client : std::uint8_t {
        waits,      ///< nothing: the greeting, or the answer to its last command is due
        commands,   ///< write the next command
        content,    ///< go on with the mail
        handshake,  ///< begin TLS
        gone        ///< nothing any more
    };

    bool take(Side from, std::span<const std::uint8_t> octets, std::size_t& taken, Listener& listener, smtp::Fault& fault);
    bool server_octets(std::span<const std::uint8_t> octets, std::size_t& taken, Listener& listener, smtp::Fault& fault);
    void note_banner(std::span<const std::uint8_t> octets, Listener& listener);
    void offered(std::string_view word);
    bool replied(std::uint16_t code, smtp::Fault& fault);
    bool answered(smtp::Verb verb, bool accepted, smtp::Fault& fault);
    bool client_octets(std::span<const std::uint8_t> octets, std::size_t& taken, Listener& listener, smtp::Fault& fault);
    bool content_octets(std::span<const std::uint8_t> octets, std::size_t& taken, smtp::Fault& fault);
    bool may_speak(smtp::Fault& fault) const;
    bool commanded(smtp::Verb verb, Listener& listener, smtp::Fault& fault);
    bool content_over(smtp::Fault& fault);
    std::optional<Breach> encrypted(Side from, std::span<const std::uint8_t> octets, Timestamp now, Listener& listener);

    // What the octets of a mail need lies together, in front.
    std::uint64_t offset_[2] = {0, 0};  ///< of the next octet, by side; with TLS: of its first
    smtp::ContentReader content_;
    Client client_ = Client::waits;
    bool greeted_ = false, refused_ = false, closing_ = false, data_ = false, binary_ = false, first_chunk_ = true;
    smtp::Offers offers_, next_offers_;
    const TlsDemands* demands_;
    std::optional<TlsMachine> tls_;
    std::uint64_t line_at_ = 0;  ///< of the client's line
    smtp::ReplyReader replies_;
    smtp::CommandReader commands_;
    smtp::Queue queue_;
    std::uint16_t banner_size_ = 0;
    std::array<char, 512> banner_{};
};

/// errors: none
std::unique_ptr<Protocol> smtp_protocol(const Rule& rule, const Policy& policy);

}  // namespace sw

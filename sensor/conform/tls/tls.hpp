#pragma once
/// TLS 1.0 to 1.3 (RFC 2246, 4346, 5246, 8446): records and their lengths to the very end, the messages of the handshake in their order as
/// long as they can be read. The initiator is the client. Used alone, and behind STARTTLS.
#include <array>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "sensor/conform/protocol.hpp"
#include "sensor/conform/tls/tls_certificate.hpp"
#include "sensor/conform/tls/tls_hello.hpp"

namespace sw {

/// What a rule demands of TLS beyond being TLS.
struct TlsDemands {
    std::uint16_t oldest = 0x0301;  ///< version; SSL 3.0 is none (RFC 7568)
    bool server_name = false;       ///< a client must ask for a name
    std::vector<std::string> certificate_names;

    static TlsDemands of(const Pins& pins);
};

class TlsMachine final : public Machine {
public:
    explicit TlsMachine(const TlsDemands& demands) : demands_(&demands) {}

    std::optional<Breach> octets(Side from, std::span<const std::uint8_t> octets, Timestamp now, Listener& listener) override;
    std::optional<Breach> end(Side from, bool reset, Timestamp now, Listener& listener) override;
    bool gap(Side from, std::uint64_t octets) override;
    bool in_content() const override { return end_[0].sealed && end_[1].sealed; }

    /// The next octet of this side does not begin a TLS connection: whoever stands before this one may know a better reason.
    bool begins(Side from) const { return end_[static_cast<std::size_t>(from)].offset == 0; }

private:
    /// How far a side's handshake is; each message must come later than the one before it.
    enum class Stage : std::uint8_t {
        start,
        hello,
        retried,
        supplemental,
        certificate,
        status,
        key_exchange,
        request,
        verify,
        done,
        ticket
    };
    struct End {
        std::uint64_t offset = 0;  ///< of the next octet
        std::array<std::uint8_t, 5> header{};
        std::uint8_t header_size = 0;
        bool sealed = false;      ///< what it sends cannot be read any more
        bool change = false;      ///< it sent ChangeCipherSpec
        bool hid = false;         ///< it sent a record that cannot be read
        bool gone = false;        ///< it gave up in clear
        bool full = false;        ///< it sent more than its hello
        bool fatal = false;       ///< its alert is one
        bool early = false;       ///< it sent a ChangeCipherSpec before the ServerHello
        std::uint8_t alerts = 0;  ///< in clear
        bool in_message = false;
        std::uint8_t message_header = 0;  ///< octets of a message's header so far
        Stage stage = Stage::start;
        std::uint8_t message = 0;  ///< type
        std::uint32_t record_left = 0;
        std::uint32_t message_left = 0;
        std::uint32_t alert_at = 0;
        std::uint64_t message_at = 0;  ///< offset of the message's body
    };
    struct Fault {
        Reason reason = Reason::not_speaking;
        std::string_view state{}, expected{};
        std::string_view shown{};  ///< "" or what to show instead of the octets at hand
    };
    using MaybeFault = std::optional<Fault>;
    static Fault wrong(std::string_view state, std::string_view expected) { return {Reason::not_speaking, state, expected, {}}; }

    std::size_t pass(End& e, std::span<const std::uint8_t> octets);
    MaybeFault header_octet(End& e, Side from, std::uint8_t octet);
    MaybeFault record_begins(End& e, Side from);
    void body(End& e, Side from, std::span<const std::uint8_t> octets, Timestamp now, Listener& listener, MaybeFault& fault);
    MaybeFault alert(End& e, Side from, std::uint8_t octet);
    MaybeFault change_cipher(End& e, Side from, std::uint8_t octet, Listener& listener);
    void handshake(End& e, Side from, std::span<const std::uint8_t> octets, Timestamp now, Listener& listener, MaybeFault& fault);
    MaybeFault message_header(End& e, Side from, std::uint8_t octet);
    MaybeFault message_begins(End& e, Side from);
    std::size_t message_body(End& e, Side from, std::span<const std::uint8_t> octets, Timestamp now, Listener& listener, MaybeFault& fault);
    MaybeFault message_ends(End& e, Side from, Listener& listener);
    std::size_t hello_octets(End& e, Side from, std::span<const std::uint8_t> octets, Listener& listener, MaybeFault& fault);
    MaybeFault settle(Listener& listener);
    void seal(End& e, Side from, Listener& listener);
    End& client() { return end_[0]; }
    End& server() { return end_[1]; }
    bool settled() const { return version_ != 0; }  ///< the ServerHello is here
    bool is_13() const { return version_ >= 0x0304; }

    const TlsDemands* demands_;
    End end_[2];
    tls::Hello client_hello_;
    std::uint16_t version_ = 0;
    bool heartbeat_ = false, retry_ = false;
    std::array<char, 2> shown_version_{};
    std::variant<std::monostate, tls::HelloReader, tls::CertificateReader> reader_;
};

std::unique_ptr<Protocol> tls_protocol(const Rule& rule, const Policy& policy);

}  // namespace sw

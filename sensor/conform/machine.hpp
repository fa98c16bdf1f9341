#pragma once
/// Does a conversation speak the protocol that its rule names? One machine a conversation, one file a protocol; a machine
/// says what may come next, and the first octet that it does not expect is a breach. Nothing is searched for: what is not
/// described is wrong.
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "rules/base/time.hpp"
#include "rules/packet/reason.hpp"

namespace sw {

enum class Side : std::uint8_t { initiator, responder };
constexpr Side other(Side s) { return s == Side::initiator ? Side::responder : Side::initiator; }

/// The first octet that is not what the protocol allows there.
struct Breach {
    Reason reason;                        ///< not_speaking, or a reason of its own (smtp_bare_lf, cleartext_login ...)
    Side side;                            ///< who sent it
    std::uint64_t offset = 0;             ///< in that side's stream, from 0; of a datagram: within it
    std::string_view state{};             ///< static: where the machine stood: "waiting for the greeting"
    std::string_view expected{};          ///< static: "a reply of three digits" ("... where a reply of three digits belongs")
    std::array<std::uint8_t, 32> came{};  ///< octets from offset on, raw; none: the side ended there
    std::uint8_t came_size = 0;

    void show(std::span<const std::uint8_t> octets) {
        came_size = static_cast<std::uint8_t>(std::min(octets.size(), came.size()));
        std::copy_n(octets.begin(), came_size, came.begin());
    }
};

/// What a conversation told of itself: for pins, reports and the ledger.
enum class Told : std::uint8_t {
    banner,       ///< the responder's greeting, without its line end
    hello_name,   ///< the name that the initiator gave itself
    server_name,  ///< TLS: the name that the client asks for
    alpn,         ///< TLS: the protocol that the server chose (hidden from TLS 1.3 on: those that the client offers, each)
    certificate,  ///< TLS: SHA-256 of the server's certificate, 32 octets
    version,      ///< TLS: of the ServerHello, 2 octets
    ident,        ///< SSH: the identification line, without its line end
    encrypted,    ///< from here on nothing can be read; no value
};

/// Who wants to know. Values are raw octets, borrowed for the call.
/// offset: of the value's first octet in the stream of the side that told it.
/// What a rule pins is compared by whoever listens: a machine tells, and goes on.
class Listener {
public:
    virtual ~Listener() = default;
    virtual void told(Side by, Told what, std::string_view value, std::uint64_t offset) = 0;
};

/// A machine's memory is fixed when it is made, and small; it keeps no octet longer than its grammar needs.
/// It must not depend on how the stream was cut: octets() may be called with one octet at a time.
class Machine {
public:
    virtual ~Machine() = default;

    /// TCP: the next octets of one side, in order, each once. Between the sides, in the order in which their packets came.
    /// UDP: one datagram, whole.
    /// After a breach no machine is asked again, but for those that judge each datagram alone.
    virtual std::optional<Breach> octets(Side from, std::span<const std::uint8_t> octets, Timestamp now, Listener& listener) = 0;

    /// TCP: this side sends no more (FIN, or RST). A conversation may end only where its protocol lets it.
    /// After a RST neither side is heard again.
    virtual std::optional<Breach> end(Side from, bool reset, Timestamp now, Listener& listener) = 0;

    /// So many octets of this side were not captured: the machine finds its place again, or says (false) that it can no longer
    /// judge the conversation; then it is asked no more.
    virtual bool gap(Side from, std::uint64_t octets) = 0;

    /// It has seen all that it judges: what follows is opaque by design (keys are agreed on). It is asked no more.
    bool satisfied() const { return satisfied_; }

    /// UDP: a wrong datagram is wrong alone. The machine is asked about the next one as if it had not come. (Log lines: whoever gets
    /// one wrong line into a log must not be able to hide those that follow.)
    virtual bool each_alone() const { return false; }

    /// What passes now is content (a mail's text, ciphertext), not dialogue: frames that bear nothing else are not held as
    /// evidence of what led to a breach.
    virtual bool in_content() const { return false; }

protected:
    void seen_all() { satisfied_ = true; }

private:
    bool satisfied_ = false;
};

}  // namespace sw

#pragma once
/// Does a conversation speak the protocol that its rule names? One machine a conversation, one file a protocol; a machine
/// says what may come next, and the first octet that it does not expect is a breach. Nothing is searched for: what is not
/// described is wrong.
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "rules/base/time.hpp"
#include "rules/packet/reason.hpp"

namespace sw {

enum class Side : std::uint8_t { initiator, responder };

/// The first octet that is not what the protocol allows there.
struct Breach {
    Reason reason;                        ///< not_speaking, or a reason of its own (smtp_bare_lf, cleartext_login ...)
    Side side;                            ///< who sent it
    std::uint64_t offset = 0;             ///< in that side's stream, from 0; of a datagram: within it
    std::string_view state;               ///< static: where the machine stood: "waiting for the greeting"
    std::string_view expected;            ///< static: "a reply of three digits"
    std::array<std::uint8_t, 32> came{};  ///< octets from offset on, raw
    std::uint8_t came_size = 0;
};

/// What a conversation told of itself: for pins, reports and the ledger.
enum class Told : std::uint8_t { banner, hello_name, server_name, alpn, certificate, ident, encrypted };

/// Who wants to know. Values are raw octets, borrowed for the call.
class Listener {
public:
    virtual ~Listener() = default;
    virtual void told(Side by, Told what, std::string_view value) = 0;
};

/// A machine's memory is fixed when it is made, and small; it keeps no octet longer than its grammar needs.
/// It must not depend on how the stream was cut: octets() may be called with one octet at a time.
class Machine {
public:
    virtual ~Machine() = default;

    /// TCP: the next octets of one side, in order, each once. Between the sides, in the order in which their packets came.
    /// UDP: one datagram, whole.
    /// After a breach no machine is asked again.
    virtual std::optional<Breach> octets(Side from, std::span<const std::uint8_t> octets, Timestamp now, Listener& listener) = 0;

    /// TCP: this side sends no more (FIN, or RST). A conversation may end only where its protocol lets it.
    virtual std::optional<Breach> end(Side from, bool reset, Timestamp now, Listener& listener) = 0;

    /// Octets of this side were not captured: the machine finds its place again, or says that it no longer can judge this side
    /// (false: it is asked no more about it).
    virtual bool gap(Side from, std::uint64_t octets) = 0;

    /// It has seen all that it judges: what follows is opaque by design (keys are agreed on).
    virtual bool satisfied() const = 0;
};

}  // namespace sw

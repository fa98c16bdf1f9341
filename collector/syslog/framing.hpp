#pragma once
/// Cuts a stream of octets into syslog messages (RFC 6587): by octet count, or by newline. A stream decides once: it counts if it
/// begins with "LENGTH <". And a message that lies about its length is counted, never searched for the next one: a stream that lied is
/// over.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace sw {

struct FramingLimits {
    std::uint32_t message_octets = 65'536;  ///< longer lines are cut there and counted; a longer count is a lie
};

enum class FramingKind : std::uint8_t { undecided, octet_counting, newline };

struct FramingCounts {
    std::uint64_t messages = 0;
    std::uint64_t empty = 0;   ///< nothing between two newlines; not handed on
    std::uint64_t cut = 0;     ///< lines beyond the limit: handed on without their ends
    std::uint64_t lies = 0;    ///< octet counts that are none (0, leading zeros, no space behind), or beyond the limit
    std::uint64_t torn = 0;    ///< the stream ended inside a message
    std::uint64_t octets = 0;  ///< of the stream
};

/// Incremental: octets may come in any pieces; the messages are the same.
/// memory: one message
class SyslogFraming {
public:
    explicit SyslogFraming(FramingKind kind = FramingKind::undecided, FramingLimits limits = {}) : kind_(kind), limits_(limits) {}

    using Sink = std::function<void(std::string_view message)>;  ///< the view lives for the call

    /// false: the stream lied (octet counting); it says nothing more that could be trusted.
    bool feed(std::string_view octets, const Sink& sink);
    /// The stream ended: what newline framing still holds is a message, a part of a counted one is torn.
    void end(const Sink& sink);

    FramingKind kind() const { return kind_; }
    const FramingCounts& counts() const { return counts_; }
    bool failed() const { return failed_; }

private:
    void take(std::string_view octets, const Sink& sink);
    void take_line(std::string_view& octets, const Sink& sink);
    void take_counted(std::string_view& octets, const Sink& sink);
    void keep(std::string_view part);
    void hand_on(const Sink& sink);

    FramingKind kind_;
    FramingLimits limits_;
    FramingCounts counts_;
    std::string front_;          ///< while undecided: a few octets
    std::string held_;           ///< of the message that is not complete
    std::uint32_t missing_ = 0;  ///< octet counting: octets of the message still to come
    std::uint32_t length_ = 0;   ///< the count as far as it has been read
    unsigned digits_ = 0;
    bool cutting_ = false;  ///< this message is longer than the limit
    bool failed_ = false;
};

}  // namespace sw

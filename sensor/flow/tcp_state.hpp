#pragma once
/// Does a TCP segment fit its connection? A packet that does not leaves the state untouched.
/// source: RFC 9293 3.10; windows as in "Real Stateful TCP Packet Filtering in IP Filter" (van Rooij 2001); RFC 5961 for RST and SYN
#include "sensor/flow/flow.hpp"
#include "sensor/flow/sent_octets.hpp"

namespace sw {

/// Engine time that a flow may stay silent.
namespace flow_life {
using std::chrono::hours;
using std::chrono::seconds;
inline constexpr Duration opening = seconds{60}, established = hours{24}, closing = seconds{900}, tombstone = seconds{120},
                          datagrams = seconds{30}, echo = seconds{30};
}  // namespace flow_life

class TcpState {
public:
    /// Segments outside the window that a side may send before they are greylisted.
    static constexpr std::uint8_t tolerated_strikes = 8;
    /// Octets that were under way when the other side sent RST may still arrive for so long.
    static constexpr Duration in_flight = std::chrono::seconds{3};

    explicit TcpState(SentOctets& sent) : sent_(&sent) {}

    /// A SYN opened the flow.
    void open(Flow& flow, const Packet& syn, Timestamp now) const;
    /// A segment in the middle of a connection whose opening we did not see.
    void pick_up(Flow& flow, const Packet& segment, int from, Timestamp now) const;

    enum class Fit : std::uint8_t { fits, reopens, refused };
    struct Answer {
        Fit fit = Fit::fits;              ///< reopens: a new connection on the same tuple; the rules are asked again
        Reason reason = Reason::no_rule;  ///< if refused
        bool unverified = false;          ///< sent again after the first copy was let go
        bool outside = false;             ///< tolerated outside the window: the receiver drops it, and so do we
    };
    /// from: 0 initiator, 1 responder. The packet has no anomalies but accepted ones.
    Answer segment(Flow& flow, const Packet& p, int from, Timestamp now);

    /// What in_order() needs of a segment.
    struct Segment {
        std::uint32_t seq, ack;
        std::uint16_t window;
        std::uint8_t flags;
        const std::uint8_t* payload;
        std::uint32_t len, caplen;  ///< of the payload

        static Segment of(const Packet& p) {
            return {p.tcp_seq, p.tcp_ack, p.tcp_window, p.tcp_flags, p.data + p.payload_offset, p.payload_len, p.payload_caplen};
        }
        static Segment of(const CommonFrame& c) {
            return {c.tcp_seq, c.tcp_ack, c.tcp_window, c.tcp_flags, c.data + c.payload_offset(), c.payload_len(), c.payload_len()};
        }
    };
    /// The common case, decided at once: an acknowledgement or new data, in order, of an established connection. false: ask
    /// segment().
    bool in_order(Flow& flow, const Segment& s, int from, Timestamp now);

private:
    Answer in_opening(Flow& flow, const Packet& p, int from, Timestamp now);
    Answer with_syn(Flow& flow, const Packet& p, int from, Timestamp now);
    Answer reset(Flow& flow, const Packet& p, int from, Timestamp now);
    Answer data(Flow& flow, const Packet& p, int from, Timestamp now);
    Answer after_close(Flow& flow, const Packet& p, int from, Timestamp now);
    bool in_window(const Flow& flow, const Packet& p, int from) const;
    Answer payload(Flow& flow, const Packet& p, int from);
    void advance(Flow& flow, const Packet& p, int from, Timestamp now);
    void close(Flow& flow, Timestamp now);
    void keep(Flow& flow, int side, std::uint32_t seq, const std::uint8_t* data, std::uint32_t size);

    SentOctets* sent_;
};

}  // namespace sw

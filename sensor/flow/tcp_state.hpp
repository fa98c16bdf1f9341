#pragma once
/// Does a TCP segment fit its connection? A packet that does not leaves the state untouched.
/// source: RFC 9293 3.10; windows as in "Real Stateful TCP Packet Filtering in IP Filter" (van Rooij 2001); RFC 5961 for RST and SYN
#include <algorithm>

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
    /// Acknowledgements may lag by the largest window, and by this much where none was advertised.
    static constexpr std::uint32_t least_ack_lag = 66000;
    /// Serial number arithmetic (RFC 1982): how far a lies behind b.
    static std::int32_t distance(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b); }

    Answer in_opening(Flow& flow, const Packet& p, int from, Timestamp now);
    Answer with_syn(Flow& flow, const Packet& p, int from, Timestamp now);
    Answer reset(Flow& flow, const Packet& p, int from, Timestamp now);
    Answer data(Flow& flow, const Packet& p, int from, Timestamp now);
    Answer after_close(Flow& flow, const Packet& p, int from, Timestamp now);
    bool in_window(const Flow& flow, const Packet& p, int from) const;
    bool ends_within(const Flow& flow, int from, std::int32_t beyond) const;
    Answer payload(Flow& flow, const Packet& p, int from);
    void advance(Flow& flow, const Packet& p, int from, Timestamp now);
    void close(Flow& flow, Timestamp now);
    void keep(Flow& flow, int side, std::uint32_t seq, const std::uint8_t* data, std::uint32_t size);

    SentOctets* sent_;
};

[[gnu::always_inline]] inline bool TcpState::in_order(Flow& flow, const Segment& p, int from, Timestamp now) {
    using namespace tcp_flag;
    TcpSide &s = flow.side[from], &r = flow.side[from ^ 1];
    const std::int32_t lag = distance(r.end, p.ack);
    const bool fits = (flow.state == FlowState::established) & ((p.flags & (syn | fin | rst)) == 0) & s.known & r.known & (p.seq == s.end) &
                      (distance(s.end, s.limit) <= 0) & (lag >= 0) &
                      (static_cast<std::uint32_t>(lag) <= std::max(s.max_window, least_ack_lag));
    if (!fits) return false;
    if (!flow.owes) sent_->append(flow, from, p.seq, p.payload, p.caplen);
    s.end += p.len;
    s.acked = s.acked & (p.len == 0);
    r.acked = r.acked | (lag == 0);
    const std::uint32_t window = std::uint32_t{p.window} << s.scale;
    s.max_window = std::max(s.max_window, window);
    const std::uint32_t limit = p.ack + std::max(window, 1u);
    r.limit = distance(limit, r.limit) > 0 ? limit : r.limit;
    sent_->acknowledged(flow, from ^ 1, p.ack, ((lag == 0) | (p.len == 0)) & !flow.owes);
    flow.deadline = now + flow_life::established;
    return true;
}

}  // namespace sw

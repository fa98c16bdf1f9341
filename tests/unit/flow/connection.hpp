#pragma once
/// A TCP connection in terms of what the state machine reads: flags, numbers, window, octets. No frames.
#include <string>
#include <string_view>

#include "sensor/flow/tcp_state.hpp"

namespace sw::test {

using namespace std::chrono_literals;
using namespace tcp_flag;
using Fit = TcpState::Fit;

struct Segment {
    std::uint8_t flags = ack;
    std::uint32_t seq = 0, ack_seq = 0;
    std::string_view text = {};
    std::uint16_t window = 1000;
    int scale = -1;  ///< window scale option; -1: none
};

/// "fits", "reopens", or the slug of the refusal.
inline std::string told(const TcpState::Answer& a) {
    if (a.fit == Fit::refused) return std::string(info(a.reason).slug);
    return a.fit == Fit::reopens ? "reopens" : a.unverified ? "fits unverified" : "fits";
}

/// Numbers: the client's octets begin at 1001, the server's at 5001.
class Connection {
public:
    explicit Connection(std::uint32_t blocks = 256) : sent(blocks), tcp(sent) {}

    static Packet packet(const Segment& s) {
        Packet p;
        static_cast<PacketFields&>(p) = PacketFields{};
        p.transport = Transport::tcp;
        p.tcp_flags = s.flags;
        p.tcp_seq = s.seq;
        p.tcp_ack = s.ack_seq;
        p.tcp_window = s.window;
        p.tcp_has_window_scale = s.scale >= 0;
        p.tcp_window_scale = static_cast<std::uint8_t>(s.scale < 0 ? 0 : s.scale);
        p.data = reinterpret_cast<const std::uint8_t*>(s.text.empty() ? "" : s.text.data());
        p.payload_len = p.payload_caplen = static_cast<std::uint32_t>(s.text.size());
        return p;
    }

    void open(Segment s = {syn, 1000, 0}) { tcp.open(flow, packet(s), now); }
    std::string client(const Segment& s) { return told(tcp.segment(flow, packet(s), 0, now)); }
    std::string server(const Segment& s) { return told(tcp.segment(flow, packet(s), 1, now)); }

    /// SYN, SYN-ACK, ACK.
    Connection& establish(std::uint16_t client_window = 1000, std::uint16_t server_window = 1000) {
        open({syn, 1000, 0, {}, client_window});
        server({syn | ack, 5000, 1001, {}, server_window});
        client({ack, 1001, 5001, {}, client_window});
        return *this;
    }
    /// Both FINs, both acknowledged, the client's first.
    Connection& finish() {
        client({fin | ack, 1001, 5001});
        server({fin | ack, 5001, 1002});
        client({ack, 1002, 5002});
        return *this;
    }

    SentOctets sent;
    TcpState tcp;
    Flow flow;
    Timestamp now{1'795'132'800'000'000'000};
};

}  // namespace sw::test

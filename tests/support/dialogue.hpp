#pragma once
/// A TCP connection as a list of frames, with numbers, acknowledgements and options as two real stacks would send them.
#include "tests/support/craft.hpp"

namespace sw::craft {

enum class Side : std::uint8_t { client, server };
constexpr Side other(Side s) { return s == Side::client ? Side::server : Side::client; }

struct TcpSetup {
    std::uint32_t client_isn = 0x1000'0000, server_isn = 0x2000'0000;
    int scale = -1;  ///< window scale of both sides; -1: not offered
    bool timestamps = false, sack = false, ecn = false;
    std::uint16_t mss = 1460;
    std::uint16_t window = 64240;
    bool padded = false;  ///< to 60 octets, as a wire does
    Duration step = 10ms;
};

class TcpDialogue {
public:
    TcpDialogue(Endpoint client, Endpoint server, Timestamp start = noon, TcpSetup setup = {});

    TcpDialogue& syn();
    TcpDialogue& syn_ack();
    TcpDialogue& handshake();
    TcpDialogue& ack(Side from);
    /// In segments of at most the MSS, none acknowledged.
    TcpDialogue& send(Side from, std::string_view text);
    /// send(), then the other side's acknowledgement.
    TcpDialogue& say(Side from, std::string_view text);
    TcpDialogue& fin(Side from);
    TcpDialogue& rst(Side from);
    /// FIN and its ACK, then the other side's.
    TcpDialogue& close(Side first);
    TcpDialogue& wait(Duration d);
    /// From now on a side announces this window (unscaled, as it stands in the header).
    TcpDialogue& window(Side of, std::uint16_t octets);
    /// The frame sent back frames ago, once more, now.
    TcpDialogue& again(std::size_t back = 0);
    /// The mirror lost the last frame.
    TcpDialogue& lose();
    /// Swap the last two frames' places (not their times' order).
    TcpDialogue& reorder();
    /// A side's next octets were sent in another way: its sequence number goes on behind them.
    TcpDialogue& pass(Side of, std::uint32_t octets);
    /// Append a frame that is not of this connection's own making, now.
    TcpDialogue& put(CraftedFrame frame);

    /// A segment outside the script, now, shifted from the next sequence number; nothing advances.
    CraftedFrame segment(Side from, std::uint8_t flags, std::int64_t shift = 0, std::string_view text = {},
                         std::int64_t ack_shift = 0) const;
    std::uint32_t next(Side of) const { return of == Side::client ? client_.next : server_.next; }
    Timestamp now() const { return now_; }
    const Frames& frames() const { return frames_; }
    const Endpoint& endpoint(Side of) const { return of == Side::client ? client_.at : server_.at; }

private:
    struct Peer {
        Endpoint at;
        std::uint32_t next = 0;  ///< sequence number of the next octet it sends
        std::uint16_t window = 0;
    };
    Peer& peer(Side s) { return s == Side::client ? client_ : server_; }
    const Peer& peer(Side s) const { return s == Side::client ? client_ : server_; }
    Octets options(Side from, bool on_syn) const;
    void emit(Side from, std::uint8_t flags, std::string_view text = {});

    TcpSetup setup_;
    Peer client_, server_;
    Timestamp start_, now_;
    Frames frames_;
};

/// Frames of many dialogues in the order of time; frames of one keep their order.
Frames merged(std::vector<Frames> parts);

}  // namespace sw::craft

#include "tests/replay/legitimate.hpp"

namespace sw::craft {
namespace {

using namespace tcp_flag;

constexpr auto data = static_cast<std::uint8_t>(ack | psh);
constexpr auto finish = static_cast<std::uint8_t>(fin | ack);
constexpr Side client_side = Side::client, server_side = Side::server;

TcpSetup modern() {
    TcpSetup s;
    s.scale = 7;
    s.timestamps = s.sack = true;
    return s;
}

TcpSetup with_ecn() {
    TcpSetup s = modern();
    s.ecn = true;
    return s;
}

/// SMTP from banner to QUIT.
Frames smtp_session(TcpDialogue d) {
    d.handshake().say(server_side, "220 mail.example ESMTP\r\n").say(client_side, "EHLO relay.example.org\r\n");
    d.say(server_side, "250-mail.example\r\n250 PIPELINING\r\n")
        .say(client_side, "MAIL FROM:<a@example.org>\r\nRCPT TO:<b@mail.example>\r\nDATA\r\n");
    d.say(server_side, "250 ok\r\n250 ok\r\n354 go on\r\n")
        .say(client_side, "Subject: hello\r\n\r\n" + std::string(3000, 'x') + "\r\n.\r\n");
    d.say(server_side, "250 queued\r\n").say(client_side, "QUIT\r\n").say(server_side, "221 bye\r\n");
    return d.close(server_side).frames();
}

/// 100 KiB in flight: more than an unscaled window could grant.
Frames scaled_window(const Endpoint& client, const Endpoint& server) {
    TcpDialogue d(client, server, noon, modern());
    d.handshake().window(server_side, 1200).say(server_side, "220 mail.example\r\n");
    return d.send(client_side, std::string(100 * 1024, 'm')).ack(server_side).close(client_side).frames();
}

Frames wrap_around(const Endpoint& client, const Endpoint& server) {
    TcpSetup s;
    s.client_isn = 0xffff'fff0;
    s.server_isn = 0xffff'ffff;
    TcpDialogue d(client, server, noon, s);
    d.handshake().say(server_side, "220 mail.example ESMTP\r\n").say(client_side, std::string(5000, 'w')).again(3).again(3);
    return d.close(client_side).frames();
}

Frames congestion_marks(const Endpoint& client, const Endpoint& server) {
    TcpDialogue d(client, server, noon, with_ecn());
    d.handshake().say(server_side, "220 mail.example ESMTP\r\n");
    d.put(d.segment(client_side, static_cast<std::uint8_t>(ack | ece)));
    d.put(d.segment(server_side, static_cast<std::uint8_t>(ack | cwr)));
    return d.close(client_side).frames();
}

Frames ecn_declined(const Endpoint& client, const Endpoint& server) {
    TcpDialogue d(client, server, noon, with_ecn());
    d.syn().syn_ack();
    CraftedFrame plain = d.frames().back();
    plain.set8((client.is_v6() ? tcp6_at : tcp4_at) + 13, syn | ack).fix_transport();
    return d.lose().put(plain).ack(client_side).close(client_side).frames();
}

Frames selective_acks(const Endpoint& client, const Endpoint& server) {
    TcpDialogue d(client, server, noon, TcpSetup{.sack = true});
    d.handshake().send(client_side, "one ").send(client_side, "two ").lose().send(client_side, "three");
    const std::uint32_t right = d.next(client_side);
    CraftedFrame asks = d.segment(server_side, ack, 0, {}, -9);
    asks.tcp_options(Octets{1, 1, 5, 10} + be32(right - 5) + be32(right));
    d.put(asks).put(asks).put(asks);
    d.put(d.segment(client_side, data, -9, "two ")).ack(server_side);
    return d.close(client_side).frames();
}

Frames in_sizes(const Endpoint& client, const Endpoint& server, bool padded) {
    TcpSetup s;
    s.padded = padded;
    TcpDialogue d(client, server, noon, s);
    d.handshake();
    for (const std::size_t size : {1u, 5u, 6u, 7u, 536u, 1459u, 1460u}) d.say(client_side, std::string(size, 's'));
    return d.close(server_side).frames();
}

/// Two receive queues deliver a few microseconds out of order.
Frames shaky_clock(const Endpoint& client, const Endpoint& server) {
    Frames frames = smtp_session({client, server});
    for (std::size_t i = 1; i < frames.size(); i += 3) frames[i].at(frames[i - 1].ts + -40us);
    return frames;
}

Frames overnight(const Endpoint& client, const Endpoint& server) {
    TcpDialogue d(client, server);
    d.handshake().say(server_side, "220 mail.example\r\n").wait(23h).say(client_side, "NOOP\r\n");
    return d.wait(23h).say(server_side, "250 ok\r\n").close(client_side).frames();
}

}  // namespace

std::vector<Legitimate> tcp_lives(const Endpoint& client, const Endpoint& server) {
    const auto with = [&](TcpSetup s) { return TcpDialogue(client, server, noon, s); };
    return {
        {"a whole mail", smtp_session({client, server})},
        {"a whole mail between modern stacks", smtp_session(with(modern()))},
        {"a whole mail with ECN", smtp_session(with(with_ecn()))},
        {"a whole mail with a small MSS", smtp_session(with(TcpSetup{.mss = 536}))},
        {"ECN offered and declined", ecn_declined(client, server)},
        {"congestion marked and answered", congestion_marks(client, server)},
        {"a scaled window that is used", scaled_window(client, server)},
        {"window scale 0", smtp_session(with(TcpSetup{.scale = 0}))},
        {"window scale 14", smtp_session(with(TcpSetup{.scale = 14}))},
        {"sequence numbers that wrap around", wrap_around(client, server)},
        {"selective acknowledgements", selective_acks(client, server)},
        {"segments of all sizes, unpadded", in_sizes(client, server, false)},
        {"segments of all sizes, padded", in_sizes(client, server, true)},
        {"time stamps that go back by microseconds", shaky_clock(client, server)},
        {"a connection idle over night", overnight(client, server)},
    };
}

std::vector<Legitimate> tcp_troubles(const Endpoint& client, const Endpoint& server) {
    const auto open = [&] { return TcpDialogue(client, server).handshake().say(server_side, "220 mail.example ESMTP\r\n"); };
    const auto syn_twice = [&] { return TcpDialogue(client, server).syn().wait(1s).again(); };
    const std::string hello = "EHLO relay.example.org\r\n";
    const auto two_pieces = [&] { return open().send(client_side, "EHLO relay.").send(client_side, "example.org\r\n"); };
    auto joined = two_pieces(), split = joined, grown = two_pieces().lose();
    auto keep_alive = open().say(client_side, hello), garbage = keep_alive;
    auto stuck = open().window(server_side, 0).ack(server_side);
    auto probed = stuck;
    return {
        {"the SYN sent again", syn_twice().syn_ack().ack(client_side).close(client_side).frames()},
        {"the SYN sent five times without an answer", syn_twice().wait(2s).again().wait(4s).again().wait(8s).again().frames()},
        {"given up, and opened again with another number",
         merged({TcpDialogue(client, server).syn().frames(),
                 TcpDialogue(client, server, noon + 20s, TcpSetup{.client_isn = 77}).handshake().close(client_side).frames()})},
        {"the SYN-ACK sent again",
         TcpDialogue(client, server).syn().syn_ack().wait(1s).again().ack(client_side).close(client_side).frames()},
        {"the SYN-ACK sent again after the handshake",
         TcpDialogue(client, server).handshake().again(1).ack(client_side).close(client_side).frames()},
        {"the handshake's ACK lost by the mirror",
         TcpDialogue(client, server).handshake().lose().say(client_side, hello).close(client_side).frames()},
        {"data sent again", open().send(client_side, hello).wait(200ms).again().ack(server_side).close(client_side).frames()},
        {"data sent again after its acknowledgement", open().say(client_side, hello).again(1).again(1).close(client_side).frames()},
        {"data sent again in one piece",
         joined.put(joined.segment(client_side, data, -24, hello)).ack(server_side).close(client_side).frames()},
        {"data sent again in smaller pieces",
         split.put(split.segment(client_side, data, -24, "EHLO ")).put(split.segment(client_side, data, -19, "relay.example")).frames()},
        {"data sent again with more behind it",
         grown.put(grown.segment(client_side, data, -24, hello)).ack(server_side).close(client_side).frames()},
        {"a segment lost by the mirror",
         open().send(client_side, hello).lose().ack(server_side).say(server_side, "250 ok\r\n").close(client_side).frames()},
        {"forty segments lost by the mirror",
         [&] {
             auto d = open();
             for (int i = 0; i < 40; ++i) d.send(client_side, std::string(1460, 'l')).lose();
             return d.ack(server_side).say(server_side, "250 ok\r\n").close(client_side).frames();
         }()},
        {"segments out of order", two_pieces().reorder().ack(server_side).close(client_side).frames()},
        {"three duplicate acknowledgements",
         open().send(client_side, hello).ack(server_side).again().again().again().close(client_side).frames()},
        {"a keep-alive without octets", keep_alive.wait(2h)
                                            .put(keep_alive.segment(client_side, ack, -1))
                                            .ack(server_side)
                                            .wait(2h)
                                            .put(keep_alive.segment(server_side, ack, -1))
                                            .ack(client_side)
                                            .frames()},
        {"a keep-alive with an octet of garbage", garbage.wait(2h)
                                                      .put(garbage.segment(client_side, ack, -1, std::string_view("\0", 1)))
                                                      .ack(server_side)
                                                      .close(client_side)
                                                      .frames()},
        {"a zero window, its probes and its end",
         [&] {
             stuck.wait(5s).put(stuck.segment(client_side, ack, -1)).ack(server_side).wait(10s);
             stuck.put(stuck.segment(client_side, ack, -1)).ack(server_side);
             return stuck.window(server_side, 64240).ack(server_side).say(client_side, hello).close(client_side).frames();
         }()},
        {"a zero window probed with an octet",
         [&] {
             probed.wait(5s).put(probed.segment(client_side, ack, 0, "E")).ack(server_side).wait(10s);
             probed.put(probed.segment(client_side, ack, 0, "E")).ack(server_side);
             return probed.window(server_side, 64240).ack(server_side).say(client_side, hello).close(client_side).frames();
         }()},
        {"a window that shrinks while data is on its way", open()
                                                               .send(client_side, std::string(4000, 'a'))
                                                               .window(server_side, 100)
                                                               .ack(server_side)
                                                               .send(client_side, std::string(90, 'b'))
                                                               .ack(server_side)
                                                               .close(client_side)
                                                               .frames()},
    };
}

std::vector<Legitimate> tcp_endings(const Endpoint& client, const Endpoint& server) {
    const auto open = [&] { return TcpDialogue(client, server).handshake().say(server_side, "220 mail.example ESMTP\r\n"); };
    const auto simultaneous = [&] {
        auto d = open();
        const CraftedFrame theirs = d.segment(server_side, finish);
        return d.fin(client_side).fin(server_side).lose().put(theirs).ack(client_side).ack(server_side).frames();
    };
    const auto reused = [&](std::uint32_t isn, Duration pause) {
        auto d = open().close(client_side);
        TcpSetup again;
        again.client_isn = isn;
        return merged({d.frames(), TcpDialogue(client, server, d.now() + pause, again)
                                       .handshake()
                                       .say(server_side, "220 again\r\n")
                                       .close(client_side)
                                       .frames()});
    };
    const auto last_words = [&] {
        auto d = open();
        return d.put(d.segment(client_side, static_cast<std::uint8_t>(finish | psh), 0, "QUIT\r\n")).frames();
    };
    auto late = open().close(client_side), bare = open().say(client_side, "EHLO x\r\n");
    return {
        {"closed by the client", open().close(client_side).frames()},
        {"closed by the server", open().close(server_side).frames()},
        {"closed by both at once", simultaneous()},
        {"closed in three segments", open().fin(client_side).fin(server_side).ack(client_side).frames()},
        {"the FIN sent again", open().fin(client_side).wait(200ms).again().ack(server_side).fin(server_side).ack(client_side).frames()},
        {"the last FIN and ACK again, within two minutes", late.wait(30s).again(1).again(1).frames()},
        {"last words with the FIN", last_words()},
        {"half-closed: the server talks on for long", open()
                                                          .fin(client_side)
                                                          .ack(server_side)
                                                          .say(server_side, std::string(20000, 'h'))
                                                          .wait(10s)
                                                          .say(server_side, "end\r\n")
                                                          .fin(server_side)
                                                          .ack(client_side)
                                                          .frames()},
        {"refused", TcpDialogue(client, server).syn().rst(server_side).frames()},
        {"refused three times",
         merged({TcpDialogue(client, server).syn().rst(server_side).frames(),
                 TcpDialogue(client, server, noon + 1s, TcpSetup{.client_isn = 0x1000'1000}).syn().rst(server_side).frames(),
                 TcpDialogue(client, server, noon + 2s, TcpSetup{.client_isn = 0x1000'2000}).syn().rst(server_side).frames()})},
        {"aborted by the client", open().rst(client_side).frames()},
        {"aborted by the server", open().say(client_side, "EHLO x\r\n").rst(server_side).frames()},
        {"aborted without an acknowledgement", bare.put(bare.segment(client_side, rst)).frames()},
        {"aborted after the FIN", open().fin(client_side).ack(server_side).rst(client_side).frames()},
        {"aborted and the RST sent again", open().rst(client_side).again().frames()},
        {"the port used again at once, with a higher number", reused(0x2000'0000, 1s)},
        {"the port used again after two minutes, with a lower number", reused(0x0100'0000, 125s)},
    };
}

std::vector<Legitimate> icmp_errors(const Endpoint& client, const Endpoint& server, const Endpoint& router) {
    const bool six = client.is_v6();
    const auto about_server = [&](std::uint8_t type4, std::uint8_t code4, std::uint8_t type6, std::uint8_t code6, std::size_t quoted) {
        auto d = TcpDialogue(client, server).handshake().send(server_side, std::string(1400, 'd'));
        const CraftedFrame sent = d.frames().back();
        const std::uint32_t mtu = type6 == 2 || code4 == 4 ? 1280 : 0;
        d.put(icmp_error(router, server, six ? type6 : type4, six ? code6 : code4, sent, quoted, mtu)).wait(50ms);
        return d.put(d.segment(server_side, ack, -1400, std::string(700, 'd'))).ack(client_side).close(client_side).frames();
    };
    // A router that says which labels the segment bore (RFC 4884, 4950).
    const auto labelled = [&] {
        auto d = TcpDialogue(client, server).handshake().send(server_side, std::string(1400, 'd'));
        Octets body = d.frames().back().packet();
        body.resize(128);
        body = body + Octets{0x20, 0, 0xcb, 0xfd, 0, 8, 1, 1, 0, 0xfa, 0x11, 0xff};
        return d.put(icmp(router, server, six ? 3 : 11, 0, six ? 16u << 24 : 32u << 16, body)).frames();
    };
    const auto about_syn = [&](std::uint8_t code4, std::uint8_t code6) {
        auto d = TcpDialogue(client, server).syn();
        return d.put(icmp_error(router, client, six ? 1 : 3, six ? code6 : code4, d.frames().front(), 20)).frames();
    };
    return {
        {"path MTU, eight octets quoted", about_server(3, 4, 2, 0, 8)},
        {"path MTU, the TCP header quoted", about_server(3, 4, 2, 0, 20)},
        {"path MTU, 500 octets quoted", about_server(3, 4, 2, 0, 500)},
        {"host unreachable in midstream", about_server(3, 1, 1, 3, 8)},
        {"network unreachable in midstream", about_server(3, 0, 1, 0, 28)},
        {"time exceeded in midstream", about_server(11, 0, 3, 0, 8)},
        {"time exceeded, labels told", labelled()},
        {"a SYN prohibited by the router", about_syn(13, 1)},
        {"a SYN to a host that is down", about_syn(1, 3)},
    };
}

}  // namespace sw::craft

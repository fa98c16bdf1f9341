/// The reasons that only a conversation can reach.
#include <utility>

#include "tests/support/reason_cases.hpp"

namespace sw::craft {
namespace {

using namespace tcp_flag;

constexpr auto data = static_cast<std::uint8_t>(ack | psh);

ReasonCase reached(Reason reason, Frames frames) {
    ReasonCase c;
    c.reason = reason;
    c.frames = std::move(frames);
    return c;
}

ReasonCase table_full() {
    ReasonCase c = reached(Reason::table_full, {});
    for (std::uint16_t port = 40000; port < 40033; ++port) c.frames.push_back(tcp(v4(outside, port), v4(mail, 25)));
    c.options.max_flows = 1;
    c.prelude_allowed = false;
    return c;
}

/// Far outside the window, until it is too often.
Frames strays() {
    TcpDialogue d = smtp();
    for (int i = 0; i < 9; ++i) d.put(d.segment(Side::client, data, 0x2000'0000 + i * 100, "stray"));
    return d.frames();
}

Frames other_octets_again() {
    TcpDialogue d = smtp();
    d.send(Side::client, "MAIL FROM:<a@example.org>\r\n");
    return then(d.frames(), d.segment(Side::client, data, -27, "MAIL FROM:<b@example.org>\r\n"));
}

}  // namespace

std::vector<ReasonCase> state_cases() {
    const TcpDialogue open = smtp();
    const TcpDialogue opening = TcpDialogue(v4(outside, 40000), v4(mail, 25)).syn();
    const TcpDialogue closed = smtp().close(Side::client);
    const CraftedFrame stranger = tcp(v4(mail, 25), v4(outside, 41000), {data, 5, 5, 512, {}}, "250 ok\r\n");
    return {reached(Reason::no_rule, {tcp(v4(outside, 40000), v4(mail, 465))}),
            reached(Reason::not_open, {open.segment(Side::client, data, 0, "NOOP\r\n")}),
            reached(Reason::wrong_direction, {tcp(v4(mail, 25), v4(outside, 40000))}),
            reached(Reason::rule_expired, {tcp(v4(outside, 40000), v4(mail, 110))}),
            reached(Reason::forbidden, {tcp(v4(mail, 40000), v4(outside, 22))}),
            reached(Reason::ip_protocol, {ip({outside.mac.data(), "198.51.100.200"}, v4(mail), 132, Octets(16))}),
            table_full(),
            reached(Reason::tcp_handshake, then(opening.frames(), opening.segment(Side::server, syn | ack, 0, {}, 5))),
            reached(Reason::tcp_syn_midstream, then(open.frames(), open.segment(Side::client, syn, 70000))),
            reached(Reason::tcp_window, strays()),
            reached(Reason::tcp_rst_window, then(open.frames(), open.segment(Side::client, rst | ack, 0x2000'0000))),
            reached(Reason::tcp_after_close, then(closed.frames(), closed.segment(Side::client, data, 0, "NOOP\r\n"))),
            reached(Reason::inconsistent_retransmit, other_octets_again()),
            reached(Reason::icmp_unrelated, then(open.frames(), icmp_error(v4(outside), v4(mail), 3, 1, stranger))),
            reached(Reason::sink_reply, {log_line(), icmp_error(v4(sink), v4(mail), 3, 3, log_line()).later(1s)})};
}

}  // namespace sw::craft

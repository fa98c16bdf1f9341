#include "tests/support/dialogue.hpp"

#include <algorithm>
#include <utility>

namespace sw::craft {

using namespace tcp_flag;

namespace {

constexpr std::uint8_t bits(unsigned flags) { return static_cast<std::uint8_t>(flags); }

constexpr std::uint8_t nop = 1, mss_kind = 2, scale_kind = 3, sack_kind = 4, timestamp_kind = 8;

}  // namespace

TcpDialogue::TcpDialogue(Endpoint client, Endpoint server, Timestamp start, TcpSetup setup)
    : setup_(setup),
      client_{std::move(client), setup.client_isn, setup.window},
      server_{std::move(server), setup.server_isn, setup.window},
      start_(start),
      now_(start) {}

Octets TcpDialogue::options(Side from, bool on_syn) const {
    Octets o;
    if (on_syn) o = Octets{mss_kind, 4} + be16(setup_.mss);
    if (on_syn && setup_.sack) o = std::move(o) + Octets{nop, nop, sack_kind, 2};
    if (setup_.timestamps) {
        const auto clock = static_cast<std::uint32_t>((now_ - start_).count() / 1'000'000);
        const std::uint32_t own = (from == Side::client ? 0x0100'0000u : 0x0200'0000u) + clock;
        const std::uint32_t echo = frames_.empty() ? 0 : (from == Side::client ? 0x0200'0000u : 0x0100'0000u) + clock;
        o = std::move(o) + Octets{nop, nop, timestamp_kind, 10} + be32(own) + be32(echo);
    }
    if (on_syn && setup_.scale >= 0) o = std::move(o) + Octets{nop, scale_kind, 3, static_cast<std::uint8_t>(setup_.scale)};
    return o;
}

CraftedFrame TcpDialogue::segment(Side from, std::uint8_t flags, std::int64_t shift, std::string_view text, std::int64_t ack_shift) const {
    TcpFields fields;
    fields.flags = flags;
    fields.seq = static_cast<std::uint32_t>(peer(from).next + shift);
    fields.ack = (flags & tcp_flag::ack) == 0 ? 0 : static_cast<std::uint32_t>(peer(other(from)).next + ack_shift);
    fields.window = peer(from).window;
    fields.options = (flags & tcp_flag::rst) != 0 ? Octets{} : options(from, (flags & tcp_flag::syn) != 0);
    CraftedFrame f = tcp(peer(from).at, peer(other(from)).at, fields, text).at(now_);
    return setup_.padded ? f.pad() : f;
}

void TcpDialogue::emit(Side from, std::uint8_t flags, std::string_view text) {
    put(segment(from, flags, 0, text));
    peer(from).next += static_cast<std::uint32_t>(text.size()) + ((flags & (tcp_flag::syn | tcp_flag::fin)) != 0 ? 1u : 0u);
}

TcpDialogue& TcpDialogue::syn() {
    emit(Side::client, setup_.ecn ? bits(tcp_flag::syn | ece | cwr) : tcp_flag::syn);
    return *this;
}

TcpDialogue& TcpDialogue::syn_ack() {
    emit(Side::server, bits(tcp_flag::syn | tcp_flag::ack | (setup_.ecn ? ece : 0)));
    return *this;
}

TcpDialogue& TcpDialogue::handshake() { return syn().syn_ack().ack(Side::client); }

TcpDialogue& TcpDialogue::ack(Side from) {
    emit(from, tcp_flag::ack);
    return *this;
}

TcpDialogue& TcpDialogue::send(Side from, std::string_view text) {
    while (!text.empty()) {
        const std::string_view piece = text.substr(0, setup_.mss - (setup_.timestamps ? 12u : 0u));
        text.remove_prefix(piece.size());
        emit(from, bits(tcp_flag::ack | (text.empty() ? psh : 0)), piece);
    }
    return *this;
}

TcpDialogue& TcpDialogue::say(Side from, std::string_view text) { return send(from, text).ack(other(from)); }

TcpDialogue& TcpDialogue::fin(Side from) {
    emit(from, bits(tcp_flag::fin | tcp_flag::ack));
    return *this;
}

TcpDialogue& TcpDialogue::rst(Side from) {
    emit(from, bits(tcp_flag::rst | tcp_flag::ack));
    return *this;
}

TcpDialogue& TcpDialogue::close(Side first) { return fin(first).ack(other(first)).fin(other(first)).ack(first); }

TcpDialogue& TcpDialogue::wait(Duration d) {
    now_ = now_ + d;
    return *this;
}

TcpDialogue& TcpDialogue::window(Side of, std::uint16_t octets) {
    peer(of).window = octets;
    return *this;
}

TcpDialogue& TcpDialogue::again(std::size_t back) { return put(frames_.at(frames_.size() - 1 - back)); }

TcpDialogue& TcpDialogue::lose() {
    frames_.pop_back();
    return *this;
}

TcpDialogue& TcpDialogue::reorder() {
    CraftedFrame& last = frames_.at(frames_.size() - 1);
    CraftedFrame& before = frames_.at(frames_.size() - 2);
    std::swap(last, before);
    std::swap(last.ts, before.ts);
    return *this;
}

TcpDialogue& TcpDialogue::pass(Side of, std::uint32_t octets) {
    peer(of).next += octets;
    return *this;
}

TcpDialogue& TcpDialogue::put(CraftedFrame frame) {
    frames_.push_back(std::move(frame.at(now_)));
    now_ = now_ + setup_.step;
    return *this;
}

Frames merged(std::vector<Frames> parts) {
    Frames all;
    for (Frames& part : parts) std::move(part.begin(), part.end(), std::back_inserter(all));
    std::stable_sort(all.begin(), all.end(), [](const CraftedFrame& a, const CraftedFrame& b) { return a.ts < b.ts; });
    return all;
}

}  // namespace sw::craft

#include "sensor/flow/tcp_state.hpp"

#include <algorithm>

namespace sw {
namespace {

using namespace tcp_flag;
using Answer = TcpState::Answer;
using Fit = TcpState::Fit;

bool is(const Packet& p, std::uint8_t flags) { return (p.tcp_flags & flags) == flags; }
Answer refuse(Reason r) { return {Fit::refused, r}; }

/// Octets and flags that take sequence numbers.
std::uint32_t sequence_length(const Packet& p) { return p.payload_len + (is(p, syn) ? 1u : 0u) + (is(p, fin) ? 1u : 0u); }

/// The window of a SYN is never scaled (RFC 7323 2.2).
std::uint32_t window_of(const Packet& p, const TcpSide& sender) {
    return is(p, syn) ? p.tcp_window : std::uint32_t{p.tcp_window} << sender.scale;
}

}  // namespace

void TcpState::open(Flow& flow, const Packet& p, Timestamp now) const {
    sent_->release(flow);
    flow.side[0] = flow.side[1] = TcpSide{};
    TcpSide& s = flow.side[0];
    s.known = true;
    s.end = p.tcp_seq + 1;
    s.limit = s.end;
    s.max_window = std::max<std::uint32_t>(p.tcp_window, 1);
    s.scale = p.tcp_has_window_scale ? p.tcp_window_scale : 0;
    flow.isn[0] = p.tcp_seq;
    flow.state = FlowState::opening;
    flow.deadline = now + flow_life::opening;
    // Remember whether scaling was offered: it counts only if the answer agrees.
    flow.side[1].scale = p.tcp_has_window_scale ? 1 : 0;
}

void TcpState::pick_up(Flow& flow, const Packet& p, int from, Timestamp now) const {
    sent_->release(flow);
    constexpr std::uint8_t widest = 14;  // the scale was in a SYN that we did not see
    TcpSide &s = flow.side[from], &r = flow.side[from ^ 1];
    s.known = true;
    s.end = p.tcp_seq + sequence_length(p);
    s.scale = r.scale = widest;
    s.max_window = r.max_window = 0xffffu << widest;
    s.limit = s.end + r.max_window;
    r.end = p.tcp_ack;
    r.limit = r.end + s.max_window;
    r.known = r.acked = is(p, ack);
    flow.isn[0] = flow.isn[1] = 0;
    flow.state = FlowState::established;
    flow.deadline = now + flow_life::established;
    flow.provisional = true;
}

Answer TcpState::segment(Flow& flow, const Packet& p, int from, Timestamp now) {
    if (flow.state == FlowState::closed) return after_close(flow, p, from, now);
    if (flow.state == FlowState::opening) return in_opening(flow, p, from, now);
    if (is(p, syn)) return with_syn(flow, p, from, now);
    if (is(p, rst)) return reset(flow, p, from, now);
    return data(flow, p, from, now);
}

Answer TcpState::in_opening(Flow& flow, const Packet& p, int from, Timestamp now) {
    TcpSide &initiator = flow.side[0], &responder = flow.side[1];
    if (from == 0) {
        if (is(p, syn) && !is(p, ack)) {
            if (p.tcp_seq != flow.isn[0]) return {Fit::reopens};
            flow.deadline = now + flow_life::opening;
            return {};
        }
        const bool gives_up = is(p, rst) && (p.tcp_seq == initiator.end || p.tcp_seq == flow.isn[0]);
        if (!gives_up) return refuse(Reason::tcp_handshake);
        initiator.reset = true;
        close(flow, now);
        return {};
    }
    if (is(p, rst)) {
        if (!is(p, ack) || p.tcp_ack != initiator.end) return refuse(Reason::tcp_rst_window);
        responder.reset = true;
        close(flow, now);
        return {};
    }
    if (!is(p, syn) || !is(p, ack) || p.tcp_ack != initiator.end) return refuse(Reason::tcp_handshake);
    const bool scaling = responder.scale == 1 && p.tcp_has_window_scale;
    responder = TcpSide{};
    responder.known = true;
    responder.scale = scaling ? p.tcp_window_scale : 0;
    if (!scaling) initiator.scale = 0;
    responder.end = p.tcp_seq + 1;
    responder.max_window = std::max<std::uint32_t>(p.tcp_window, 1);
    responder.limit = responder.end + initiator.max_window;
    initiator.limit = p.tcp_ack + responder.max_window;
    initiator.acked = true;
    flow.isn[1] = p.tcp_seq;
    flow.state = FlowState::answered;
    flow.deadline = now + flow_life::opening;
    return {};
}

/// Only the SYNs of this very connection may come again.
Answer TcpState::with_syn(Flow& flow, const Packet& p, int from, Timestamp) {
    const bool answer = is(p, ack);
    const bool same =
        !flow.provisional && p.tcp_seq == flow.isn[from] && answer == (from == 1) && (!answer || p.tcp_ack == flow.isn[0] + 1);
    if (same) return {};
    return refuse(flow.state == FlowState::answered && answer ? Reason::tcp_handshake : Reason::tcp_syn_midstream);
}

Answer TcpState::reset(Flow& flow, const Packet& p, int from, Timestamp now) {
    TcpSide &s = flow.side[from], &r = flow.side[from ^ 1];
    const std::uint32_t lag = std::max(r.max_window, 1u);
    // A host that lost its state answers with the number that was acknowledged to it, even before we saw it send.
    const bool fits = !s.known || (distance(p.tcp_seq, s.limit) <= 0 && distance(p.tcp_seq, s.end - lag) >= 0);
    if (!fits) return refuse(Reason::tcp_rst_window);
    s.reset = true;
    close(flow, now);
    return {};
}

bool TcpState::in_window(const Flow& flow, const Packet& p, int from) const {
    const TcpSide &s = flow.side[from], &r = flow.side[from ^ 1];
    if (!s.known) return true;
    const std::uint32_t end = p.tcp_seq + sequence_length(p);
    if (distance(p.tcp_seq, s.limit) > 0) return false;
    if (distance(end, s.end - std::max(r.max_window, 1u)) < 0) return false;
    if (!r.known) return true;
    const std::uint32_t lag = std::max(s.max_window, least_ack_lag);
    return distance(p.tcp_ack, r.end) <= 0 && distance(p.tcp_ack, r.end - lag) >= 0;
}

Answer TcpState::data(Flow& flow, const Packet& p, int from, Timestamp now) {
    TcpSide& s = flow.side[from];
    if (flow.state == FlowState::answered && from == 0 && p.tcp_ack != flow.side[1].end && distance(p.tcp_ack, flow.side[1].end) > 0)
        return refuse(Reason::tcp_handshake);
    if (!in_window(flow, p, from)) {
        if (s.strikes >= tolerated_strikes) return refuse(Reason::tcp_window);
        ++s.strikes;
        Answer stray;
        stray.outside = true;
        return stray;
    }
    const std::int32_t beyond = distance(p.tcp_seq + sequence_length(p), s.end);
    if (s.fin && beyond > 0) return refuse(Reason::tcp_after_close);
    if (is(p, fin) && s.known && ends_within(flow, from, beyond)) return refuse(Reason::inconsistent_retransmit);
    Answer answer = payload(flow, p, from);
    if (answer.fit == Fit::fits) advance(flow, p, from, now);
    return answer;
}

/// A FIN under whose number, or behind it, something was sent before. beyond: how far it goes beyond that. (An ACK that overtook it bears
/// the number behind it, and no octet.)
bool TcpState::ends_within(const Flow& flow, int from, std::int32_t beyond) const {
    const TcpSide& s = flow.side[from];
    const std::uint8_t any = 0;
    const bool taken = s.end - 1 == flow.isn[from] || sent_->compare(flow, from, s.end - 1, &any, 1) != SentOctets::Check::unknown;
    return beyond < 0 || (beyond == 0 && !s.fin && taken);
}

/// A probe of one octet already acknowledged keeps a connection alive; its octet is anything (RFC 9293 3.8.4).
static bool keep_alive(const Flow& flow, const Packet& p, int from) {
    const TcpSide& s = flow.side[from];
    return p.payload_len == 1 && p.tcp_seq + 1 == s.end && s.acked;
}

Answer TcpState::payload(Flow& flow, const Packet& p, int from) {
    Answer answer;
    if (p.payload_len == 0) return answer;
    const TcpSide& s = flow.side[from];
    const std::uint8_t* octets = p.data + p.payload_offset;
    const std::uint32_t size = p.payload_caplen;
    const std::int32_t old = s.known ? distance(s.end, p.tcp_seq) : 0;  // octets of it that were sent before
    if (old <= 0 || keep_alive(flow, p, from)) {
        if (old <= 0) keep(flow, from, p.tcp_seq, octets, size);
        return answer;
    }
    const std::uint32_t again = std::min(static_cast<std::uint32_t>(old), size);
    const SentOctets::Check check = sent_->compare(flow, from, p.tcp_seq, octets, again);
    if (check == SentOctets::Check::different) return refuse(Reason::inconsistent_retransmit);
    answer.unverified = check == SentOctets::Check::unknown;
    if (answer.unverified) keep(flow, from, p.tcp_seq, octets, again);  // it may have filled a hole
    if (size > again) keep(flow, from, p.tcp_seq + again, octets + again, size - again);
    return answer;
}

/// Who still reads a stream holds its octets, and lets them go.
void TcpState::keep(Flow& flow, int side, std::uint32_t seq, const std::uint8_t* data, std::uint32_t size) {
    if (!flow.owes) sent_->keep(flow, side, seq, data, size);
}

void TcpState::advance(Flow& flow, const Packet& p, int from, Timestamp now) {
    TcpSide &s = flow.side[from], &r = flow.side[from ^ 1];
    const std::uint32_t end = p.tcp_seq + sequence_length(p);
    if (!s.known || distance(end, s.end) > 0) {
        s.end = end;
        s.acked = false;
    }
    s.known = true;
    const std::uint32_t window = window_of(p, s);
    s.max_window = std::max({s.max_window, window, 1u});
    const std::uint32_t limit = p.tcp_ack + std::max(window, 1u);
    if (!r.known || distance(limit, r.limit) > 0) r.limit = limit;
    if (is(p, fin)) s.fin = true;
    r.acked = r.acked || (r.known && p.tcp_ack == r.end);
    if (r.fin && p.tcp_ack == r.end) r.fin_acked = true;
    if (!flow.owes) sent_->acknowledged(flow, from ^ 1, p.tcp_ack);

    if (flow.state == FlowState::answered && from == 0) flow.state = FlowState::established;
    if (s.fin_acked && r.fin_acked) return close(flow, now);
    if (s.fin || r.fin) flow.state = FlowState::closing;
    flow.deadline = now + (flow.state == FlowState::closing    ? flow_life::closing
                           : flow.state == FlowState::answered ? flow_life::opening
                                                               : flow_life::established);
}

void TcpState::close(Flow& flow, Timestamp now) {
    flow.state = FlowState::closed;
    flow.deadline = now + flow_life::tombstone;
    if (!flow.owes) sent_->release(flow);
}

Answer TcpState::after_close(Flow& flow, const Packet& p, int from, Timestamp now) {
    TcpSide& s = flow.side[from];
    const Timestamp closed_at = flow.deadline + -flow_life::tombstone;  // a tombstone's deadline is never moved
    const bool was_reset = flow.side[0].reset || flow.side[1].reset;
    if (is(p, syn) && !is(p, ack)) {
        if (from == 0 && p.tcp_seq == flow.isn[0] && !was_reset) return {};
        const bool later = was_reset || from == 1 || !s.known || distance(p.tcp_seq, s.end) > 0;
        return later ? Answer{Fit::reopens} : refuse(Reason::tcp_after_close);
    }
    if (is(p, syn)) return from == 1 && p.tcp_seq == flow.isn[1] ? Answer{} : refuse(Reason::tcp_after_close);
    const std::uint32_t end = p.tcp_seq + sequence_length(p);
    const bool not_new = !s.known || distance(end, s.end) <= 0;
    if (is(p, rst)) return not_new || distance(p.tcp_seq, s.limit) <= 0 ? Answer{} : refuse(Reason::tcp_rst_window);
    if (not_new) {
        // What was kept for comparing is gone: late copies of payload are taken on trust a few times.
        if (p.payload_len == 0) return {};
        if (s.strikes >= tolerated_strikes) return refuse(Reason::tcp_after_close);
        ++s.strikes;
        return {};
    }
    const bool was_open = flow.side[0].known && flow.side[1].known;  // a refused SYN leaves nothing under way
    const bool under_way = was_reset && was_open && !s.reset && now - closed_at <= in_flight && distance(p.tcp_seq, s.limit) <= 0;
    if (!under_way) return refuse(Reason::tcp_after_close);
    s.end = end;
    return {};
}

}  // namespace sw

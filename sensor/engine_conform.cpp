// What conversations say: asked once their state has accepted the packet.
#include "sensor/engine_impl.hpp"

namespace sw {

/// Of a flow that owes. false: this packet completes its breach.
bool Engine::Impl::speaks_on(Flow& flow, int from, const TcpState::Segment& s) {
    if (flow.state == FlowState::datagrams || flow.state == FlowState::echo)
        return conform_.datagram(flow, from, {s.payload, s.caplen}, *frame_, now_);
    return conform_.segment(flow, from, s, *frame_, now_);
}

/// before: the flow's state when the packet came. What opens a connection says nothing yet.
bool Engine::Impl::speaks_on(Flow& flow, int from, FlowState before, const Packet& p) {
    if (p.transport != Transport::tcp) return speaks_on(flow, from, TcpState::Segment::of(p));
    if ((p.tcp_flags & tcp_flag::syn) != 0 || before == FlowState::opening || before == FlowState::closed) return true;
    const bool reset = (p.tcp_flags & tcp_flag::rst) != 0;
    if (reset && before == FlowState::answered) return true;  // it never came to be
    if (!reset && !speaks_on(flow, from, TcpState::Segment::of(p))) return false;
    return flow.state != FlowState::closed || !flow.owes || conform_.closed(flow, from, reset, now_);
}

Ruling Engine::Impl::in_breach(Work& w, const Flow& flow, int from) {
    const Misspoken& m = conform_.breach(flow);
    Ruling ruling = Ruling::grey(w.objections.with(m.breach.reason), flow.rule, from == 1);
    ruling.breach = &m;
    return ruling;
}

/// Evidence for a new finding; of a known one there is enough.
void Engine::Impl::bring_up(std::uint32_t finding, std::size_t index) {
    std::vector<HeldFrame> frames = conform_.earlier(findings.all()[finding - 1].count == 1);
    if (!frames.empty()) earlier.push_back({index, finding, std::move(frames)});
}

void Engine::Impl::on_told(ToldOf f) {
    if (!f) return conform_.on_told({});
    conform_.on_told([this, f = std::move(f)](const Flow& flow, Side by, Told what, std::string_view value) {
        f(flows_.slot_of(flow), by, what, value);
    });
}

}  // namespace sw

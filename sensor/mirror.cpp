#include "sensor/mirror.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sw {
namespace {

/// Links that a port which receives packets can be captured on.
constexpr Datalink carriers[] = {{linktype::en10mb, false},      {linktype::linux_sll, false},
                                 {linktype::linux_sll2, false},  {linktype::null, false},
                                 {linktype::null, true},         {linktype::loop, false},
                                 {linktype::loop, true},         {linktype::raw, false},
                                 {linktype::dlt_raw_bsd, false}, {linktype::dlt_raw_openbsd, false},
                                 {linktype::ipv4, false},        {linktype::ipv6, false}};

/// A tunnel is what we look for. Short of captured octets is then the frame within. RFC 7348 5: VXLAN needs no UDP checksum, nor
/// does TZSP, which is older than anybody's demand.
ReasonSet usual_of(Encapsulation kind) {
    ReasonSet usual = ReasonSet(Reason::tunnel).with(Reason::truncated);
    if (kind == Encapsulation::vxlan || kind == Encapsulation::tzsp) usual.add(Reason::udp_no_checksum);
    return usual;
}

/// What is left when the wrapping is taken out.
void take_out(const Frame& captured, const Wrapped& w, Opened& opened) {
    const Wrapping& at = w.wrapping;
    Frame& f = opened.frame;
    f = captured;
    f.link = w.link;
    f.len = captured.len - at.octets();
    f.caplen = std::min(captured.caplen - at.count, f.len);
    if (at.from == 0) {
        f.data = captured.data + at.count;
        return;
    }
    opened.octets.assign(captured.data, captured.data + captured.caplen);
    opened.octets.erase(opened.octets.begin() + at.from, opened.octets.begin() + at.from + at.count);
    f.data = opened.octets.data();
}

}  // namespace

MirrorPort::MirrorPort(const Policy& policy, const ReasonSet& ignored)
    : policy_(&policy), mirror_(&policy.wire.mirror), wire_(policy.wire), ignored_(ignored), usual_(usual_of(mirror_->format.kind)) {}

Datalink MirrorPort::inner_link() const { return {mirror_->format.kind == Encapsulation::gre ? linktype::raw : linktype::en10mb, false}; }

const MirrorPort::Outer* MirrorPort::outer_for(Datalink link) const {
    std::call_once(compiled_, [this] {
        for (const Datalink carrier : carriers) {
            auto compiler = FilterCompiler::make(carrier);
            auto program = compiler ? compiler->compile(mirror_->outer.expanded) : Result<Program>(Unexpected{compiler.error()});
            if (program)
                outers_.push_back({carrier, std::move(*program), {}});
            else if (FilterCompiler::says_never(program.error()))
                outers_.push_back({carrier, Program::rejecting(), {}});
            else
                outers_.push_back({carrier, std::nullopt, program.error().text});
        }
    });
    const auto it = std::find_if(outers_.begin(), outers_.end(), [link](const Outer& o) { return o.link == link; });
    return it == outers_.end() ? nullptr : &*it;
}

Result<Done> MirrorPort::prepare(Datalink captured) const {
    const Outer* outer = outer_for(captured);
    if (outer == nullptr || outer->program) return Done{};  // what comes on other links is refused
    return unexpected(fmt::format("{}:{}:{}: the mirror's outer filter {}", policy_->path, mirror_->line, mirror_->column, outer->error));
}

/// addressed: the policy's filter says that such packets come here, so the watcher may be whom they are addressed to. It may never
/// be their sender.
void MirrorPort::refuse(const Packet& packet, bool addressed, std::string_view why, Opened& opened) const {
    opened.refused = packet.anomalies.without(addressed ? ignored_.with(usual_) : ignored_).with(Reason::mirror_unexpected);
    if (addressed ? wire_.sent_by_own(packet) : wire_.bears_own(packet)) opened.refused.add(Reason::self_traffic);
    opened.why = why;
}

void MirrorPort::open(const Frame& frame, Opened& opened) const {
    opened.frame = frame;
    opened.wrapped = {};
    opened.refused = {};
    opened.why = {};
    Packet packet;
    decode(frame.data, frame.caplen, frame.len, frame.link, packet);
    const Outer* outer = outer_for(frame.link);
    if (outer == nullptr || !outer->program) return refuse(packet, false, "came on a link that mirrors do not use", opened);
    if (!outer->program->matches(frame.data, frame.caplen, frame.len)) return refuse(packet, false, "is not from the mirror", opened);
    const bool own_tag = mirror_->format.kind == Encapsulation::vlan;  // then addresses and anomalies are those of the frame within
    if (!own_tag && wire_.sent_by_own(packet)) return refuse(packet, true, "comes from the watcher itself", opened);
    if (!own_tag && (!packet.plain || !packet.anomalies.without(ignored_.with(usual_)).empty()))
        return refuse(packet, true, "has outer headers that are not sound", opened);
    Unwrapping found = unwrap(mirror_->format, packet);
    if (!found.frame) return refuse(packet, true, found.why, opened);
    opened.wrapped = *found.frame;
    take_out(frame, opened.wrapped, opened);
}

void MirrorPort::note(const Opened& opened, Packet& packet) const {
    if (!opened.refused.empty()) {
        packet.anomalies = opened.refused;
        return;
    }
    packet.anomalies = packet.anomalies.with(opened.wrapped.flaws);
    if (is_wrapped(mirror_->format, packet)) packet.anomalies = packet.anomalies.without(Reason::tunnel).with(Reason::mirror_nested);
}

}  // namespace sw

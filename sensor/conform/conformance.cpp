#include "sensor/conform/conformance.hpp"

#include <algorithm>
#include <utility>

#include "sensor/conform/misplaced.hpp"

namespace sw {
namespace {

std::int32_t distance(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b); }

/// One past the last octet that this side sent; its FIN is none.
std::uint32_t octets_end(const TcpSide& side) { return side.fin ? side.end - 1 : side.end; }

Breach no_room(int side) {
    Breach b{Reason::conform_full, static_cast<Side>(side)};
    b.state = "waiting for memory";
    b.expected = "fewer conversations, or fewer octets out of order";
    return b;
}

}  // namespace

/// Passes on what a machine tells, and compares it with what the rule pins.
class Conformance::Ear final : public Listener {
public:
    Ear(Conformance& c, const Flow& flow, Talk& talk) : conformance_(c), flow_(flow), talk_(talk) {}

    void told(Side by, Told what, std::string_view value, std::uint64_t offset) override {
        if (what == Told::encrypted && !std::exchange(talk_.encrypted, true)) ++conformance_.speech_[flow_.rule].encrypted;
        if (conformance_.tell_) conformance_.tell_(flow_, by, what, value);
        if (!mismatch) mismatch = conformance_.pins_[flow_.rule].compare(by, what, value, offset);
    }
    std::optional<Breach> mismatch;

private:
    Conformance& conformance_;
    const Flow& flow_;
    Talk& talk_;
};

Conformance::Conformance(const Policy& policy, SentOctets& sent, const Limits& limits, const std::array<std::uint8_t, 16>& hash_key)
    : sent_(&sent),
      speech_(policy.rules.size()),
      talks_(std::size_t{limits.conversations} + 1),
      capacity_(limits.conversations),
      memory_(limits.machine_octets) {
    for (const Rule& rule : policy.rules) {
        protocols_.push_back(protocol_of(rule, policy, hash_key));
        pins_.emplace_back(rule.pins);
        unheard_.push_back(number({rule.speaks, no_room(0)}));
    }
}

Conformance::~Conformance() { clear(); }

/// What is known of the flow; a new conversation begins with its first octet. nullptr: no memory.
Conformance::Talk* Conformance::talk_of(Flow& flow) {
    if (flow.talk != Flow::none) return &talks_[flow.talk];
    if (free_.empty() && touched_ > capacity_) return nullptr;
    Protocol& protocol = *protocols_[flow.rule];
    static_assert(sizeof(MisplacedMachine) <= sizeof(Misspoken));
    const std::size_t octets = std::max(protocol.machine_octets(), sizeof(Misspoken));
    void* memory = memory_.take(octets);
    if (memory == nullptr) return nullptr;
    flow.talk = free_.empty() ? touched_++ : free_.back();
    if (!free_.empty()) free_.pop_back();
    Talk& talk = talks_[flow.talk];
    talk = Talk{};
    talk.memory = memory;
    talk.octets = static_cast<std::uint16_t>(octets);
    const bool datagrams = flow.state == FlowState::datagrams;
    const Opening opening{datagrams, datagrams && in_grace_, address_of(flow, 0), static_cast<std::uint16_t>(flow.ends.ports >> 16)};
    talk.machine =
        flow.state == FlowState::echo ? new (memory) MisplacedMachine("over ICMP", "TCP or UDP") : protocol.make(memory, opening);
    talk.next[0] = flow.isn[0] + 1;
    talk.next[1] = flow.isn[1] + 1;
    ++speech_[flow.rule].conversations;
    return &talk;
}

bool Conformance::segment(Flow& flow, int from, const TcpState::Segment& s, const Frame& frame, Timestamp now) {
    if (flow.talk == Flow::none && s.len == 0 && (s.flags & tcp_flag::fin) == 0) return true;
    Talk* talk = talk_of(flow);
    if (talk == nullptr) return no_memory(flow, from);
    // An acknowledgement of what was read says nothing more, and neither side ends by it.
    if (s.len == 0 && !flow.side[from].fin && distance(s.ack, talk->next[from ^ 1]) <= 0) {
        sent_->acknowledged(flow, from ^ 1, s.ack);
        flow.in_step = in_step(flow, *talk);
        return true;
    }
    const bool in_content = talk->in_content;
    if (!take(flow, *talk, from, s, now)) return !flow.breached;
    if (s.len > 0) {  // mere acknowledgements leave the machine's memory alone
        talk->in_content = talk->machine->in_content();
        if (!in_content || !talk->in_content) talk->last_frame = held_.hold(frame, talk->last_frame);
    }
    const std::uint32_t read = talk->next[from ^ 1];
    sent_->acknowledged(flow, from ^ 1, distance(s.ack, read) < 0 ? s.ack : read);
    flow.in_step = in_step(flow, *talk);
    return true;
}

/// Not behind a FIN: that has to be noticed.
bool Conformance::in_step(const Flow& flow, const Talk& talk) {
    return talk.next[0] == flow.side[0].end && talk.next[1] == flow.side[1].end;
}

bool Conformance::datagram(Flow& flow, int from, std::span<const std::uint8_t> payload, const Frame& frame, Timestamp now) {
    Talk* talk = talk_of(flow);
    if (talk == nullptr) return no_memory(flow, from);
    if (!read(flow, *talk, from, payload, now)) return !flow.breached && !std::exchange(alone_, false);
    talk->last_frame = held_.hold(frame, talk->last_frame);
    return true;
}

// The functions below give false when the flow owes nothing any more: it may be in breach, or free.

/// What the segment acknowledges comes before what it says: its sender knew it.
bool Conformance::take(Flow& flow, Talk& talk, int from, const TcpState::Segment& s, Timestamp now) {
    if (!give_up(flow, talk, from ^ 1, s.ack, now)) return false;
    if (s.len == 0) return end_side(flow, talk, from, now);
    const std::int32_t ahead = distance(s.seq, talk.next[from]);
    const std::uint32_t known = ahead < 0 ? static_cast<std::uint32_t>(-ahead) : 0;
    if (known >= s.caplen) return end_side(flow, talk, from, now);
    const std::uint32_t size = s.caplen - known;
    const bool held = sent_->hold(flow, from, s.seq + known, s.payload + known, size, talk.next[from]);
    if (ahead > 0) {
        talk.lost[from] = talk.lost[from] || !held;
        return true;
    }
    if (!read(flow, talk, from, {s.payload + known, size}, now)) return false;
    const bool is_last = flow.side[from].end == talk.next[from];  // nothing waits behind it, and no FIN
    return is_last || read_on(flow, talk, from, now);
}

bool Conformance::read(Flow& flow, Talk& talk, int side, std::span<const std::uint8_t> octets, Timestamp now) {
    talk.next[side] += static_cast<std::uint32_t>(octets.size());
    Ear ear(*this, flow, talk);
    const std::optional<Breach> breach = talk.machine->octets(static_cast<Side>(side), octets, now, ear);
    return settle(flow, talk, ear.mismatch ? ear.mismatch : breach);
}

/// What waited for what was read.
bool Conformance::read_on(Flow& flow, Talk& talk, int side, Timestamp now) {
    while (distance(octets_end(flow.side[side]), talk.next[side]) > 0) {
        const auto octets = sent_->held(flow, side, talk.next[side]);
        if (octets.empty()) break;
        if (!read(flow, talk, side, octets, now)) return false;
    }
    return end_side(flow, talk, side, now);
}

bool Conformance::end_side(Flow& flow, Talk& talk, int side, Timestamp now) {
    const TcpSide& s = flow.side[side];
    if (!s.fin || talk.ended[side] || distance(talk.next[side], octets_end(s)) < 0) return true;
    talk.ended[side] = true;
    Ear ear(*this, flow, talk);
    const std::optional<Breach> breach = talk.machine->end(static_cast<Side>(side), false, now, ear);
    return settle(flow, talk, ear.mismatch ? ear.mismatch : breach);
}

/// Its receiver has acknowledged everything before ack: what is missing of that will not come any more.
bool Conformance::give_up(Flow& flow, Talk& talk, int side, std::uint32_t ack, Timestamp now) {
    for (;;) {
        const std::uint32_t next = talk.next[side], end = octets_end(flow.side[side]);
        const std::uint32_t upto = distance(ack, end) < 0 ? ack : end;
        if (distance(upto, next) <= 0) return true;
        if (talk.lost[side]) return no_memory(flow, side);
        talk.next[side] = sent_->next_held(flow, side, next, upto);
        if (!talk.machine->gap(static_cast<Side>(side), talk.next[side] - next)) {
            ++speech_[flow.rule].unverifiable;
            leave(flow);
            return false;
        }
        if (!read_on(flow, talk, side, now)) return false;
    }
}

bool Conformance::closed(Flow& flow, int by, bool reset, Timestamp now) {
    if (reset) {
        Talk* talk = talk_of(flow);
        if (talk == nullptr) return no_memory(flow, by);
        Ear ear(*this, flow, *talk);
        if (!settle(flow, *talk, talk->machine->end(static_cast<Side>(by), true, now, ear))) return !flow.breached;
    }
    leave(flow);
    return true;
}

bool Conformance::settle(Flow& flow, Talk& talk, const std::optional<Breach>& breach) {
    if (breach) {
        fail(flow, talk, *breach);
        return false;
    }
    if (!talk.machine->satisfied()) return true;
    leave(flow);
    return false;
}

void Conformance::fail(Flow& flow, Talk& talk, const Breach& breach) {
    if (!std::exchange(talk.wrong, true)) ++speech_[flow.rule].breached;
    if (talk.machine->each_alone()) {
        alone_ = true;
        datagram_ = number({unheard_[flow.rule].protocol, breach});
        return;
    }
    brought_up_ = talk.last_frame;
    talk.machine->~Machine();
    talk.machine = nullptr;
    new (talk.memory) Misspoken(number({unheard_[flow.rule].protocol, breach}));
    flow.breached = true;
    flow.owes = false;
    flow.clear = 0;
    if (flow.state == FlowState::closed) sent_->release(flow);
}

/// Nobody can say that the conversation is right: it is in breach of our limits.
bool Conformance::no_memory(Flow& flow, int side) {
    if (flow.talk != Flow::none) {
        fail(flow, talks_[flow.talk], no_room(side));
        return false;
    }
    ++speech_[flow.rule].breached;
    flow.breached = true;
    flow.owes = false;
    flow.clear = 0;
    if (flow.state == FlowState::closed) sent_->release(flow);
    return false;
}

/// Kinds are few: their words are the machines' own.
Misspoken Conformance::number(Misspoken m) {
    const auto known = std::find_if(kinds_.begin(), kinds_.end(), [&](const Misspoken& k) {
        return k.protocol == m.protocol && k.breach.state == m.breach.state && k.breach.expected == m.breach.expected;
    });
    m.number = known != kinds_.end() ? known->number : static_cast<std::uint16_t>(kinds_.size() + 1);
    if (known == kinds_.end()) kinds_.push_back(m);
    return m;
}

const Misspoken& Conformance::breach(const Flow& flow) const {
    if (!flow.breached) return datagram_;
    if (flow.talk == Flow::none) return unheard_[flow.rule];
    return *static_cast<const Misspoken*>(talks_[flow.talk].memory);
}

std::vector<HeldFrame> Conformance::earlier(bool wanted) {
    const HeldFrames::Place last = std::exchange(brought_up_, 0);
    return wanted ? held_.of(last, most_earlier) : std::vector<HeldFrame>();
}

/// The flow owes nothing any more, and nothing is wrong with it.
void Conformance::leave(Flow& flow) {
    release(flow);
    flow.owes = false;
    if (flow.state == FlowState::closed) sent_->release(flow);
}

void Conformance::release(Flow& flow) {
    if (flow.talk == Flow::none) return;
    destroy(talks_[flow.talk]);
    free_.push_back(flow.talk);
    flow.talk = Flow::none;
}

void Conformance::destroy(Talk& talk) {
    if (talk.machine != nullptr) talk.machine->~Machine();
    memory_.give_back(talk.memory, talk.octets);
    talk.memory = nullptr;
}

void Conformance::clear() {
    for (std::uint32_t i = 1; i < touched_; ++i)
        if (talks_[i].memory != nullptr) destroy(talks_[i]);
    touched_ = 1;
    free_.clear();
    memory_.clear();
    for (const auto& protocol : protocols_)
        if (protocol != nullptr) protocol->forget();
}

}  // namespace sw

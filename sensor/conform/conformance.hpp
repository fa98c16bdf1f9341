#pragma once
/// The conversations that are under judgement: their streams, their machines, what they told. A flow of a rule that names a
/// protocol owes it every octet (Flow::owes) until its machine is satisfied, can no longer judge, or finds a breach.
/// Nothing is kept of a flow before its first octet; memory is fixed.
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "sensor/conform/held_frames.hpp"
#include "sensor/conform/machine_memory.hpp"
#include "sensor/conform/misspoken.hpp"
#include "sensor/conform/pins.hpp"
#include "sensor/flow/sent_octets.hpp"
#include "sensor/flow/tcp_state.hpp"

namespace sw {

class Conformance {
public:
    using Limits = ConformanceLimits;
    static constexpr std::size_t most_earlier = 16;  ///< frames of a conversation that come up with its breach

    /// policy and sent must outlive it
    /// hash_key: SipHash, for what a sender must not be able to choose; verdicts do not depend on it
    Conformance(const Policy& policy, SentOctets& sent, const Limits& limits, const std::array<std::uint8_t, 16>& hash_key);
    ~Conformance();
    Conformance(const Conformance&) = delete;
    Conformance& operator=(const Conformance&) = delete;

    /// A flow was created under its rule. in_grace: what it said before may have been missed.
    void opened(Flow& flow, bool in_grace) {
        flow.owes = protocols_[flow.rule] != nullptr;
        flow.in_step = false;
        in_grace_ = in_grace;
    }
    /// How long a UDP conversation of a rule may be silent.
    Duration idle(std::size_t rule) const { return protocols_[rule] ? protocols_[rule]->idle() : flow_life::datagrams; }
    /// A flow was picked up in the middle: it owes nothing, and is counted.
    void picked_up(const Flow& flow) { speech_[flow.rule].midstream += protocols_[flow.rule] != nullptr; }

    // Of a flow that owes. false: this frame completes a breach(); from now on the flow is in breach, unless its machine judges
    // each datagram alone.
    /// A segment that fits its connection (TcpState says so, and that it is not outside the window).
    bool segment(Flow& flow, int from, const TcpState::Segment& s, const Frame& frame, Timestamp now);
    bool datagram(Flow& flow, int from, std::span<const std::uint8_t> payload, const Frame& frame, Timestamp now);
    /// The connection closed: by both sides, or by a RST of one.
    bool closed(Flow& flow, int by, bool reset, Timestamp now);

    /// Of a flow in breach, or of the datagram that was judged last.
    const Misspoken& breach(const Flow& flow) const;
    /// A flow has just come into breach, and frames of it are still held.
    bool brought_up() const { return brought_up_ != 0; }
    /// Those frames, oldest first; asked for once, wanted or not.
    std::vector<HeldFrame> earlier(bool wanted);

    /// Is anything known of any flow?
    bool in_use() const { return touched_ > 1; }
    void prefetch_talk(const Flow& flow) const { __builtin_prefetch(&talks_[flow.talk]); }
    void prefetch_machine(const Flow& flow) const {
        sent_->prefetch_last(flow);
        const auto* memory = static_cast<const std::uint8_t*>(talks_[flow.talk].memory);
        for (std::size_t at = 0; at < 256; at += 64) __builtin_prefetch(memory + at, 1);
    }
    /// The flow ends or its entry is taken: what is known of it goes.
    void release(Flow& flow);
    void clear();

    const std::vector<Speech>& speech() const { return speech_; }  ///< by rule
    /// Called while judging with all that a conversation tells.
    using Tell = std::function<void(const Flow& flow, Side by, Told what, std::string_view value)>;
    void on_told(Tell tell) { tell_ = std::move(tell); }

private:
    struct alignas(64) Talk {  // never on two lines of the cache
        void* memory;
        Machine* machine;  ///< nullptr: a breach was found, and memory holds a Misspoken
        HeldFrames::Place last_frame;
        std::uint32_t next[2];  ///< TCP: sequence number of the octet to be read next
        std::uint16_t octets;   ///< of memory
        bool ended[2];
        bool lost[2];  ///< octets that wait for others found no room
        bool encrypted;
        bool wrong;       ///< counted as such
        bool in_content;  ///< what the machine said when it was last asked
    };
    class Ear;

    Talk* talk_of(Flow& flow);
    static bool in_step(const Flow& flow, const Talk& talk);
    bool read(Flow& flow, Talk& talk, int side, std::span<const std::uint8_t> octets, Timestamp now);
    bool read_on(Flow& flow, Talk& talk, int side, Timestamp now);
    bool take(Flow& flow, Talk& talk, int from, const TcpState::Segment& s, Timestamp now);
    bool give_up(Flow& flow, Talk& talk, int side, std::uint32_t ack, Timestamp now);
    bool end_side(Flow& flow, Talk& talk, int side, Timestamp now);
    bool settle(Flow& flow, Talk& talk, const std::optional<Breach>& breach);
    void fail(Flow& flow, Talk& talk, const Breach& breach);
    bool no_memory(Flow& flow, int side);
    void leave(Flow& flow);
    void destroy(Talk& talk);
    Misspoken number(Misspoken m);

    SentOctets* sent_;
    std::vector<std::unique_ptr<Protocol>> protocols_;  ///< by rule
    std::vector<PinCheck> pins_;                        ///< by rule
    std::vector<Speech> speech_;
    MappedArray<Talk> talks_;
    std::uint32_t capacity_, touched_ = 1;
    std::vector<std::uint32_t> free_;
    MachineMemory memory_;
    HeldFrames held_;
    HeldFrames::Place brought_up_ = 0;
    std::vector<Misspoken> unheard_;  ///< by rule: the breach of conversations that there was no memory for
    std::vector<Misspoken> kinds_;    ///< one of each
    Tell tell_;
    bool in_grace_ = false;
    bool alone_ = false;  ///< the datagram at hand is wrong, and says nothing of its conversation
    Misspoken datagram_;  ///< what was wrong with it
};

}  // namespace sw

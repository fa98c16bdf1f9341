#pragma once
/// The conversations that live. Fixed capacity, chained buckets under a keyed hash (SipHash): whether the table is full
/// depends on how many flows there are, never on the key.
#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "rules/base/siphash.hpp"
#include "sensor/flow/flow.hpp"
#include "sensor/flow/mapped_array.hpp"

namespace sw {

class FlowTable {
public:
    using HashKey = std::array<std::uint8_t, 16>;

    /// memory: 132 octets a flow of capacity, touched only as flows come
    FlowTable(std::uint32_t capacity, const HashKey& key);
    /// Both directions hash alike: the smaller end goes first. Inline for IPv4, words in registers.
    std::uint32_t hash(const FlowKey& key) const {
        const FlowEnds a = key.ends, b = a.swapped();
        if (key.high[0] != nullptr) return hash_v6(key);
        const bool first = a.addresses != b.addresses ? a.addresses < b.addresses : a.ports <= b.ports;
        return static_cast<std::uint32_t>(key_.hash<1, 3>(std::array{first ? a.addresses : b.addresses, first ? a.ports : b.ports}));
    }
    /// Two steps of a look-up that will come: the bucket, then the flow it names.
    void prefetch_bucket(std::uint32_t hash) const { __builtin_prefetch(&buckets_[hash & mask_]); }
    void prefetch_flow(std::uint32_t hash) const {
        const std::uint32_t first = buckets_[hash & mask_];
        if (first != Flow::none) __builtin_prefetch(&flows_[first]);
    }

    /// A guess where an IPv4 conversation is that was asked for lately, so that most packets need no keyed hash. Whoever
    /// chooses tuples to spoil it makes look-ups as slow as without it, no slower.
    struct Guess {
        std::uint32_t place = 0, tag = 0, slot = Flow::none;  ///< slot none: no guess
    };
    Guess guess(const FlowEnds& ends) const {
        // Both directions alike. Odd constants of full length spread the exclusive ors over all bits.
        const std::uint64_t a = (ends.addresses ^ ends.addresses >> 32) & 0xffffffff, p = (ends.ports ^ ends.ports >> 16) & 0xffff;
        const std::uint64_t mixed = (a << 16 ^ p << 48 ^ p) * 0x9e3779b97f4a7c15u;
        Guess g{static_cast<std::uint32_t>(mixed >> (64 - recent_bits)), static_cast<std::uint32_t>(mixed >> 8), Flow::none};
        const Recent& r = recent_[g.place];
        if (r.tag == g.tag) g.slot = r.slot;
        return g;
    }
    /// Both cache lines of TCP; of UDP only the first is looked at.
    void prefetch_slot(std::uint32_t slot, bool tcp) const {
        __builtin_prefetch(&flows_[slot]);
        __builtin_prefetch(reinterpret_cast<const std::uint8_t*>(&flows_[slot]) + (tcp ? 64 : 0));
    }

    struct Found {
        Flow* flow = nullptr;
        int from = 0;  ///< the packet comes from the initiator (0) or the responder (1)
    };
    /// Whoever lives there, if anybody does.
    const Flow& in_slot(std::uint32_t slot) const { return flows_[slot]; }
    /// Flows past their deadline are not found.
    Found find(const FlowKey& key, std::uint32_t hash, Timestamp now);
    /// The same for an IPv4 conversation, at the guessed place only.
    Found at(std::uint32_t slot, const FlowEnds& ends, Timestamp now) {
        Flow& f = flows_[slot];  // in slot none nobody lives
        const FlowEnds swapped = ends.swapped();
        // Who speaks is chance: what differs is asked by numbers, not by branches.
        const std::uint64_t forward = (f.ends.addresses ^ ends.addresses) | (f.ends.ports ^ ends.ports);
        const std::uint64_t backward = (f.ends.addresses ^ swapped.addresses) | (f.ends.ports ^ swapped.ports);
        if (std::min(forward, backward) != 0 || f.state == FlowState::free || f.deadline < now) return {};
        return {&f, forward != 0};
    }
    Found at(const Guess& g, const FlowEnds& ends, Timestamp now) { return at(g.slot, ends, now); }
    /// The next guess for it will be this.
    void remember(const Guess& g, const Flow& flow) { recent_[g.place] = {g.tag, slot_of(flow)}; }

    /// A new flow with key's sender as the initiator; nullptr when the table is full. An expired flow of the same key is replaced.
    Flow* create(const FlowKey& key, std::uint32_t hash, Timestamp now, Duration life);

    /// The entry that create() would replace, past its deadline or not.
    Flow* entry_of(const FlowKey& key, std::uint32_t hash);
    /// 1 .. capacity(), the same as long as the flow lives; the next flow may get it then.
    std::uint32_t slot_of(const Flow& flow) const { return static_cast<std::uint32_t>(&flow - &flows_[0]); }
    template <class F>
    void for_each(F f) {
        for (std::uint32_t i = 1; i < touched_; ++i)
            if (flows_[i].state != FlowState::free) f(flows_[i]);
    }

    /// Give back flows whose deadline has passed; on_end sees each once. cost: amortised one visit a flow in 256 s
    template <class F>
    void expire(Timestamp now, F on_end);
    void clear();  ///< cost: a cache line a flow that ever was

    std::uint32_t size() const { return size_; }
    std::uint32_t capacity() const { return capacity_; }

private:
    static constexpr std::uint32_t slots = 256;  ///< of one second each
    static std::int64_t second_of(Timestamp t) { return t.ns / 1'000'000'000; }

    /// 0 or 1: the key's sender is the initiator or the responder of flow; -1: another conversation.
    int side_of(const Flow& flow, const FlowKey& key, const FlowEnds& swapped) const {
        const bool v4 = key.high[0] == nullptr;
        if (flow.ends == key.ends && (v4 || same_high(flow, key, 0))) return 0;
        return flow.ends == swapped && (v4 || same_high(flow, key, 1)) ? 1 : -1;  // both, where addresses end alike
    }
    static bool same_high(const Flow& flow, const FlowKey& key, int from);
    std::uint32_t hash_v6(const FlowKey& key) const;
    void prefetch_free() const;
    void unlink(std::uint32_t index);
    void schedule(std::uint32_t index, Timestamp now);

    static constexpr int recent_bits = 14;
    struct Recent {
        std::uint32_t tag, slot;
    };

    MappedArray<Flow> flows_;
    MappedArray<Recent> recent_{std::size_t{1} << recent_bits};
    MappedArray<std::uint32_t> buckets_;
    std::vector<std::uint32_t> free_;
    std::array<std::uint32_t, slots> wheel_{};
    std::uint32_t mask_, capacity_, size_ = 0;
    std::uint32_t touched_ = 1;  ///< the first entry that was never used
    std::int64_t swept_ = 0;     ///< the second up to which the wheel was swept
    bool started_ = false;
    SipKey key_;
};

template <class F>
void FlowTable::expire(Timestamp now, F on_end) {
    const std::int64_t second = second_of(now);
    if (!started_) {
        started_ = true;
        swept_ = second;
    }
    const std::int64_t until = std::min(second, swept_ + slots);  // one turn visits every slot
    for (std::int64_t s = swept_; s < until; ++s) {
        std::uint32_t index = std::exchange(wheel_[static_cast<std::uint64_t>(s) % slots], Flow::none);
        while (index != Flow::none) {
            Flow& flow = flows_[index];
            const std::uint32_t next = flow.due;
            if (flow.deadline < now) {
                on_end(flow);
                unlink(index);
                flow.state = FlowState::free;
                free_.push_back(index);
                --size_;
            } else {
                schedule(index, now);
            }
            index = next;
        }
    }
    swept_ = std::max(swept_, second);
}

}  // namespace sw

#pragma once
/// Payload that TCP sent lately, kept to tell an honest retransmission from one that says something else (the oldest
/// way to show a monitor one thing and the host another). A fixed pool; what the receiver has acknowledged is let go
/// first, but for the last block of each side.
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "sensor/flow/flow.hpp"
#include "sensor/flow/mapped_array.hpp"

namespace sw {

class SentOctets {
public:
    /// memory: 2 KiB a block, touched only as it is needed
    explicit SentOctets(std::uint32_t blocks = 16384);

    enum class Check : std::uint8_t { same, different, unknown };

    /// Compare [seq, seq + size) with what this side sent before. unknown: part of it is not kept any more.
    Check compare(const Flow& flow, int side, std::uint32_t seq, const std::uint8_t* data, std::uint32_t size) const;

    /// Keep new octets. Overlap with kept ones is allowed (they were compared). Keeps at most max_blocks a side.
    /// false: no room, and part of it is not kept
    bool keep(Flow& flow, int side, std::uint32_t seq, const std::uint8_t* data, std::uint32_t size);

    /// keep(), where the octets mostly go on where the last ones ended, and there is room behind them.
    void append(Flow& flow, int side, std::uint32_t seq, const std::uint8_t* data, std::uint32_t size) {
        if (!extend(flow, side, seq, data, size)) keep(flow, side, seq, data, size);
    }

    /// The same for a side that is being read in order, up to `unread` so far: what is not read yet is never let go, and is
    /// kept out of order too. One side is kept by keep() or by hold(). false: no room, and part of it is not kept
    /// cost: that of keep() for what comes in order; else a walk over the side's blocks
    bool hold(Flow& flow, int side, std::uint32_t seq, const std::uint8_t* data, std::uint32_t size, std::uint32_t unread) {
        if (extend(flow, side, seq, data, size)) return true;
        return goes_on(flow, side, seq, size) ? keep(flow, side, seq, data, size) : hold_apart(flow, side, seq, data, size, unread);
    }
    /// What is held from seq on, as far as it lies together; empty: nothing. lifetime: until the next call that changes anything
    std::span<const std::uint8_t> held(const Flow& flow, int side, std::uint32_t seq) const;
    /// Where the next octets begin that are held behind seq, or `end`, if that comes first.
    std::uint32_t next_held(const Flow& flow, int side, std::uint32_t seq, std::uint32_t end) const;

    /// The peer acknowledged everything before ack.
    void acknowledged(Flow& flow, int side, std::uint32_t ack, bool counts = true) {
        if ((flow.sent[side][0] != flow.sent[side][1]) & counts) let_go(flow, side, ack);
    }

    /// Where each side's next octets will go.
    void prefetch_last(const Flow& flow) const {
        for (const auto& side : flow.sent) __builtin_prefetch(&blocks_[side[1]], 1);
    }

    /// The connection is over.
    void release(Flow& flow);
    void clear();

    static constexpr std::uint32_t block_octets = 2016;
    static constexpr std::uint32_t max_blocks = 64;
    static constexpr std::uint32_t max_held_blocks = 512;  ///< of a side that is being read: 1 MiB behind a hole

private:
    struct Block {
        std::uint32_t next;
        std::uint32_t seq;
        std::uint32_t size;
        std::uint32_t count;  ///< blocks in the chain, kept in its first
        std::uint8_t data[block_octets];
    };
    /// The last block takes them, if they are its next and it has room.
    bool extend(const Flow& flow, int side, std::uint32_t seq, const std::uint8_t* data, std::uint32_t size) {
        Block& b = blocks_[flow.sent[side][1]];  // block none is empty, and nothing fits behind it
        if ((b.seq + b.size != seq) | (size > block_octets - b.size) | (flow.sent[side][1] == Flow::none)) return false;
        std::memcpy(b.data + b.size, data, size);
        b.size += size;
        return true;
    }
    /// They lie behind all others, without a hole, and no block has to go for them.
    bool goes_on(const Flow& flow, int side, std::uint32_t seq, std::uint32_t size) const {
        const Block &first = blocks_[flow.sent[side][0]], &last = blocks_[flow.sent[side][1]];
        return last.seq + last.size == seq && first.count + size / block_octets + 1 < max_blocks;
    }
    bool hold_apart(Flow& flow, int side, std::uint32_t seq, const std::uint8_t* data, std::uint32_t size, std::uint32_t unread);
    std::uint32_t take();
    void let_go(Flow& flow, int side, std::uint32_t ack);
    std::uint32_t before(const Flow& flow, int side, std::uint32_t seq) const;
    bool make_room(Flow& flow, int side, std::uint32_t unread);
    std::uint32_t block_for(Flow& flow, int side, std::uint32_t seq, std::uint32_t unread);
    std::uint32_t known_until(const Flow& flow, int side, std::uint32_t seq, std::uint32_t size) const;
    void drop_first(Flow& flow, int side);

    MappedArray<Block> blocks_;
    std::vector<std::uint32_t> free_;
    std::uint32_t touched_ = 1, capacity_;
};

}  // namespace sw

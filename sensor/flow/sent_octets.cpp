#include "sensor/flow/sent_octets.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace sw {
namespace {

/// Serial number arithmetic (RFC 1982): how far a lies behind b.
std::int32_t distance(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b); }

}  // namespace

SentOctets::SentOctets(std::uint32_t blocks) : blocks_(std::size_t{blocks} + 1), capacity_(blocks) {}

std::uint32_t SentOctets::take() {
    if (!free_.empty()) {
        const std::uint32_t block = free_.back();
        free_.pop_back();
        return block;
    }
    return touched_ <= capacity_ ? touched_++ : Flow::none;
}

/// How many of the octets [seq, seq + size) are kept without a hole. Blocks may overlap and lie in any order.
std::uint32_t SentOctets::known_until(const Flow& flow, int side, std::uint32_t seq, std::uint32_t size) const {
    std::uint32_t known = 0, before;
    do {
        before = known;
        for (std::uint32_t i = flow.sent[side][0]; i != Flow::none; i = blocks_[i].next) {
            const Block& b = blocks_[i];
            const std::int32_t begin = distance(b.seq, seq + known), end = distance(b.seq + b.size, seq + known);
            if (begin <= 0 && end > 0) known += static_cast<std::uint32_t>(end);
        }
    } while (known != before && known < size);
    return known;
}

SentOctets::Check SentOctets::compare(const Flow& flow, int side, std::uint32_t seq, const std::uint8_t* data, std::uint32_t size) const {
    for (std::uint32_t i = flow.sent[side][0]; i != Flow::none; i = blocks_[i].next) {
        const Block& b = blocks_[i];
        const std::int32_t from = std::max(distance(b.seq, seq), 0);
        const std::int32_t to = std::min(distance(b.seq + b.size, seq), static_cast<std::int32_t>(size));
        if (from >= to) continue;
        const std::uint32_t n = static_cast<std::uint32_t>(to - from);
        if (std::memcmp(data + from, b.data + (seq + static_cast<std::uint32_t>(from) - b.seq), n) != 0) return Check::different;
    }
    return known_until(flow, side, seq, size) >= size ? Check::same : Check::unknown;
}

void SentOctets::drop_first(Flow& flow, int side) {
    std::uint32_t& first = flow.sent[side][0];
    const std::uint32_t gone = first;
    first = blocks_[gone].next;
    if (first == Flow::none)
        flow.sent[side][1] = Flow::none;
    else
        blocks_[first].count = blocks_[gone].count - 1;
    free_.push_back(gone);
}

bool SentOctets::keep(Flow& flow, int side, std::uint32_t seq, const std::uint8_t* data, std::uint32_t size) {
    while (size > 0) {
        const std::uint32_t last = flow.sent[side][1];
        const bool fits = last != Flow::none && blocks_[last].seq + blocks_[last].size == seq && blocks_[last].size < block_octets;
        std::uint32_t into = last;
        if (!fits) {
            if (last != Flow::none && blocks_[flow.sent[side][0]].count >= max_blocks) drop_first(flow, side);
            into = take();
            if (into == Flow::none) return false;  // the pool is used up: what comes again will be "unknown"
            Block& fresh = blocks_[into];
            fresh.next = Flow::none;
            fresh.seq = seq;
            fresh.size = 0;
            fresh.count = 1;
            std::uint32_t& tail = flow.sent[side][1];
            if (tail == Flow::none) {
                flow.sent[side][0] = into;
            } else {
                blocks_[tail].next = into;
                ++blocks_[flow.sent[side][0]].count;
            }
            tail = into;
        }
        Block& b = blocks_[into];
        const std::uint32_t n = std::min(size, block_octets - b.size);
        std::memcpy(b.data + b.size, data, n);
        b.size += n;
        seq += n;
        data += n;
        size -= n;
    }
    return true;
}

/// For one more block of a side that is being read.
bool SentOctets::make_room(Flow& flow, int side, std::uint32_t unread) {
    const std::uint32_t first = flow.sent[side][0];
    if (first == Flow::none || blocks_[first].count < max_blocks) return true;
    if (first != flow.sent[side][1] && distance(blocks_[first].seq + blocks_[first].size, unread) <= 0) drop_first(flow, side);
    return blocks_[flow.sent[side][0]].count < max_held_blocks;
}

/// The last block that begins at or before seq.
std::uint32_t SentOctets::before(const Flow& flow, int side, std::uint32_t seq) const {
    const std::uint32_t last = flow.sent[side][1];
    if (last == Flow::none || distance(blocks_[last].seq, seq) <= 0) return last;
    std::uint32_t found = Flow::none;
    for (std::uint32_t i = flow.sent[side][0]; distance(blocks_[i].seq, seq) <= 0; i = blocks_[i].next) found = i;
    return found;
}

/// The block that takes the octet at seq next, in its place among the others; none: no room.
std::uint32_t SentOctets::block_for(Flow& flow, int side, std::uint32_t seq, std::uint32_t unread) {
    std::uint32_t behind = before(flow, side, seq);
    if (behind != Flow::none && blocks_[behind].seq + blocks_[behind].size == seq && blocks_[behind].size < block_octets) return behind;
    if (!make_room(flow, side, unread)) return Flow::none;
    const std::uint32_t fresh = take();
    if (fresh == Flow::none) return Flow::none;
    behind = before(flow, side, seq);
    auto& [first, last] = flow.sent[side];
    const std::uint32_t count = first == Flow::none ? 1 : blocks_[first].count + 1;
    const std::uint32_t next = behind == Flow::none ? first : blocks_[behind].next;
    blocks_[fresh].next = next;
    blocks_[fresh].seq = seq;
    blocks_[fresh].size = 0;
    (behind == Flow::none ? first : blocks_[behind].next) = fresh;
    if (next == Flow::none) last = fresh;
    blocks_[first].count = count;
    return fresh;
}

bool SentOctets::hold_apart(Flow& flow, int side, std::uint32_t seq, const std::uint8_t* data, std::uint32_t size, std::uint32_t unread) {
    const std::uint32_t last = flow.sent[side][1];
    const bool behind_all = last == Flow::none || distance(seq, blocks_[last].seq + blocks_[last].size) >= 0;
    while (size > 0) {
        if (!behind_all) {
            const std::uint32_t known = std::min(known_until(flow, side, seq, size), size);
            seq += known;
            data += known;
            size -= known;
            if (size == 0) return true;
        }
        const std::uint32_t into = block_for(flow, side, seq, unread);
        if (into == Flow::none) return false;
        Block& b = blocks_[into];
        const std::uint32_t n = std::min(size, block_octets - b.size);
        std::memcpy(b.data + b.size, data, n);
        b.size += n;
        seq += n;
        data += n;
        size -= n;
    }
    return true;
}

std::span<const std::uint8_t> SentOctets::held(const Flow& flow, int side, std::uint32_t seq) const {
    for (std::uint32_t i = flow.sent[side][0]; i != Flow::none; i = blocks_[i].next) {
        const Block& b = blocks_[i];
        const std::int32_t from = distance(seq, b.seq);
        if (from < 0) break;
        if (static_cast<std::uint32_t>(from) < b.size) return {b.data + from, b.size - static_cast<std::uint32_t>(from)};
    }
    return {};
}

std::uint32_t SentOctets::next_held(const Flow& flow, int side, std::uint32_t seq, std::uint32_t end) const {
    for (std::uint32_t i = flow.sent[side][0]; i != Flow::none; i = blocks_[i].next)
        if (distance(blocks_[i].seq, seq) > 0) return distance(blocks_[i].seq, end) < 0 ? blocks_[i].seq : end;
    return end;
}

void SentOctets::let_go(Flow& flow, int side, std::uint32_t ack) {
    std::uint32_t first = flow.sent[side][0];
    while (first != flow.sent[side][1] && distance(blocks_[first].seq + blocks_[first].size, ack) <= 0) {
        drop_first(flow, side);
        first = flow.sent[side][0];
    }
}

void SentOctets::release(Flow& flow) {
    for (int side = 0; side < 2; ++side)
        while (flow.sent[side][0] != Flow::none) drop_first(flow, side);
}

void SentOctets::clear() {
    free_.clear();
    touched_ = 1;
}

}  // namespace sw

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

void SentOctets::keep(Flow& flow, int side, std::uint32_t seq, const std::uint8_t* data, std::uint32_t size) {
    while (size > 0) {
        const std::uint32_t last = flow.sent[side][1];
        const bool fits = last != Flow::none && blocks_[last].seq + blocks_[last].size == seq && blocks_[last].size < block_octets;
        std::uint32_t into = last;
        if (!fits) {
            if (last != Flow::none && blocks_[flow.sent[side][0]].count >= max_blocks) drop_first(flow, side);
            into = take();
            if (into == Flow::none) return;  // the pool is used up: what comes again will be "unknown"
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

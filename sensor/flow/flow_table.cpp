#include "sensor/flow/flow_table.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace sw {

/// The flow table keeps addresses as the low 32 bits and, of IPv6, the 96 above them.
Address address_of(const Flow& flow, int end) {
    const auto low = static_cast<std::uint32_t>(flow.ends.addresses >> (end == 0 ? 0 : 32));
    Address a{flow.ends.family(), {}};
    const std::size_t at = a.family == 6 ? 12 : 0;
    if (a.family == 6) std::copy_n(flow.high[end], 12, a.octets.begin());
    for (std::size_t i = 0; i < 4; ++i) a.octets[at + i] = static_cast<std::uint8_t>(low >> (24 - 8 * i));
    return a;
}

FlowKey FlowKey::of(const Packet& p) {
    const std::uint16_t sport = p.is_echo_reply() ? std::uint16_t{0} : p.sport, dport = p.is_echo_request() ? std::uint16_t{0} : p.dport;
    if (p.network != Network::ipv6)
        return {FlowEnds::of(load_be32(p.ip_src), load_be32(p.ip_dst), sport, dport, p.ip_proto, 4), {nullptr, nullptr}};
    return {FlowEnds::of(load_be32(p.ip_src + 12), load_be32(p.ip_dst + 12), sport, dport, p.ip_proto, 6), {p.ip_src, p.ip_dst}};
}

FlowKey FlowKey::of(const FiveTuple& t) {
    const bool echo = t.proto == 1 || t.proto == 58;  // only requests are quoted with an identifier
    const std::uint16_t dport = echo ? std::uint16_t{0} : t.dport;
    const std::uint8_t *src = t.src.octets.data(), *dst = t.dst.octets.data();
    if (t.src.family != 6) return {FlowEnds::of(load_be32(src), load_be32(dst), t.sport, dport, t.proto, 4), {nullptr, nullptr}};
    return {FlowEnds::of(load_be32(src + 12), load_be32(dst + 12), t.sport, dport, t.proto, 6), {src, dst}};
}

FlowTable::FlowTable(std::uint32_t capacity, const HashKey& key)
    : flows_(std::size_t{std::max(capacity, 1u)} + 1),
      buckets_(std::bit_ceil(std::max(capacity, 1u))),
      mask_(std::bit_ceil(std::max(capacity, 1u)) - 1),
      capacity_(std::max(capacity, 1u)),
      key_(key) {}

std::uint32_t FlowTable::hash_v6(const FlowKey& k) const {
    const FlowEnds swapped = k.ends.swapped();
    bool first = k.ends.addresses != swapped.addresses ? k.ends.addresses < swapped.addresses : k.ends.ports <= swapped.ports;
    if (k.ends == swapped) first = std::memcmp(k.high[0], k.high[1], 12) <= 0;
    const FlowEnds& e = first ? k.ends : swapped;
    std::array<std::uint64_t, 5> words{e.addresses, e.ports};
    std::memcpy(&words[2], k.high[first ? 0 : 1], 12);
    std::memcpy(reinterpret_cast<std::uint8_t*>(&words[2]) + 12, k.high[first ? 1 : 0], 12);
    return static_cast<std::uint32_t>(key_.hash<1, 3>(words));
}

bool FlowTable::same_high(const Flow& f, const FlowKey& k, int from) {
    return std::memcmp(f.high[from], k.high[0], 12) == 0 && std::memcmp(f.high[from ^ 1], k.high[1], 12) == 0;
}

FlowTable::Found FlowTable::find(const FlowKey& key, std::uint32_t hash, Timestamp now) {
    const FlowEnds swapped = key.ends.swapped();
    for (std::uint32_t i = buckets_[hash & mask_]; i != Flow::none; i = flows_[i].next) {
        Flow& f = flows_[i];
        const int from = side_of(f, key, swapped);
        if (from >= 0) return f.deadline < now ? Found{} : Found{&f, from};
    }
    return {};
}

Flow* FlowTable::entry_of(const FlowKey& key, std::uint32_t hash) {
    const FlowEnds swapped = key.ends.swapped();
    std::uint32_t i = buckets_[hash & mask_];
    while (i != Flow::none && side_of(flows_[i], key, swapped) < 0) i = flows_[i].next;
    return i == Flow::none ? nullptr : &flows_[i];
}

Flow* FlowTable::create(const FlowKey& key, std::uint32_t hash, Timestamp now, Duration life) {
    const std::uint32_t bucket = hash & mask_;
    std::uint32_t index = buckets_[bucket];
    const FlowEnds swapped = key.ends.swapped();
    while (index != Flow::none && side_of(flows_[index], key, swapped) < 0) index = flows_[index].next;
    const bool reuse = index != Flow::none;
    if (!reuse) {
        if (size_ == capacity_) return nullptr;
        if (free_.empty()) {
            index = touched_++;
        } else {
            index = free_.back();
            free_.pop_back();
        }
        ++size_;
    }
    prefetch_free();
    Flow& f = flows_[index];
    const Flow before = reuse ? f : Flow{};
    f = Flow{};
    f.ends = key.ends;
    for (int i = 0; i < 2 && key.high[0] != nullptr; ++i) std::memcpy(f.high[i], key.high[i], 12);
    f.bucket = bucket;
    f.deadline = now + life;
    if (reuse) {
        std::memcpy(f.sent, before.sent, sizeof f.sent);  // expired unswept, it may still hold octets: whoever opens it releases them
        f.next = before.next;
        f.due = before.due;
    } else {
        f.next = std::exchange(buckets_[bucket], index);
        schedule(index, now);
    }
    return &f;
}

/// The entry that the next new flow will take: memory that nobody touched lately.
void FlowTable::prefetch_free() const {
    const std::uint32_t index = free_.empty() ? touched_ : free_.back();
    if (index > capacity_) return;
    const auto* entry = reinterpret_cast<const std::uint8_t*>(&flows_[index]);
    __builtin_prefetch(entry, 1);
    __builtin_prefetch(entry + 64, 1);
}

void FlowTable::unlink(std::uint32_t index) {
    std::uint32_t* link = &buckets_[flows_[index].bucket];
    while (*link != index) link = &flows_[*link].next;
    *link = flows_[index].next;
}

void FlowTable::schedule(std::uint32_t index, Timestamp now) {
    // A slot is swept once its second is over. Long lives are looked at once a turn and put back.
    const std::int64_t second = second_of(now);
    const std::int64_t when = std::clamp(second_of(flows_[index].deadline), second, second + slots - 1);
    std::uint32_t& slot = wheel_[static_cast<std::uint64_t>(when) % slots];
    flows_[index].due = std::exchange(slot, index);
}

void FlowTable::clear() {
    started_ = false;
    if (touched_ == 1) return;
    for (std::uint32_t i = 1; i < touched_; ++i) flows_[i].state = FlowState::free;  // a guess made before may still be looked at
    std::fill(buckets_.begin(), buckets_.end(), Flow::none);
    std::fill(recent_.begin(), recent_.end(), Recent{});
    wheel_.fill(Flow::none);
    free_.clear();
    size_ = 0;
    touched_ = 1;
}

}  // namespace sw

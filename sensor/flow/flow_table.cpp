#include "sensor/flow/flow_table.hpp"

#include <sodium.h>
#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#include <utility>

namespace sw {

FlowKey FlowKey::of(const Packet& p) {
    FlowKey k;
    k.proto = p.ip_proto;
    k.port[0] = p.sport;
    k.port[1] = p.dport;
    if (p.is_echo_request()) k.port[1] = 0;
    if (p.is_echo_reply()) k.port[0] = 0;
    const std::uint8_t* ends[2] = {p.ip_src, p.ip_dst};
    const bool v6 = p.network == Network::ipv6;
    k.family = v6 ? 6 : 4;
    for (int i = 0; i < 2; ++i) {
        k.low[i] = load_be32(ends[i] + (v6 ? 12 : 0));
        k.high[i] = v6 ? ends[i] : nullptr;
    }
    return k;
}

FlowKey FlowKey::of(const FiveTuple& t) {
    FlowKey k;
    k.proto = t.proto;
    k.family = t.src.family;
    k.port[0] = t.sport;
    k.port[1] = t.proto == 1 || t.proto == 58 ? std::uint16_t{0} : t.dport;  // only echo requests are quoted with an identifier
    const Address* ends[2] = {&t.src, &t.dst};
    for (int i = 0; i < 2; ++i) {
        k.low[i] = load_be32(ends[i]->octets.data() + (k.family == 6 ? 12 : 0));
        k.high[i] = k.family == 6 ? ends[i]->octets.data() : nullptr;
    }
    return k;
}

FlowTable::FlowTable(std::uint32_t capacity, const HashKey& key) : capacity_(std::max(capacity, 1u)), key_(key) {
    void* memory = ::mmap(nullptr, capacity_ * sizeof(Flow), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    flows_ = static_cast<Flow*>(memory);
    const std::uint32_t size = std::bit_ceil(capacity_);
    mask_ = size - 1;
    buckets_.assign(size, Flow::none);
    wheel_.fill(Flow::none);
}

FlowTable::~FlowTable() { ::munmap(flows_, capacity_ * sizeof(Flow)); }

std::uint32_t FlowTable::hash(const FlowKey& k) const {
    // Both directions hash alike: the smaller end goes first.
    auto less = [&](int a, int b) {
        if (k.low[a] != k.low[b]) return k.low[a] < k.low[b];
        if (k.port[a] != k.port[b]) return k.port[a] < k.port[b];
        return k.family == 6 && std::memcmp(k.high[a], k.high[b], 12) < 0;
    };
    const int first = less(1, 0) ? 1 : 0;
    std::uint8_t message[40];
    std::size_t size = 0;
    for (int i = 0; i < 2; ++i) {
        const int e = i ^ first;
        const std::uint64_t word = std::uint64_t{k.low[e]} << 32 | std::uint64_t{k.port[e]} << 16 | k.proto;
        std::memcpy(message + size, &word, sizeof word);
        size += sizeof word;
    }
    for (int i = 0; i < 2 && k.family == 6; ++i) {
        std::memcpy(message + size, k.high[i ^ first], 12);
        size += 12;
    }
    std::uint64_t out;
    static_assert(sizeof out == crypto_shorthash_BYTES && sizeof(HashKey) == crypto_shorthash_KEYBYTES);
    crypto_shorthash(reinterpret_cast<std::uint8_t*>(&out), message, size, key_.data());
    return static_cast<std::uint32_t>(out);
}

bool FlowTable::same(const Flow& f, const FlowKey& k, int from) const {
    const int to = from ^ 1;
    if (f.low[from] != k.low[0] || f.low[to] != k.low[1] || f.port[from] != k.port[0] || f.port[to] != k.port[1]) return false;
    if (f.proto != k.proto || f.family != k.family) return false;
    return f.family == 4 || (std::memcmp(f.high[from], k.high[0], 12) == 0 && std::memcmp(f.high[to], k.high[1], 12) == 0);
}

FlowTable::Found FlowTable::find(const FlowKey& key, std::uint32_t hash, Timestamp now) {
    for (std::uint32_t i = buckets_[hash & mask_]; i != Flow::none; i = flows_[i].next) {
        Flow& f = flows_[i];
        for (int from = 0; from < 2; ++from)
            if (same(f, key, from)) return f.deadline < now ? Found{} : Found{&f, from};
    }
    return {};
}

Flow* FlowTable::create(const FlowKey& key, std::uint32_t hash, Timestamp now, Duration life) {
    const std::uint32_t bucket = hash & mask_;
    std::uint32_t index = buckets_[bucket];
    while (index != Flow::none && !same(flows_[index], key, 0) && !same(flows_[index], key, 1)) index = flows_[index].next;
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
    Flow& f = flows_[index];
    const Flow before = f;
    f = Flow{};
    for (int i = 0; i < 2; ++i) {
        f.low[i] = key.low[i];
        f.port[i] = key.port[i];
        if (key.family == 6) std::memcpy(f.high[i], key.high[i], 12);
    }
    f.proto = key.proto;
    f.family = key.family;
    f.bucket = bucket;
    f.deadline = now + life;
    if (reuse) {
        f.next = before.next;
        f.due = before.due;
    } else {
        f.next = std::exchange(buckets_[bucket], index);
        schedule(index, now);
    }
    return &f;
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
    std::fill(buckets_.begin(), buckets_.end(), Flow::none);
    wheel_.fill(Flow::none);
    free_.clear();
    size_ = touched_ = 0;
    started_ = false;
}

}  // namespace sw

#pragma once
/// Keys of flows without frames: what a packet would be found by.
#include "sensor/flow/flow_table.hpp"

namespace sw::test {

using namespace std::chrono_literals;

inline constexpr FlowTable::HashKey some_key{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

/// 10.x.y.z to 192.0.2.25, port 25; a different client a number.
inline FlowKey client(std::uint32_t number, std::uint16_t sport = 40000, std::uint8_t proto = 6) {
    return {FlowEnds::of(0x0a000000u + number, 0xc0000219u, sport, 25, proto, 4), {nullptr, nullptr}};
}

/// A table and its clock.
struct Table : FlowTable {
    explicit Table(std::uint32_t capacity, const HashKey& key = some_key) : FlowTable(capacity, key) {}

    Flow* open(const FlowKey& k, Timestamp now, Duration life) { return create(k, hash(k), now, life); }
    Found look_up(const FlowKey& k, Timestamp now) { return find(k, hash(k), now); }
    /// How many ended.
    std::size_t sweep(Timestamp now) {
        std::size_t ended = 0;
        expire(now, [&](Flow&) { ++ended; });
        return ended;
    }
};

inline constexpr Timestamp start{1'795'132'800'000'000'000};

}  // namespace sw::test

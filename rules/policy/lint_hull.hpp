#pragma once
/// The box around the opening packets that a filter accepts: what its words admit in each field by itself. A filter may
/// accept less than its box, never an opening packet outside it, so rules whose boxes part cannot overlap.
/// Private to lint.
#include <cstdint>
#include <optional>
#include <vector>

#include "rules/packet/address.hpp"
#include "rules/policy/filter.hpp"

namespace sw {

struct PortRange {
    std::uint16_t low = 0, high = 65535;
};

/// Bits of Hull::protocols: those whose conversations have an opening.
inline constexpr std::uint8_t opens_tcp = 1, opens_udp = 2, opens_icmp = 4, opens_icmp6 = 8, opens_any = 15;

/// Unset lists: any. protocols 0: accepts no opening packet.
struct Hull {
    std::uint8_t protocols = opens_any;
    std::optional<std::vector<Prefix>> src, dst;
    std::optional<std::vector<PortRange>> sport, dport;

    bool empty() const;
};

Hull hull_of(const FilterNode& node);

/// steps grows by the number of list members compared.
Hull intersect(const Hull& a, const Hull& b, std::uint64_t& steps);

}  // namespace sw

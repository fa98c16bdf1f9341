#pragma once
/// Both tails of a frequency table: what was said most seldom, and what was said most (Ranum 1997: read the one for what is
/// odd, the other for what is broken).
#include <cstdint>
#include <string>
#include <vector>

namespace sw {

struct Counted {
    std::string what;
    std::uint64_t count = 0;
    bool operator==(const Counted&) const = default;
};

struct Tails {
    std::vector<Counted> rare;           ///< rising count, then by what
    std::vector<Counted> common;         ///< falling count, then by what; none that is in rare
    std::uint64_t kinds = 0, lines = 0;  ///< of the whole table
};

/// in:  table  equal whats are added up; counts of 0 do not count
///      most   entries of each tail
Tails tails(std::vector<Counted> table, std::size_t most);

}  // namespace sw

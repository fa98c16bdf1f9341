#pragma once
/// Sets of fragments that hosts put together in different ways, or not at all, against a policy that accepts fragments of DNS.
#include <string>
#include <vector>

#include "tests/support/pieces.hpp"
#include "tests/support/stock.hpp"

namespace sw::craft {

/// DNS between mail host and resolver and pings in fragments, mail without.
extern const std::string fragments_policy;

CraftedFrame big_question();  ///< 1,200 octets from the mail host to the resolver
CraftedFrame big_answer();    ///< 4,000 octets back, to dns_ask()
CraftedFrame big_answer6();   ///< likewise, to dns_ask6()

struct HostilePieces {
    std::string name;
    Reason expected = Reason::fragment_overlap;  ///< of one of the frames, at least
    Frames frames;
    std::size_t honest = 0;  ///< the first so many are not of the set
    bool floods = false;     ///< it leaves no room for others, for a while
};

std::vector<HostilePieces> hostile_pieces();

}  // namespace sw::craft

#pragma once
/// What honest machines put on the wire under the stock policy, odd as it may look: none of it may ring.
#include <string>
#include <vector>

#include "tests/support/stock.hpp"

namespace sw::craft {

struct Legitimate {
    std::string name;
    Frames frames;
};

/// Between these two, of which the first may open TCP connections to the second.
std::vector<Legitimate> tcp_lives(const Endpoint& client, const Endpoint& server);
std::vector<Legitimate> tcp_troubles(const Endpoint& client, const Endpoint& server);
std::vector<Legitimate> tcp_endings(const Endpoint& client, const Endpoint& server);
/// ICMP errors from a router about a live conversation of theirs.
std::vector<Legitimate> icmp_errors(const Endpoint& client, const Endpoint& server, const Endpoint& router);
std::vector<Legitimate> dns_lives(const Endpoint& asks, const Endpoint& answers);
std::vector<Legitimate> housekeeping_lives();

}  // namespace sw::craft

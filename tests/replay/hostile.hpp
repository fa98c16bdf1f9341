#pragma once
/// What an attacker or a broken machine may put on the wire to slip past the stock policy. Each case ends in the frame
/// that must not be allowed.
#include <string>
#include <vector>

#include "tests/support/stock.hpp"

namespace sw::craft {

struct Hostile {
    std::string name;
    Reason expected = Reason::no_rule;  ///< of the last frame, maybe among others
    Frames frames;
    bool prelude_allowed = true;  ///< all frames before the last are allowed
};

inline Hostile one(std::string name, Reason expected, CraftedFrame frame) { return {std::move(name), expected, {std::move(frame)}}; }

std::vector<Hostile> hostile_links();
std::vector<Hostile> hostile_arp();
std::vector<Hostile> hostile_ipv4();
std::vector<Hostile> hostile_fragments();
std::vector<Hostile> hostile_ipv6();
std::vector<Hostile> hostile_tunnels();
std::vector<Hostile> hostile_tcp();
std::vector<Hostile> hostile_udp();
std::vector<Hostile> hostile_icmp();
std::vector<Hostile> hostile_strangers();
std::vector<Hostile> hostile_connections();
std::vector<Hostile> hostile_late();

}  // namespace sw::craft

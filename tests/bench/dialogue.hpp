#pragma once
/// Conversations that a stateful watcher must accept: each call writes the next packet.
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/bench/pcap_file.hpp"

namespace bench {

class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}
    std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(engine_() % n); }
    std::uint32_t between(std::uint32_t least, std::uint32_t most) { return least + below(most - least + 1); }
    std::uint32_t word() { return static_cast<std::uint32_t>(engine_()); }

private:
    std::mt19937_64 engine_;
};

class Dialogue {
public:
    virtual ~Dialogue() = default;
    /// false: that was the last packet
    virtual bool next(PcapFile& out) = 0;
};

/// One side speaks; the other acknowledges at once unless its own turn follows, which does it too.
struct Turn {
    bool by_responder = false;
    std::uint16_t size = 0;
    bool acknowledged = true;
    Payload said = {};  ///< borrowed; none: text of that size
};

/// Handshake, turns, close by the initiator.
std::unique_ptr<Dialogue> tcp_dialogue(Dice& dice, const End& initiator, const End& responder, std::vector<Turn> turns);

/// One question and its answer (RFC 1035 section 4).
std::unique_ptr<Dialogue> dns_dialogue(Dice& dice, const End& client, const End& server);

/// size octets of text as mail has it, starting somewhere. size: at most 1,460
Payload text(std::uint32_t start, std::size_t size);

}  // namespace bench

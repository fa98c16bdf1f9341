#pragma once
/// Greylisted and blacklisted packets grouped by cause: the rows of the queue. Counts are exact, memory is bounded.
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "rules/base/time.hpp"
#include "rules/packet/packet.hpp"
#include "rules/policy/nearest.hpp"
#include "rules/policy/policy.hpp"

namespace sw {

enum class Direction : std::uint8_t { inside, inbound, outbound, outside, unknown };  ///< by home of initiator and responder
std::string_view to_string(Direction d);

/// A cause: what all packets of a finding share. An address or port that varies over a folded finding (a scan, a flood)
/// is empty there, and the flag says so.
struct Cause {
    ReasonSet reasons;
    int forbid = -1;   ///< index of the forbid rule, for BLACK
    int nearest = -1;  ///< index of the nearest rule, -1: none
    std::uint8_t proto = 0;
    Network network = Network::none;
    std::uint16_t ethertype = 0;  ///< of frames that are neither IP nor ARP
    Direction direction = Direction::unknown;
    Address initiator, responder;
    std::uint16_t port = 0;  ///< of the responder; ICMP: type
    bool any_initiator = false, any_responder = false, any_port = false;
    bool rest = false;  ///< what came when there were too many causes to tell apart: only forbid and reasons' severity count

    auto operator<=>(const Cause&) const = delete;
    bool operator==(const Cause&) const = default;
};

struct Finding {
    std::uint32_t id = 0;  ///< from 1, in order of first appearance
    Cause cause;
    Severity severity = Severity::high;
    std::uint64_t count = 0;
    std::uint64_t octets = 0;      ///< on the wire
    Timestamp first, last;         ///< of its packets, smallest and greatest
    std::vector<std::string> why;  ///< failing predicates of the nearest rule, for its first packet
    std::string detail;            ///< about its first packet: "SYN", "ICMP redirect" ..., or ""
    MacAddress first_mac;          ///< source MAC of the first packet, if it had one
    bool has_mac = false;
};

/// One sentence a tired person understands, escaped for display.
std::string sentence(const Finding& f, const Policy& policy);

class Findings {
public:
    explicit Findings(const Policy& policy) : policy_(&policy) {}

    /// Count one packet for its cause.
    /// in:  cause exact, any_* false
    /// out: the finding that counts it: the exact one, or the fold that a scan or flood was grouped into;
    ///      fresh: it is new, the caller fills why and detail
    Finding& count(const Cause& cause, Timestamp ts, std::uint32_t octets, bool& fresh);
    const std::vector<Finding>& all() const { return list_; }
    /// The fold that took what came after f of the same scan or flood; nullptr if f stands alone or is a fold.
    const Finding* fold_of(const Finding& f) const;

    static constexpr std::size_t ports_a_pair = 16;        ///< then the pair's further ports fold into one finding
    static constexpr std::size_t peers_a_port = 16;        ///< then further peers of one port fold
    static constexpr std::size_t exact_a_group = 256;      ///< then everything of the group (reasons, nearest, protocol, direction) folds
    static constexpr std::size_t max_findings = 16384;     ///< then one last finding takes the rest, one the critical rest
    static constexpr std::size_t critical_reserve = 1024;  ///< more, for critical causes only: no flood takes their place

private:
    struct CauseHash {
        std::size_t operator()(const Cause& c) const noexcept;
    };
    std::uint32_t place(const Cause& cause, bool& fresh);
    std::uint32_t create(const Cause& cause, bool& fresh);

    const Policy* policy_;
    std::vector<Finding> list_;
    std::unordered_map<Cause, std::uint32_t, CauseHash> by_cause_;  ///< exact and folded
    std::unordered_map<Cause, std::uint32_t, CauseHash> members_;   ///< folded form -> number of exact findings in it
};

}  // namespace sw

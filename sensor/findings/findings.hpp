#pragma once
/// Greylisted and blacklisted packets grouped by cause: the rows of the queue. Counts are exact, memory is bounded.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rules/base/time.hpp"
#include "rules/packet/packet.hpp"
#include "rules/policy/nearest.hpp"
#include "rules/policy/policy.hpp"
#include "sensor/conform/misspoken.hpp"

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
    std::uint16_t port = 0;    ///< of the responder; ICMP: type
    std::uint16_t breach = 0;  ///< Misspoken::number: what was wrong with what the conversation said; 0: nothing
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
    std::uint64_t octets = 0;         ///< on the wire
    Timestamp first, last;            ///< of its packets, smallest and greatest
    std::vector<std::string> why;     ///< failing predicates of the nearest rule, for its first packet
    std::string detail;               ///< about its first packet: "SYN", "ICMP redirect" ..., or ""
    std::string note;                 ///< what its reasons say of its first packet beyond their sentence: figures, words; or ""
    std::optional<Misspoken> breach;  ///< of its first packet's conversation
    MacAddress first_mac;             ///< source MAC of the first packet, if it had one
    bool has_mac = false;
};

/// One sentence a tired person understands, escaped for display.
std::string sentence(const Finding& f, const Policy& policy);

class Findings {
public:
    /// seed: random, so that no sender can choose causes that collide; order and grouping do not depend on it
    explicit Findings(std::uint64_t seed = 0) : seed_(seed) {}

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
    /// Where in a list a cause stands. Flat: a cause that is not there costs one look at one place, and floods bring
    /// mostly such ones.
    class Index {
    public:
        static constexpr std::uint32_t none = 0xffffffff;
        template <class CauseAt>
        std::uint32_t find(const Cause& cause, std::uint64_t hash, CauseAt cause_at) const {
            for (std::size_t at = hash & mask_; slots_[at].place != none; at = (at + 1) & mask_)
                if (slots_[at].hash == static_cast<std::uint32_t>(hash >> 32) && cause_at(slots_[at].place) == cause)
                    return slots_[at].place;
            return none;
        }
        void insert(std::uint64_t hash, std::uint32_t place);

    private:
        struct Slot {
            std::uint32_t hash = 0;  ///< its upper half
            std::uint32_t place = none;
            std::uint32_t low = 0;  ///< its lower half
        };
        std::vector<Slot> slots_ = std::vector<Slot>(1024);
        std::size_t mask_ = 1023, used_ = 0;
    };
    /// What causes fold into, and how many exact findings are in it.
    struct Fold {
        Cause cause;
        std::uint32_t members = 0;
        std::uint32_t finding = 0;  ///< id, once it is folded
    };
    /// A group that everything of it folds into, remembered by its hash: most packets of a flood end here.
    struct Flood {
        std::uint64_t of_group = 0;
        Cause group;
        std::uint32_t finding = 0;  ///< id; 0: none yet
        bool takes(const Cause& c) const;
    };
    std::uint64_t hash_group(const Cause& c) const;
    std::uint64_t hash(const Cause& c) const { return hash(c, hash_group(c)); }
    std::uint64_t hash(const Cause& c, std::uint64_t group) const;  ///< group: hash_group() of it, or of what it folds into
    std::uint32_t place(const Cause& cause, bool& fresh);
    std::uint32_t create(const Cause& cause, std::uint64_t hash, bool& fresh);
    std::uint32_t folded(const Cause& cause, bool& fresh);
    std::uint32_t rest(const Cause& cause, bool critical, bool& fresh);
    bool may_be_known(std::uint64_t hash) const { return (known_[hash >> 51] >> (hash >> 45 & 63) & 1) != 0; }
    std::uint32_t find(const Cause& cause, std::uint64_t hash) const;           ///< id, or 0
    std::uint32_t fold_at(const Cause& folded_form, std::uint64_t hash) const;  ///< in folds_, or Index::none
    void join(const Cause& folded_form);

    std::uint64_t seed_;
    std::vector<Finding> list_;
    Index by_cause_;  ///< exact and folded, into list_
    /// A bit a hash in by_cause_ (its upper 19 bits): a flood's causes are mostly new, and to see that must not cost a walk through memory.
    std::vector<std::uint64_t> known_ = std::vector<std::uint64_t>(1u << 13);
    std::uint32_t rest_[3] = {};  ///< ids of what takes the rest, the critical rest and the forbidden rest; 0 while nothing does
    std::vector<Fold> folds_;
    Index by_fold_;  ///< into folds_
    std::vector<Flood> floods_ = std::vector<Flood>(64);
};

}  // namespace sw

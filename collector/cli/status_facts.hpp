#pragma once
/// What status says of a store: numbers and times as they are there, before anybody judges them.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "collector/cli/heartbeats.hpp"
#include "collector/cli/status_logs.hpp"
#include "collector/store/queue.hpp"
#include "collector/store/store.hpp"

namespace sw {

struct StatusFacts {
    struct InState {
        std::uint64_t findings = 0;
        Timestamp oldest;  ///< first packet of the oldest; only where there are findings
    };
    std::map<QueueState, InState> queue;          ///< every state
    std::map<Severity, std::uint64_t> undecided;  ///< findings that are open, taken or escalated; every severity
    std::uint64_t samples = 0, sample_octets = 0, sample_budget = 0, samples_dropped = 0;
    std::uint64_t store_octets = 0, wal_octets = 0;  ///< of the files

    struct Coverage {
        std::string journal, file, mode, policy_sha256, error;
        bool unconfined = false;
        Timestamp from, to;
        std::uint64_t frames = 0;
        std::optional<std::uint64_t> kernel_drops, interface_drops, mirror_lost;  ///< nothing: unknown
    };
    std::optional<Coverage> coverage;  ///< the last
    /// Frames known to be missing from the last day that is covered.
    struct Missing {
        std::uint64_t kernel_drops = 0, interface_drops = 0, mirror_lost = 0;
        Timestamp last;  ///< the end of the last stretch that lost any
        bool any() const { return kernel_drops + interface_drops + mirror_lost > 0; }
    };
    Missing missing;

    struct UsedPolicy {
        std::string sha256, path;
        Timestamp first_used;
    };
    std::vector<UsedPolicy> policies;  ///< oldest first; the last coverage's is last
    struct Expiring {
        std::string rule;
        Timestamp until;
    };
    std::vector<Expiring> expiring;       ///< rules of the last policy that end within two weeks or have ended
    std::string policy_problem;           ///< why that policy could not be read, or ""
    std::vector<std::string> incomplete;  ///< captures that were begun and not finished
    std::uint64_t decisions = 0;
    std::string head;  ///< hex; "" without decisions
    struct Writer {
        LastHeartbeat last;
        bool late = false;
    };
    std::vector<Writer> writers;  ///< of the alarm journals; not of the store: status adds them
    LogFacts logs;
    bool chain_ends = true;  ///< numbers without a gap, and the last row follows from the one before it
};

/// cost: one pass over samples (lengths only), small queries besides
Result<StatusFacts> status_facts(Store& store, Timestamp now);

/// What makes the store unhealthy or leaves work to do, a line each; none: all is well.
std::vector<std::string> status_problems(const StatusFacts& facts);

}  // namespace sw

#pragma once
/// What people want learnt of hosts, and what they say of it afterwards. A collector that runs notices within a second.
#include <optional>
#include <string>

#include "collector/logs/log_ingest.hpp"
#include "collector/store/queue.hpp"
#include "collector/store/store.hpp"

namespace sw {

/// The next boot of host is learnt, if it comes before until. What was frozen stays known; the host learns again.
Result<Done> arm_boot(Store& store, std::string_view host, Timestamp until);
/// Everything that host says in this stretch is learnt.
Result<Done> arm_window(Store& store, std::string_view host, Timestamp from, Timestamp until);
/// No more than it has learnt so far.
Result<Done> stop_learning(Store& store, std::string_view host);
/// A boot before until is no finding.
Result<Done> announce_boot(Store& store, std::string_view host, Timestamp until);

struct Learnt {
    std::int64_t finding = 0;
    std::uint64_t lines = 0, templates = 0;
};
/// Learn from what the store has of host, received in between; nothing but templates and values is added.
/// errors: no such line; the store's
Result<Learnt> learn_stored(Store& store, const LogRules& rules, std::string_view host, Timestamp from, Timestamp until);

/// What a person who freezes signs: what the last learning of host has, and its digest (BLAKE2b-128 over all rows, in hex).
struct Learning {
    std::int64_t finding = 0;
    QueueState state = QueueState::open;
    std::uint64_t templates = 0, values = 0;
    std::string digest;
};
/// errors: nothing was learnt of host
Result<Learning> learning_of(Store& store, std::string_view host);

/// The finding of the learning is allowed, on record, with the digest: from then on host learns no more. All or nothing.
/// errors: Queue::decide's; it learnt more in between
Result<std::vector<Review>> freeze(Store& store, std::string_view host, const Decision& by);

}  // namespace sw

#pragma once
/// Frames judged and brought as far as an analyst sees them: findings with their samples, out of a store.
#include <memory>
#include <string>
#include <vector>

#include "collector/review/proposal.hpp"
#include "tests/support/judge.hpp"

namespace sw::test {

/// A store in a temporary folder that is gone with it, filled by replaying frames.
class Reviewed {
public:
    explicit Reviewed(const std::string& policy_text, const craft::Frames& frames = {});
    ~Reviewed();
    Reviewed(const Reviewed&) = delete;
    Reviewed& operator=(const Reviewed&) = delete;

    /// One more capture.
    void replay(const craft::Frames& frames);

    const Policy& policy() const { return *policy_; }
    Store& store() { return *store_; }
    std::vector<QueuedFinding> findings();
    /// Of the only finding.
    QueuedFinding only();
    std::vector<Sample> samples(std::int64_t finding);
    void decide(QueueVerb verb, std::int64_t finding);

    Result<Proposal> propose(const QueuedFinding& finding, const std::string& reason = "agreed", const std::string& until = "2027-02-20");
    /// Fails the test where it is refused.
    Proposal proposal(const QueuedFinding& finding);
    DryRun dry(const Proposal& proposal);

private:
    std::string folder_;
    std::unique_ptr<Policy> policy_;
    std::unique_ptr<Store> store_;
    int captures_ = 0;
};

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// 2026-11-22: the clock of these tests.
inline constexpr Timestamp today{craft::day_start.ns + 2 * 86'400'000'000'000};

}  // namespace sw::test

#pragma once
/// What the heartbeats of one writer mean: silence is an alarm, and so is a daemon that runs and does not do its work.
#include <chrono>
#include <string>
#include <vector>

#include "collector/alarm/moment.hpp"
#include "sensor/journal/alarm_journal.hpp"

namespace sw {

struct LivenessLimits {
    std::chrono::seconds late{5};
    std::chrono::seconds grace{30};  ///< instead of late, until the first heartbeat since the start
    std::chrono::seconds stalled{300};
};

class Liveness {
public:
    /// journal: its folder, escaped; what it is called until a heartbeat says who writes it
    Liveness(std::string journal, LivenessLimits limits, Moment start);

    /// The newest heartbeat; one with the time of the one before is no news. The first may be an old one that a dead writer left: it tells
    /// who writes here, but not that anyone lives.
    void heard(const AlarmHeartbeat& beat, Moment now);

    /// What changed: each condition once when it begins and once when it ends. Without ids.
    std::vector<AlarmRecord> check(Moment now, Timestamp wall);

    /// The conditions that stand, as letters: so that a restart neither repeats nor forgets them.
    std::string standing() const;
    void restore(const std::string& letters);

    bool is_late() const { return late_.stands; }

private:
    struct Condition {
        bool stands = false;
        /// Does it begin (1), end (-1) or stay (0)?
        int turn(bool is_so);
    };
    void check_late(Moment now, Timestamp wall, std::vector<AlarmRecord>& out);
    void check_work(Moment now, Timestamp wall, std::vector<AlarmRecord>& out);

    std::string who_;
    LivenessLimits limits_;
    bool known_ = false;  ///< a heartbeat was read
    bool alive_ = false;  ///< and one came since
    bool moved_ = false;  ///< frames came since the start
    Moment heard_at_, moved_at_;
    AlarmHeartbeat beat_;
    Condition late_, stalled_, trouble_, one_way_;
};

}  // namespace sw

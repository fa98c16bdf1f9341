#pragma once
/// The command line of span-sensor(8).
#include <string>

#include "rules/base/result.hpp"
#include "sensor/capture/live_source.hpp"
#include "sensor/journal/journal_writer.hpp"

namespace sw {

struct SensorOptions {
    LiveOptions live;
    unsigned threads = 1;  ///< that capture
    std::string policy, spool, alarms;
    JournalLimits limits;
    std::string user;                          ///< to become; "": who we are
    Duration grace = std::chrono::minutes{1};  ///< after start and after a new policy
    bool unconfined = false;
    std::string answer;  ///< --help, --version: print it, and that is all
};

/// errors: one line that names the option and what it takes (code input)
Result<SensorOptions> parse_sensor_options(int argc, char** argv);

}  // namespace sw

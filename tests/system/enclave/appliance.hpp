#pragma once
/// The watcher as it is installed: three daemons, each started as its unit says, under its own user, confined, chained by their
/// journals: sensor -> spool -> collector -> alarm journal -> listener.
#include <array>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sensor/journal/alarm_journal.hpp"
#include "sensor/journal/journal_reader.hpp"
#include "tests/system/enclave/process.hpp"

namespace sw::test {

inline const std::string spool_folder = "/var/spool/span-watcher/frames/span0",
                         sensor_alarms = "/var/spool/span-watcher/alarms/span-sensor-span0",
                         collector_alarms = "/var/spool/span-watcher/alarms/span-collector", listener_state = "/var/lib/span-alarm",
                         store_file = "/var/lib/span-watcher/store.db", alarm_file = "/var/log/span-watcher/alarms.log";

enum class Daemon : unsigned char { sensor, collector, alarm };
inline constexpr std::array every_daemon{Daemon::sensor, Daemon::collector, Daemon::alarm};

class Appliance {
public:
    /// Empty folders, the mail enclave's policy, the interface prepared; nothing runs. more: words behind the sensor's command
    explicit Appliance(std::vector<std::string> more = {"--ring", "16"});

    void start(Daemon d);
    void start();
    /// Does not wait until it is ready.
    void begin(Daemon d);
    /// TERM, and it ends well.
    void stop(Daemon d);
    void stop();
    /// kill -9
    void kill(Daemon d);
    Process& at(Daemon d) { return *running_[static_cast<std::size_t>(d)]; }

    /// Lines of the alarm file.
    std::vector<std::string> alarms() const;
    /// One of them that holds all of these words; "" if there is none.
    std::string alarm(const std::vector<std::string>& words, std::size_t from = 0) const;

    /// The first column of what a query of the store gives; "" as long as there is none.
    std::string rows(const std::string& sql) const;
    std::uint64_t number(const std::string& sql) const;
    /// Frames that the sensors judged, as their heartbeats say.
    std::uint64_t judged() const;
    /// Wait until the store holds so many greylisted packets, all that is due was rung, and every alarm of every journal is in the file.
    void settle(std::uint64_t greylisted) const;

private:
    std::vector<std::string> more_;
    std::array<Unit, 3> units_;
    std::array<std::unique_ptr<Process>, 3> running_;
    std::array<int, 3> starts_{};
};

/// Every alarm of a journal, in order.
std::vector<AlarmRecord> journal_of(const std::string& folder);
/// The newest heartbeat of a journal.
AlarmHeartbeat beat_of(const std::string& folder);

}  // namespace sw::test

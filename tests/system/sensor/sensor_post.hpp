#pragma once
/// A sensor at work in its room, and what it left in its two journals.
#include <optional>
#include <string>
#include <vector>

#include "sensor/journal/alarm_journal.hpp"
#include "sensor/journal/journal_reader.hpp"
#include "tests/cli/folder.hpp"
#include "tests/system/sensor/two_rooms.hpp"
#include "tests/system/spooled.hpp"

namespace sw::test {

struct Rung : AlarmReader::Sink {
    std::vector<AlarmRecord> alarms;
    std::vector<AlarmHeartbeat> beats;

    void alarm(const AlarmRecord& r) override { alarms.push_back(r); }
    void heartbeat(const AlarmHeartbeat& b) override { beats.push_back(b); }
    std::size_t count(const std::string& kind) const;
    const AlarmRecord* about(const std::string& kind, const std::string& words) const;
};

class SensorPost {
public:
    SensorPost();

    /// Starts a sensor and waits until it is ready. more: words behind its command
    void start(const std::vector<std::string>& more = {});
    /// Asks it to end; gives its exit code.
    int end(int signal);
    Running& sensor() { return *sensor_; }
    /// Another program in the sensor's room.
    Running beside(std::vector<std::string> words, const std::string& errors) const { return {rooms, std::move(words), folder.at(errors)}; }

    Spooled spooled() const;
    Rung rung() const;
    /// Wait until an alarm of this kind has these words.
    void hear(const std::string& kind, const std::string& words) const;
    /// Wait until a heartbeat tells of this trouble.
    void troubled_by(const std::string& trouble) const;
    /// Wait until so many frames were judged since the start.
    void judged(std::uint64_t frames) const;
    /// The policy, put into its place by renaming.
    void put_policy(const std::string& text) const;

    const TwoRooms rooms;
    const cli::Folder folder;

private:
    std::optional<Running> sensor_;
    std::size_t starts_ = 0;
};

}  // namespace sw::test

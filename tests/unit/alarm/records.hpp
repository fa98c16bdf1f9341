#pragma once
/// Alarms and heartbeats for tests, and a reader that keeps what it reads.
#include <chrono>
#include <string>
#include <vector>

#include "collector/alarm/moment.hpp"
#include "sensor/journal/alarm_journal.hpp"
#include "tests/cli/folder.hpp"
#include "tests/support/catch.hpp"

namespace sw::test {

inline AlarmRecord alarm(std::string sentence, std::int64_t finding = 0, Severity severity = Severity::high) {
    return {{}, {1'700'000'000'000'000'000}, severity, "finding", std::move(sentence), finding, 0};
}

/// The n-th second's.
inline AlarmHeartbeat beat(std::int64_t n, std::uint64_t frames) {
    AlarmHeartbeat b;
    b.at = {1'700'000'000'000'000'000 + n * 1'000'000'000};
    b.who = "span-sensor span0";
    b.frames = frames;
    return b;
}

inline Moment second(int n) { return Moment{} + std::chrono::hours{1} + std::chrono::seconds{n}; }

struct Kept final : AlarmReader::Sink {
    std::vector<AlarmRecord> alarms;
    std::vector<AlarmHeartbeat> beats;
    void alarm(const AlarmRecord& r) override { alarms.push_back(r); }
    void heartbeat(const AlarmHeartbeat& b) override { beats.push_back(b); }
};

inline AlarmReader reader_of(const std::string& folder, AlarmPosition from = {}) {
    auto reader = AlarmReader::open(folder, from);
    if (!reader) FAIL(reader.error().text);
    return std::move(*reader);
}

inline std::unique_ptr<AlarmWriter> writer_of(const std::string& folder) {
    auto writer = AlarmWriter::open(folder);
    if (!writer) FAIL(writer.error().text);
    return std::move(*writer);
}

inline Kept all_of(const std::string& folder) {
    Kept kept;
    AlarmReader reader = reader_of(folder);
    REQUIRE(reader.read(kept, 1'000'000));
    return kept;
}

inline std::vector<std::string> lines_in(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0, end; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
        lines.push_back(text.substr(at, end - at));
    return lines;
}

}  // namespace sw::test

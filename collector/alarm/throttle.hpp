#pragma once
/// The same thing again and again rings once in a while, and each ring says how often it happened since the one before. Nothing is
/// kept back without being counted.
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "collector/alarm/moment.hpp"
#include "sensor/journal/alarm_journal.hpp"

namespace sw {

class Throttle {
public:
    /// window: between two rings for the same; 0: ring each
    explicit Throttle(std::chrono::seconds window) : window_(window) {}

    /// May it ring now? Then: how many of its like were kept back before it. What is the same: the journal and its finding, or where
    /// there is none, kind and sentence.
    std::optional<std::uint64_t> ring(const AlarmRecord& record, Moment now);

    struct Due {
        AlarmRecord last;
        std::uint64_t kept_back = 0;  ///< besides it
    };
    /// What was kept back and rings now because its time has come; all: whatever the time.
    std::vector<Due> due(Moment now, bool all = false);

    std::uint64_t kept_back() const { return total_; }

private:
    struct Entry {
        Moment until{};
        std::uint64_t kept_back = 0;
        AlarmRecord last;
    };
    static constexpr std::size_t most = 4096;  ///< beyond it, what is new rings each time

    std::chrono::seconds window_;
    std::map<std::string, Entry> entries_;
    std::uint64_t total_ = 0;
};

}  // namespace sw

#pragma once
/// Alarms and heartbeats as lines of JSON. Fields only grow; readers skip types that they do not know.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sensor/journal/alarm_journal.hpp"

namespace sw {

/// The first line of each file: which journal it is part of.
struct AlarmSegment {
    std::string journal;  ///< 8 hex digits
    std::uint64_t segment = 0;
    std::uint64_t next = 0;  ///< the number of the next alarm
};

/// Texts are written clean: what is not escaped yet is, and what is overlong is cut. Without line feeds.
std::string to_json(const AlarmSegment& s);
std::string to_json(const AlarmRecord& r);
std::string to_json(const AlarmHeartbeat& b);

/// "journal:number" taken apart; nothing if it is not that.
struct AlarmId {
    std::string_view journal;
    std::uint64_t number = 0;
};
std::optional<AlarmId> alarm_id_from(std::string_view id);

/// Reads them back. A line may be hostile: every field must have its type and range, and texts come out clean.
class AlarmJson {
public:
    AlarmJson();
    ~AlarmJson();

    enum class Kind : std::uint8_t { bad, unknown, segment, alarm, heartbeat };
    /// The record goes into the member of its kind. unknown: a type of a later version
    Kind read(std::string_view line);

    AlarmSegment segment;
    AlarmRecord alarm;
    AlarmHeartbeat heartbeat;

private:
    struct Parser;
    std::unique_ptr<Parser> parser_;
};

}  // namespace sw

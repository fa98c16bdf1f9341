#pragma once
/// An alarm as a line, for files and for people. Every octet of it may be shown.
#include <cstdint>
#include <string>

#include "sensor/journal/alarm_journal.hpp"

namespace sw {

/// "2026-11-21T23:20:00.123456789Z critical 3fa94c12:17 self-traffic SENTENCE (finding 12, 100 packets)", without a line feed.
std::string file_line(const AlarmRecord& record);
/// The id of a line of the alarm file, "" if it is none.
std::string id_of_line(std::string_view line);

/// What a person is told: "SENTENCE (finding 12, 100 packets; 37 more like it)".
std::string sentence_of(const AlarmRecord& record, std::uint64_t kept_back);

}  // namespace sw

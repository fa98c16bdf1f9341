#pragma once
/// Alarms out of their journals, and who has acknowledged them.
/// An acknowledgement is a line of JSON in a file beside the store, which is only ever appended to: it says that a person has seen
/// the alarm, and decides nothing (the queue does).
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "collector/cli/options.hpp"
#include "rules/base/result.hpp"
#include "sensor/journal/alarm_journal.hpp"

namespace sw {

struct Acknowledgement {
    Timestamp at;
    std::string analyst;
    std::string reason;  ///< may be empty
};

struct SeenAlarm {
    AlarmRecord alarm;
    std::optional<Acknowledgement> acknowledged;
};

/// The folders of --journal, or those that there are where the daemons keep theirs.
/// errors: none named and none there (code environment)
Result<std::vector<std::string>> alarm_journals(const Options& options);

/// The same; none where there are none.
std::vector<std::string> journals_if_any(const Options& options);

/// Beside the store.
std::string acknowledgements_path(const Options& options);

/// All that the journals have, oldest first. errors: a journal cannot be read (code environment)
/// cost: keeps all of them in memory; a journal has at most 64 MiB
Result<std::vector<SeenAlarm>> read_alarms(const std::vector<std::string>& journals, const std::string& acknowledgements);

/// Append, one line each, synced. errors: the file cannot be written (code environment)
Result<Done> acknowledge(const std::string& path, const std::vector<std::string>& ids, const Acknowledgement& by);

}  // namespace sw

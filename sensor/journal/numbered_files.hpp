#pragma once
/// The files of a journal's folder: 0000000001.pcapng, 0000000002.pcapng ... of a spool, .alarms and .beats of an alarm journal.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/base/result.hpp"
#include "rules/base/unique_fd.hpp"

namespace sw {

/// errors: no such folder, not a folder, not allowed (code environment)
Result<UniqueFd> open_journal_folder(const std::string& folder);

/// suffix: with its dot
std::string numbered_name(std::uint64_t number, std::string_view suffix);

struct SegmentEntry {
    std::uint64_t number = 0;
    std::uint64_t octets = 0;
};
/// In order. Files of other names, and what is no regular file, are not the journal's.
std::vector<SegmentEntry> list_numbered(int folder, std::string_view suffix);

/// For reading; none if it is not there or no regular file.
UniqueFd open_numbered(int folder, std::uint64_t number, std::string_view suffix);

}  // namespace sw

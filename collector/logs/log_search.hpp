#pragma once
/// Looking for lines in the store. Words are looked up in the index; lines that are not indexed yet are read.
#include <optional>
#include <string>
#include <vector>

#include "collector/store/store.hpp"
#include "rules/base/time.hpp"

namespace sw {

struct LogQuery {
    /// All must be in the line as it is shown, each at the beginning of a word: ASCII letters of any case.
    std::vector<std::string> words;
    std::optional<Timestamp> since, until;
    std::string host, app;                ///< exactly; "" any. host: what the source is called
    std::optional<int> verdict;           ///< as log_event has it
    std::optional<std::int64_t> finding;  ///< lines that it counts first
    std::uint64_t limit = 100;            ///< the newest so many
};

struct StoredLine {
    std::int64_t id = 0;
    Timestamp received;
    std::optional<Timestamp> claimed;
    std::string via, source, host;  ///< source: what it is called; host: what the line claims
    int facility = 0, severity = 0, verdict = 0;
    std::string app, proc_id, msg_id;
    std::optional<std::int64_t> finding;
    int odd = 0;
    std::string raw;  ///< hostile
};

/// The oldest of them first. cost: the index, and a look at every line that has all words
Result<std::vector<StoredLine>> search_lines(Store& store, const LogQuery& query);

/// Does the text have the word at the beginning of one of its words?
bool has_word(std::string_view text, std::string_view word);
/// What FTS5 is asked for: every line with these words is among its answers. "" if it cannot narrow anything.
std::string index_query(const std::vector<std::string>& words);

}  // namespace sw

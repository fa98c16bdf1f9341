#pragma once
/// Where lines come from: each gives them in order to the one LogIngest of its process, and knows how far it was committed.
#include <functional>
#include <string>
#include <vector>

#include "collector/logs/log_ingest.hpp"
#include "rules/packet/reason.hpp"

namespace sw {

/// Something that people must hear of besides lines: a torn file, a loss. kind: as AlarmRecord's
using LogTrouble = std::function<void(Severity severity, const char* kind, std::string sentence, std::uint64_t count)>;

class LogSource {
public:
    virtual ~LogSource() = default;

    /// Give at most max lines. Gives how many; 0: nothing new (yet).
    /// errors: the store's, while it asks how far it is
    virtual Result<std::size_t> read(LogIngest& into, std::size_t max) = 0;
    /// Where it is, for the next commit: added to positions.
    virtual void positions(std::vector<LogPosition>& positions) = 0;
    /// What positions() said is in the store.
    virtual void committed() = 0;
    /// Go back to the last commit.
    virtual void rewind() = 0;
    /// For messages, escaped.
    virtual const std::string& name() const = 0;
};

}  // namespace sw

#pragma once
/// Lines out of a journal of pcapng segments: a sensor's spool, or what came in on the collector's own sockets.
#include <optional>

#include "collector/sources/log_source.hpp"
#include "sensor/journal/journal_reader.hpp"

namespace sw {

class JournalSource final : public LogSource {
public:
    /// via: mirror for a sensor's, socket for our own. trouble must outlive it.
    JournalSource(std::string folder, LogVia via, LogTrouble trouble);

    Result<std::size_t> read(LogIngest& into, std::size_t max) override;
    void positions(std::vector<LogPosition>& positions) override;
    void committed() override;
    void rewind() override;
    const std::string& name() const override { return name_; }

    /// Segments before this one are in the store, as far as they hold lines.
    std::uint64_t read_to() const { return committed_.segment; }
    bool is_open() const { return reader_.has_value(); }

private:
    class Sink;
    Result<Done> open(LogIngest& into);
    void heard(const HeartbeatRecord& h, LogIngest& into);
    void lost(LogIngest& into, Timestamp at, std::uint64_t lines, std::string_view why);

    /// Of a socket: which one, and how many datagrams its kernel had dropped when it was last heard of. Kept with the position.
    struct Drops {
        std::string socket;
        std::uint64_t total = 0;
    };

    std::string folder_, name_, journal_;
    LogVia via_;
    LogTrouble trouble_;
    std::optional<JournalReader> reader_;
    JournalPosition given_, committed_;
    Drops drops_;
    std::uint64_t lost_ = 0;  ///< so far, for the alarm
    std::chrono::steady_clock::time_point not_before_{};
};

}  // namespace sw

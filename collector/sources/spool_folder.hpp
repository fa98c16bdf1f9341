#pragma once
/// A log spool: a folder of files that a syslog daemon writes by our template, one JSON object a line, a new file each hour. They
/// are read while they grow, each from where its last commit was; what is in the store for an hour is removed.
#include <chrono>
#include <map>
#include <optional>

#include "collector/sources/log_source.hpp"
#include "rules/base/unique_fd.hpp"
#include "sensor/journal/line_reader.hpp"
#include "sensor/journal/log_spool_line.hpp"

namespace sw {

class SpoolFolder final : public LogSource {
public:
    using Instant = std::chrono::steady_clock::time_point;

    /// keep: files that are in the store are removed once nobody has written to them for so long
    SpoolFolder(std::string folder, LogTrouble trouble, std::chrono::seconds keep = std::chrono::hours{1},
                Instant (*clock)() = std::chrono::steady_clock::now);

    Result<std::size_t> read(LogIngest& into, std::size_t max) override;
    void positions(std::vector<LogPosition>& positions) override;
    void committed() override;
    void rewind() override;
    const std::string& name() const override { return name_; }

private:
    static constexpr std::string_view suffix = ".ndjson";
    static constexpr std::size_t longest_line = 192 * 1024;  ///< 65,536 octets in base64, and the fields around them
    static constexpr std::chrono::seconds torn_waits{10};

    struct File {
        std::string journal;  ///< "" as long as its first line is not whole: that makes a file itself
        UniqueFd fd;
        LineReader lines;
        std::uint64_t inode = 0, size = 0;
        std::uint64_t given = 0, committed = 0;
        std::string mark;   ///< of what was given
        Instant grew{};     ///< when size last changed
        bool last = false;  ///< no file of a later name is there
        bool gone = false;  ///< its name leads to another file, or to none
        bool cut = false;   ///< it became shorter than what was read of it
    };

    Result<Done> look(LogIngest& into);
    Result<Done> begin(LogIngest& into, const std::string& name, File& file);
    void measure(const std::string& name, Instant now);
    bool open(const std::string& name, File& file);
    bool take(LogIngest& into, const std::string& name, File& file, std::string_view line);
    void give_up_tail(const std::string& name, File& file);
    void remove(const std::string& name, const File& file);
    std::string mark_at(const File& file, std::uint64_t offset) const;

    std::string folder_, name_;
    LogTrouble trouble_;
    std::chrono::seconds keep_;
    Instant (*clock_)();
    UniqueFd fd_;
    LogSpoolReader reader_;
    std::map<std::string, File> files_;
    Instant next_look_{};
    std::uint64_t bad_lines_ = 0, torn_ = 0;
    bool removal_failed_ = false;
};

}  // namespace sw

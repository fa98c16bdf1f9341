#pragma once
/// The alarm file: every alarm, one line each, each id once, on the disk before anything else is told. Nothing is throttled here.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "rules/base/result.hpp"
#include "rules/base/unique_fd.hpp"
#include "sensor/journal/alarm_journal.hpp"

namespace sw {

class AlarmFile {
public:
    /// Opens or makes it, takes away a last line that was cut off, and reads which alarms it has.
    /// errors: it cannot be opened for reading and appending (code environment)
    /// cost: reads the file
    static Result<AlarmFile> open(const std::string& path);

    /// Does it have this alarm? Ids of a journal come in order: it has all up to the highest.
    bool has(std::string_view id) const;
    /// Take a line, to be written by write().
    void add(const AlarmRecord& record);
    /// To the disk, all that waits. errors: the disk is full or broken: the rest waits
    Result<Done> write();
    bool settled() const { return waiting_.empty() && synced_; }
    /// octets
    std::size_t waiting() const { return waiting_.size(); }
    /// The file was moved away by whoever rotates it: begin or continue the one of its name. errors: as open(): the old one goes on
    Result<Done> reopen();

private:
    explicit AlarmFile(std::string path) : path_(std::move(path)) {}
    Result<UniqueFd> open_by_name() const;
    void learn(std::string_view id);

    std::string path_, waiting_;
    UniqueFd fd_;
    bool synced_ = true;
    std::map<std::string, std::uint64_t, std::less<>> highest_;  ///< by journal
};

}  // namespace sw

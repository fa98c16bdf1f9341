#include "collector/alarm/alarm_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "collector/alarm/sentences.hpp"
#include "rules/base/text.hpp"
#include "sensor/journal/alarm_json.hpp"
#include "sensor/journal/line_reader.hpp"

namespace sw {
namespace {

Unexpected failed(const char* act, const std::string& path) {
    const int error = errno;
    return unexpected(fmt::format("{} the alarm file {}: {}{}", act, escape_for_display(path), std::strerror(error),
                                  error == ENOSPC || error == EDQUOT ? " (make room: what waits is written then)" : ""),
                      ExitCode::environment);
}

}  // namespace

Result<UniqueFd> AlarmFile::open_by_name() const {
    UniqueFd fd(::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0640));
    if (!fd) return failed("opening", path_);
    return fd;
}

Result<AlarmFile> AlarmFile::open(const std::string& path) {
    AlarmFile file(path);
    auto fd = file.open_by_name();
    if (!fd) return Unexpected{fd.error()};
    file.fd_ = std::move(*fd);
    LineReader lines;
    lines.start(file.fd_.get(), 0);
    LineReader::Got got;
    for (std::string_view line; (got = lines.next(line)) == LineReader::Got::line;) file.learn(id_of_line(line));
    if (got == LineReader::Got::error) return failed("reading", path);
    // A line that was cut off is rung again: its place was not saved. Where the file may only be appended to (chattr +a), the torn line is
    // ended instead.
    if (lines.torn() && ::ftruncate(file.fd_.get(), static_cast<off_t>(lines.offset())) != 0) file.waiting_ = "\n";
    return file;
}

void AlarmFile::learn(std::string_view id) {
    const auto known = alarm_id_from(id);
    if (!known) return;
    std::uint64_t& highest = highest_[std::string(known->journal)];
    highest = std::max(highest, known->number);
}

bool AlarmFile::has(std::string_view id) const {
    const auto known = alarm_id_from(id);
    const auto found = known ? highest_.find(known->journal) : highest_.end();
    return found != highest_.end() && known->number <= found->second;
}

void AlarmFile::add(const AlarmRecord& record) {
    learn(record.id);
    (waiting_ += file_line(record)) += '\n';
}

Result<Done> AlarmFile::write() {
    if (waiting_.empty() && synced_) return Done{};
    synced_ = false;
    while (!waiting_.empty()) {
        const ssize_t n = ::write(fd_.get(), waiting_.data(), waiting_.size());
        if (n > 0) waiting_.erase(0, static_cast<std::size_t>(n));
        if (n < 0 && errno != EINTR) return failed("writing", path_);
    }
    if (::fdatasync(fd_.get()) != 0) return failed("syncing", path_);
    synced_ = true;
    return Done{};
}

Result<Done> AlarmFile::reopen() {
    auto fd = open_by_name();
    if (!fd) return Unexpected{fd.error()};
    fd_ = std::move(*fd);
    return Done{};
}

}  // namespace sw

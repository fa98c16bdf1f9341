#include "sensor/journal/line_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "sensor/journal/numbered_files.hpp"

namespace sw {
namespace {

Unexpected failed(const char* act, const std::string& name, int error) {
    return unexpected(fmt::format("{} {}: {}{}", act, name, std::strerror(error),
                                  error == ENOSPC || error == EDQUOT ? " (make room: what waits is written then)" : ""),
                      ExitCode::environment);
}

}  // namespace

Result<Done> LineFiles::open(int folder, const Limits& limits, FirstLine first_line) {
    folder_ = folder;
    limits_ = limits;
    first_line_ = std::move(first_line);
    const auto files = list_numbered(folder, limits.suffix);
    if (files.empty()) return begin(1);
    number_ = files.back().number;
    const std::string name = numbered_name(number_, limits_.suffix);
    // Read as well: for its last octet.
    fd_ = UniqueFd(::openat(folder, name.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat status {};
    if (!fd_ || ::fstat(fd_.get(), &status) != 0) return failed("opening", name, errno);
    written_ = static_cast<std::uint64_t>(status.st_size);
    return end_torn_line();
}

Result<Done> LineFiles::end_torn_line() {
    char last = '\n';
    if (written_ == 0) {
        waiting_ = first_line_(number_) + '\n';
        return settle();
    }
    if (::pread(fd_.get(), &last, 1, static_cast<off_t>(written_ - 1)) != 1)
        return failed("reading", numbered_name(number_, limits_.suffix), errno);
    if (last == '\n') return Done{};
    waiting_ = "\n";
    return settle();
}

Result<Done> LineFiles::begin(std::uint64_t number) {
    const std::string name = numbered_name(number, limits_.suffix);
    UniqueFd fd(::openat(folder_, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640));
    if (!fd) return failed("making", name, errno);
    fd_ = std::move(fd);
    number_ = number;
    written_ = 0;
    name_synced_ = false;
    waiting_ = first_line_(number) + '\n';
    remove_oldest();
    return settle();
}

void LineFiles::remove_oldest() const {
    const auto files = list_numbered(folder_, limits_.suffix);
    for (std::size_t i = 0; i + limits_.keep < files.size(); ++i)
        ::unlinkat(folder_, numbered_name(files[i].number, limits_.suffix).c_str(), 0);
}

void LineFiles::take(std::string_view line) {
    if (written_ >= limits_.octets) static_cast<void>(begin(number_ + 1));  // where it cannot be made, this file goes on
    (waiting_ += line) += '\n';
}

Result<Done> LineFiles::settle() {
    std::size_t done = 0;
    int error = 0;
    while (done < waiting_.size() && error == 0) {
        const ssize_t n = ::pwrite(fd_.get(), waiting_.data() + done, waiting_.size() - done, static_cast<off_t>(written_ + done));
        if (n > 0)
            done += static_cast<std::size_t>(n);
        else if (n == 0 || errno != EINTR)
            error = n == 0 ? ENOSPC : errno;
    }
    written_ += done;
    waiting_.erase(0, done);
    if (error != 0) return failed("writing", numbered_name(number_, limits_.suffix), error);
    return Done{};
}

Result<Done> LineFiles::sync() {
    if (::fdatasync(fd_.get()) != 0) return failed("syncing", numbered_name(number_, limits_.suffix), errno);
    if (!name_synced_ && ::fsync(folder_) != 0) return failed("syncing the folder of", numbered_name(number_, limits_.suffix), errno);
    name_synced_ = true;
    return Done{};
}

}  // namespace sw

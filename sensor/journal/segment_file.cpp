#include "sensor/journal/segment_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "sensor/journal/segments.hpp"

namespace sw {
namespace {

Unexpected failed(const char* act, std::uint64_t number, int error) {
    return unexpected(fmt::format("{} journal segment {}: {}{}", act, number, std::strerror(error),
                                  error == ENOSPC || error == EDQUOT ? " (make room: what waits is written then)" : ""),
                      ExitCode::environment);
}

}  // namespace

Result<Done> SegmentFile::begin(int folder, std::uint64_t number) {
    UniqueFd fd(::openat(folder, segment_name(number).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640));
    if (!fd) return failed("making", number, errno);
    fd_ = std::move(fd);
    number_ = number;
    written_ = 0;
    name_synced_ = false;
    return Done{};
}

Result<Done> SegmentFile::write() {
    std::size_t done = 0;
    int error = 0;
    while (done < blocks.size() && error == 0) {
        const ssize_t n = ::pwrite(fd_.get(), blocks.octets().data() + done, blocks.size() - done, static_cast<off_t>(written_ + done));
        if (n > 0)
            done += static_cast<std::size_t>(n);
        else if (n == 0 || errno != EINTR)
            error = n == 0 ? ENOSPC : errno;
    }
    written_ += done;
    blocks.drop_front(done);
    if (error != 0) return failed("writing", number_, error);
    return Done{};
}

Result<Done> SegmentFile::sync(int folder) {
    if (::fdatasync(fd_.get()) != 0) return failed("syncing", number_, errno);
    if (!name_synced_ && ::fdatasync(folder) != 0) return failed("syncing the folder of", number_, errno);
    name_synced_ = true;
    return Done{};
}

}  // namespace sw

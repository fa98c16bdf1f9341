#include "sensor/capture/byte_source.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

namespace sw {

FileSource::FileSource(UniqueFd fd, bool (*cancelled)()) : fd_(std::move(fd)), cancelled_(cancelled) {
    struct stat status {};
    may_block_ = ::fstat(fd_.get(), &status) != 0 || !S_ISREG(status.st_mode);
}

/// false: nobody wants it any more
bool FileSource::wait() {
    pollfd ready{.fd = fd_.get(), .events = POLLIN, .revents = 0};
    for (;;) {
        if (given_up() || (cancelled_ != nullptr && cancelled_())) return false;
        const int n = ::poll(&ready, 1, 100);
        if (n > 0 || (n < 0 && errno != EINTR)) return true;
    }
}

std::size_t FileSource::read(std::span<std::uint8_t> out) {
    if (!failure_.empty() || (may_block_ && !wait())) return 0;
    ssize_t got;
    do got = ::read(fd_.get(), out.data(), out.size());
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        failure_ = fmt::format("reading failed: {}", std::strerror(errno));
        return 0;
    }
    position_ += static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
}

Compression compression_of(std::span<const std::uint8_t> head) {
    if (head.size() >= 2 && head[0] == 0x1f && head[1] == 0x8b) return Compression::gzip;
    if (head.size() < 4) return Compression::none;
    const bool frame = head[0] == 0x28 && head[1] == 0xb5 && head[2] == 0x2f && head[3] == 0xfd;
    // pzstd puts a skippable frame (0x184d2a50 to 5f) in front.
    const bool skippable = (head[0] & 0xf0) == 0x50 && head[1] == 0x2a && head[2] == 0x4d && head[3] == 0x18;
    return frame || skippable ? Compression::zstd : Compression::none;
}

}  // namespace sw

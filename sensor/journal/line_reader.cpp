#include "sensor/journal/line_reader.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace sw {

void LineReader::start(int fd, std::uint64_t offset, std::size_t longest_line) {
    *this = LineReader();
    longest_ = longest_line;
    fd_ = fd;
    offset_ = offset;
}

LineReader::Got LineReader::next(std::string_view& line) {
    for (;;) {
        const std::size_t end = buffer_.find('\n', std::max(used_, searched_));
        if (end != std::string::npos) {
            line = std::string_view(buffer_).substr(used_, end - used_);
            if (std::exchange(skipping_, false) || line.size() > longest_) line = {};
            offset_ += end + 1 - used_;
            used_ = searched_ = end + 1;
            return Got::line;
        }
        buffer_.erase(0, std::exchange(used_, 0));
        if (buffer_.size() > longest_) {  // given up: only its end matters any more
            skipping_ = true;
            offset_ += buffer_.size();
            buffer_.clear();
        }
        searched_ = buffer_.size();
        constexpr std::size_t piece = 64 * 1024;
        buffer_.resize(searched_ + piece);
        ssize_t n;
        do n = ::pread(fd_, buffer_.data() + searched_, piece, static_cast<off_t>(offset_ + searched_));
        while (n < 0 && errno == EINTR);
        buffer_.resize(searched_ + static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
        if (n <= 0) return n == 0 ? Got::nothing : Got::error;
    }
}

}  // namespace sw

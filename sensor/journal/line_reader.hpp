#pragma once
/// Lines of a file that grows, read at known offsets. A last line without its line feed is waited for.
#include <cstdint>
#include <string>
#include <string_view>

namespace sw {

class LineReader {
public:
    static constexpr std::size_t longest = 64 * 1024;

    /// fd stays the caller's, and open while this reads.
    void start(int fd, std::uint64_t offset, std::size_t longest_line = longest);

    enum class Got : std::uint8_t { line, nothing, error };
    /// line: the next whole line without its line feed, until the next call; "" for one that is longer than the longest. error: errno says
    /// why
    Got next(std::string_view& line);
    /// Behind the last line given.
    std::uint64_t offset() const { return offset_; }
    /// The file ends in a line that has no end, as far as next() has seen.
    bool torn() const { return skipping_ || used_ < buffer_.size(); }

private:
    int fd_ = -1;
    std::size_t longest_ = longest;
    std::uint64_t offset_ = 0;  ///< of buffer_[used_]
    std::string buffer_;
    std::size_t used_ = 0, searched_ = 0;
    bool skipping_ = false;  ///< inside an overlong line
};

}  // namespace sw

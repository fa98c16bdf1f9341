#pragma once
/// Lines of a log file as syslog daemons write them (mail.log, messages), plain or compressed, with the moment of each: its own
/// stamp, whose year is told by the file's order.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "rules/base/result.hpp"
#include "rules/base/time.hpp"
#include "rules/base/unique_fd.hpp"
#include "sensor/capture/window.hpp"

namespace sw {

class LogFile {
public:
    static constexpr std::size_t longest = 65'536;  ///< octets of a line: what is beyond is cut off, and counted

    /// newest: the moment that the file's last line is not after, by which its year is found: when the file was last written, or now.
    /// again: the same file, opened a second time, to be read for its last year first; or none: then the first line's year is the
    /// nearest to newest. zone: of stamps that name none
    static Result<LogFile> open(UniqueFd fd, UniqueFd again, Timestamp newest, std::chrono::seconds zone, bool (*cancelled)());

    struct Line {
        std::string_view text;  ///< without its end; until the next call
        Timestamp at;
        std::uint64_t offset = 0;  ///< behind it, in the decompressed file
    };
    /// Nothing: the end, or failure().
    std::optional<Line> next();

    /// Of the file as stored: how much of it was read.
    std::uint64_t position() const { return window_.position(); }
    std::uint64_t cut() const { return cut_; }
    /// Why it could not be read to its end, or "".
    const std::string& failure() const { return window_.failure(); }

private:
    LogFile(Window window, Timestamp anchor, std::chrono::seconds zone) : window_(std::move(window)), last_(anchor), zone_(zone) {}
    std::optional<std::string_view> line();

    Window window_;
    Timestamp last_;
    std::chrono::seconds zone_;
    std::size_t given_ = 0;  ///< octets of the window that the last line took
    std::uint64_t cut_ = 0;
    bool skipping_ = false;  ///< within a line whose front was given
};

}  // namespace sw

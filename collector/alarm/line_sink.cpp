// Terminals and serial lines: devices that take text, when they do.
#include <fcntl.h>
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <deque>
#include <optional>

#include "collector/alarm/sink.hpp"
#include "rules/base/text.hpp"
#include "rules/base/unique_fd.hpp"

namespace sw {
namespace {

constexpr std::size_t most_waiting = 256;

speed_t speed_of(unsigned baud) {
    switch (baud) {
        case 1200:
            return B1200;
        case 2400:
            return B2400;
        case 4800:
            return B4800;
        case 19200:
            return B19200;
        case 38400:
            return B38400;
        case 57600:
            return B57600;
        case 115200:
            return B115200;
        default:
            return B9600;
    }
}

/// Raw, 8 data bits, no parity, one stop bit, no modem lines.
bool set_line(int fd, unsigned baud) {
    termios t{};
    if (::tcgetattr(fd, &t) != 0) return false;
    ::cfmakeraw(&t);
    t.c_cflag &= ~static_cast<tcflag_t>(PARENB | CSTOPB | CSIZE);
    t.c_cflag |= CS8 | CLOCAL;
    ::cfsetispeed(&t, speed_of(baud));
    ::cfsetospeed(&t, speed_of(baud));
    return ::tcsetattr(fd, TCSANOW, &t) == 0;
}

class LineSink final : public AlarmSink {
public:
    LineSink(std::string path, bool bell, std::optional<unsigned> baud) : path_(std::move(path)), bell_(bell), baud_(baud) {}

    const std::string& name() const override { return path_; }
    std::uint64_t dropped() const override { return dropped_; }

    void ring(const Ring& ring) override {
        if (waiting_.size() >= most_waiting) {
            ++dropped_;
            ++untold_;
            return;
        }
        const AlarmRecord& r = ring.record;
        const std::string missed = untold_ == 0 ? "" : fmt::format("({} alarms before this one could not be shown here)\r\n", untold_);
        untold_ = 0;
        waiting_.push_back(fmt::format("\r\n{}span-watcher: {} alarm {} at {}\r\n{}{}\r\n", bell_ ? "\a" : "", to_string(r.severity),
                                       r.id.empty() ? "(not recorded yet)" : r.id, to_rfc3339(r.at), missed, ring.sentence));
    }

    void tick(Moment now) override {
        if (!fd_ && (waiting_.empty() && opened_once_)) return;
        if (!fd_ && !(back_off_.may_try(now) && open(now))) return;
        while (!waiting_.empty() && write_some(now)) {
        }
    }

    void reopen() override {
        fd_.reset();
        done_ = 0;
        back_off_.worked();
        opened_once_ = false;
    }

private:
    bool open(Moment now) {
        fd_ = UniqueFd(::open(path_.c_str(), O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
        if (fd_ && (!baud_ || set_line(fd_.get(), *baud_))) {
            back_off_.worked();
            opened_once_ = true;
            told_ = false;
            return true;
        }
        fail(now);
        return false;
    }

    void fail(Moment now) {
        const int error = errno;
        fd_.reset();
        done_ = 0;  // the whole alarm again
        back_off_.failed(now);
        if (!std::exchange(told_, true))
            fmt::print(stderr, "span-alarm: writing {}: {} (it is tried again)\n", escape_for_display(path_), std::strerror(error));
    }

    /// False: it takes no more now.
    bool write_some(Moment now) {
        const std::string& text = waiting_.front();
        const ssize_t n = ::write(fd_.get(), text.data() + done_, text.size() - done_);
        if (n < 0 && errno == EINTR) return true;
        if (n < 0 && errno == EAGAIN) return false;
        if (n <= 0) {
            fail(now);
            return false;
        }
        done_ += static_cast<std::size_t>(n);
        if (done_ < text.size()) return true;
        done_ = 0;
        waiting_.pop_front();
        return true;
    }

    std::string path_;
    bool bell_;
    std::optional<unsigned> baud_;
    UniqueFd fd_;
    BackOff back_off_;
    bool opened_once_ = false, told_ = false;
    std::deque<std::string> waiting_;
    std::size_t done_ = 0;  ///< octets of the first
    std::uint64_t dropped_ = 0, untold_ = 0;
};

}  // namespace

std::unique_ptr<AlarmSink> terminal_sink(const std::string& path, bool bell) {
    return std::make_unique<LineSink>(path, bell, std::nullopt);
}

std::unique_ptr<AlarmSink> serial_sink(const SerialLine& line) { return std::make_unique<LineSink>(line.path, false, line.baud); }

}  // namespace sw

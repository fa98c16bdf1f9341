#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "collector/alarm/sink.hpp"
#include "rules/base/text.hpp"
#include "rules/base/unique_fd.hpp"

namespace sw {
namespace {

class LedSink final : public AlarmSink {
public:
    explicit LedSink(std::string path) : path_(std::move(path)) {}

    const std::string& name() const override { return path_; }
    void ring(const Ring&) override { wanted_ = '1'; }
    void acknowledged() override { wanted_ = '0'; }
    void reopen() override { back_off_.worked(); }

    void tick(Moment now) override {
        if (shown_ == wanted_ || !back_off_.may_try(now)) return;
        // Opened each time: such files of the kernel take one value an opening.
        const UniqueFd fd(::open(path_.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
        const char text[2] = {wanted_, '\n'};
        if (fd && ::write(fd.get(), text, sizeof text) == sizeof text) {
            shown_ = wanted_;
            back_off_.worked();
            told_ = false;
            return;
        }
        back_off_.failed(now);
        if (!std::exchange(told_, true))
            fmt::print(stderr, "span-alarm: writing {}: {} (it is tried again)\n", escape_for_display(path_), std::strerror(errno));
    }

private:
    std::string path_;
    // What it showed before we were started stays until something happens.
    char wanted_ = '?', shown_ = '?';
    BackOff back_off_;
    bool told_ = false;
};

}  // namespace

std::unique_ptr<AlarmSink> led_sink(const std::string& path) { return std::make_unique<LedSink>(path); }

}  // namespace sw

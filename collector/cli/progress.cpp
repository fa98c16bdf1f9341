#include "collector/cli/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "collector/cli/signals.hpp"
#include "rules/base/text.hpp"

namespace sw {

void Progress::begin_file(const std::string& name, std::uint64_t size) {
    name_ = escape_for_display(name);
    size_ = size;
    began_ = drawn_at_ = Clock::now();
}

std::string Progress::text(std::uint64_t position, std::uint64_t frames, std::uint64_t grey) const {
    const double seconds = std::max(std::chrono::duration<double>(Clock::now() - began_).count(), 1e-9);
    const double rate = static_cast<double>(position) / seconds / 1e6;
    if (size_ == 0) return fmt::format("{}: {:.0f} MB/s, {} frames, {} greylisted", name_, rate, frames, grey);
    const auto percent = std::min<std::uint64_t>(100, position * 100 / size_);
    const auto bar = std::string(percent / 5, '#') + std::string(20 - percent / 5, '.');
    return fmt::format("{}: [{}] {}%, {:.0f} MB/s, {} frames, {} greylisted", name_, bar, percent, rate, frames, grey);
}

void Progress::at(std::uint64_t position, std::uint64_t frames, std::uint64_t grey) {
    if (status_wanted()) {
        clear();
        fmt::print(stderr, "{}\n", text(position, frames, grey));
    }
    if (!enabled_) return;
    const auto now = Clock::now();
    if (now - drawn_at_ < std::chrono::milliseconds{200}) return;
    drawn_at_ = now;
    drawn_ = true;
    fmt::print(stderr, "\r\x1b[K{}", text(position, frames, grey));
    std::fflush(stderr);
}

void Progress::clear() {
    if (std::exchange(drawn_, false)) fmt::print(stderr, "\r\x1b[K");
}

}  // namespace sw

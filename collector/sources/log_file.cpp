#include "collector/sources/log_file.hpp"

#include <cstring>
#include <utility>

#include "collector/syslog/syslog_message.hpp"

namespace sw {
namespace {

constexpr Duration a_day = std::chrono::hours{24}, a_year = std::chrono::hours{24 * 365};

}  // namespace

/// The next line, without moving on: its octets are in the window until then. Of one that is too long the front.
std::optional<std::string_view> LogFile::line() {
    window_.consume(std::exchange(given_, 0));
    while (skipping_) {
        const void* end = window_.size() > 0 ? std::memchr(window_.data(), '\n', window_.size()) : nullptr;
        skipping_ = end == nullptr;
        window_.consume(end == nullptr ? window_.size()
                                       : static_cast<std::size_t>(static_cast<const std::uint8_t*>(end) - window_.data()) + 1);
        if (skipping_ && !window_.refill()) return std::nullopt;
    }
    std::size_t searched = 0;
    for (;;) {
        const auto* begin = reinterpret_cast<const char*>(window_.data());
        const void* end = window_.size() > searched ? std::memchr(begin + searched, '\n', window_.size() - searched) : nullptr;
        if (end != nullptr) {
            const auto size = static_cast<std::size_t>(static_cast<const char*>(end) - begin);
            given_ = size + 1;
            std::string_view text(begin, size);
            if (text.ends_with('\r')) text.remove_suffix(1);  // written on another system
            if (text.size() > longest) ++cut_;
            return text.substr(0, longest);
        }
        searched = window_.size();
        if (searched > Window::piece) {  // no line is so long: its front now, the rest is skipped
            ++cut_;
            given_ = searched;
            skipping_ = true;
            return std::string_view(begin, longest);
        }
        if (window_.refill()) continue;
        if (window_.size() == 0) return std::nullopt;
        given_ = window_.size();  // the last line has no end
        return std::string_view(reinterpret_cast<const char*>(window_.data()), std::min(given_, longest));
    }
}

std::optional<LogFile::Line> LogFile::next() {
    const auto text = line();
    if (!text) return std::nullopt;
    // The nearest year to the line before: from December to January it is the next one.
    if (const auto claimed = parse_syslog(*text, last_, zone_).claimed) last_ = *claimed;
    return Line{*text, last_, window_.offset() + given_};
}

Result<LogFile> LogFile::open(UniqueFd fd, UniqueFd again, Timestamp newest, std::chrono::seconds zone, bool (*cancelled)()) {
    Timestamp anchor = newest;
    if (again) {
        LogFile first(Window::open(std::move(again), cancelled, 1), newest, zone);
        std::optional<Timestamp> front;
        while (const auto line = first.next()) front = front.value_or(line->at);
        anchor = front.value_or(newest);
        for (Timestamp last = first.last_; last > newest + a_day; last = last + -a_year) anchor = anchor + -a_year;
    }
    return LogFile(Window::open(std::move(fd), cancelled, 1), anchor, zone);
}

}  // namespace sw

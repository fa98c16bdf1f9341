#include "collector/syslog/framing.hpp"

#include <algorithm>
#include <utility>

namespace sw {

namespace {

constexpr unsigned most_digits = 9;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// What the front of a stream says of its framing; undecided: it may be either yet. Text may begin with a number, too (a date
/// does): only "LENGTH <" is a count.
FramingKind framing_of(std::string_view front) {
    std::size_t n = 0;
    while (n < front.size() && n <= most_digits && is_digit(front[n])) ++n;
    if (n == 0 || n > most_digits || front[0] == '0') return front.empty() ? FramingKind::undecided : FramingKind::newline;
    if (n + 1 >= front.size()) return n == front.size() || front[n] == ' ' ? FramingKind::undecided : FramingKind::newline;
    return front[n] == ' ' && front[n + 1] == '<' ? FramingKind::octet_counting : FramingKind::newline;
}

}  // namespace

bool SyslogFraming::feed(std::string_view octets, const Sink& sink) {
    if (failed_) return false;
    counts_.octets += octets.size();
    if (kind_ == FramingKind::undecided) {
        front_.append(octets);
        kind_ = framing_of(front_);
        if (kind_ == FramingKind::undecided) return true;
        const std::string front = std::move(front_);
        take(front, sink);
    } else {
        take(octets, sink);
    }
    return !failed_;
}

void SyslogFraming::take(std::string_view octets, const Sink& sink) {
    while (!octets.empty() && !failed_) kind_ == FramingKind::newline ? take_line(octets, sink) : take_counted(octets, sink);
}

void SyslogFraming::end(const Sink& sink) {
    if (kind_ == FramingKind::undecided && !front_.empty()) {  // "123" and no more
        kind_ = FramingKind::newline;
        take(std::exchange(front_, {}), sink);
    }
    if (kind_ == FramingKind::newline) {
        if (!held_.empty()) hand_on(sink);
    } else if (!failed_ && (missing_ != 0 || digits_ != 0)) {
        ++counts_.torn;
    }
    held_.clear();
    missing_ = length_ = 0;
    digits_ = 0;
    cutting_ = false;
}

void SyslogFraming::keep(std::string_view part) {
    const std::size_t room = limits_.message_octets - held_.size();
    if (part.size() > room && !cutting_) {
        cutting_ = true;
        ++counts_.cut;
    }
    held_.append(part.substr(0, room));
}

void SyslogFraming::hand_on(const Sink& sink) {
    if (held_.empty()) {
        ++counts_.empty;
    } else {
        ++counts_.messages;
        sink(held_);
    }
    held_.clear();
    cutting_ = false;
}

void SyslogFraming::take_line(std::string_view& octets, const Sink& sink) {
    const std::size_t end = octets.find('\n');
    keep(octets.substr(0, end));
    octets.remove_prefix(end == std::string_view::npos ? octets.size() : end + 1);
    if (end == std::string_view::npos) return;
    if (held_.ends_with('\r')) held_.pop_back();
    hand_on(sink);
}

void SyslogFraming::take_counted(std::string_view& octets, const Sink& sink) {
    while (missing_ == 0) {
        if (octets.empty()) return;
        const char c = octets[0];
        octets.remove_prefix(1);
        if (c == ' ' && digits_ != 0 && length_ <= limits_.message_octets) {
            missing_ = length_;
            length_ = 0;
            digits_ = 0;
        } else if (is_digit(c) && digits_ < most_digits && (digits_ != 0 || c != '0')) {
            length_ = length_ * 10 + static_cast<std::uint32_t>(c - '0');
            ++digits_;
        } else {
            ++counts_.lies;
            failed_ = true;
            return;
        }
    }
    const std::size_t n = std::min<std::size_t>(missing_, octets.size());
    keep(octets.substr(0, n));
    octets.remove_prefix(n);
    missing_ -= static_cast<std::uint32_t>(n);
    if (missing_ == 0) hand_on(sink);
}

}  // namespace sw

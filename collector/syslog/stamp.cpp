#include "collector/syslog/stamp.hpp"

#include <array>
#include <cstdint>

namespace sw {
namespace {

using std::chrono::seconds;

/// Reads forward; every part that is missing leaves it where it was.
class Scanner {
public:
    explicit Scanner(std::string_view s) : s_(s) {}

    std::size_t at() const { return at_; }
    void back_to(std::size_t at) { at_ = at; }
    bool ended() const { return at_ >= s_.size(); }
    char peek() const { return at_ < s_.size() ? s_[at_] : '\0'; }
    bool skip(char c) {
        if (at_ >= s_.size() || s_[at_] != c) return false;
        ++at_;
        return true;
    }
    /// Between least and most digits.
    std::optional<int> number(std::size_t least, std::size_t most) {
        std::size_t n = 0;
        int value = 0;
        while (n < most && at_ + n < s_.size() && is_digit(s_[at_ + n])) value = value * 10 + (s_[at_ + n++] - '0');
        if (n < least) return std::nullopt;
        at_ += n;
        return value;
    }
    std::string_view word(std::size_t octets) {
        if (s_.size() - at_ < octets) return {};
        const std::string_view w = s_.substr(at_, octets);
        at_ += octets;
        return w;
    }
    /// ".156" or ",156": nanoseconds; digits behind the ninth do not count.
    std::int64_t fraction() {
        const std::size_t start = at_;
        if (!skip('.') && !skip(',')) return 0;
        if (!is_digit(peek())) {
            at_ = start;
            return 0;
        }
        std::int64_t ns = 0;
        int digits = 0;
        for (; is_digit(peek()); ++at_)
            if (digits < 9) ns = ns * 10 + (s_[at_] - '0'), ++digits;
        for (; digits < 9; ++digits) ns *= 10;
        return ns;
    }

private:
    static bool is_digit(char c) { return c >= '0' && c <= '9'; }
    std::string_view s_;
    std::size_t at_ = 0;
};

struct Civil {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    std::int64_t ns = 0;
};

bool read_clock(Scanner& in, Civil& c) {
    const auto hour = in.number(2, 2);
    if (!hour || !in.skip(':')) return false;
    const auto minute = in.number(2, 2);
    if (!minute || !in.skip(':')) return false;
    const auto second = in.number(2, 2);
    if (!second) return false;
    c.hour = *hour, c.minute = *minute, c.second = *second;
    c.ns = in.fraction();
    return true;
}

/// A leap second (60) is the first instant of the next minute.
std::optional<Timestamp> instant(const Civil& c, seconds zone) {
    const std::chrono::year_month_day date{std::chrono::year{c.year}, std::chrono::month{static_cast<unsigned>(c.month)},
                                           std::chrono::day{static_cast<unsigned>(c.day)}};
    if (!date.ok() || c.hour > 23 || c.minute > 59 || c.second > 60) return std::nullopt;
    if (c.year < 1678 || c.year > 2261) return std::nullopt;  // what Timestamp holds
    const seconds since = std::chrono::sys_days{date}.time_since_epoch() + std::chrono::hours{c.hour} + std::chrono::minutes{c.minute} +
                          seconds{c.second} - zone;
    return Timestamp{since.count() * 1'000'000'000 + c.ns};
}

/// Z, +02:00, -0530. An offset that cannot be (hours over 23) is none.
std::optional<seconds> read_zone(Scanner& in) {
    const std::size_t start = in.at();
    if (in.skip('Z') || in.skip('z')) return seconds{0};
    const bool west = in.peek() == '-';
    if (!in.skip('+') && !in.skip('-')) return std::nullopt;
    const auto hours = in.number(2, 2);
    in.skip(':');
    const auto minutes = in.number(2, 2);
    if (!hours || !minutes || *hours > 23 || *minutes > 59) {
        in.back_to(start);
        return std::nullopt;
    }
    const seconds offset = std::chrono::hours{*hours} + std::chrono::minutes{*minutes};
    return west ? -offset : offset;
}

std::optional<int> month_of(std::string_view word) {
    static constexpr std::array<std::string_view, 12> names{"jan", "feb", "mar", "apr", "may", "jun",
                                                            "jul", "aug", "sep", "oct", "nov", "dec"};
    std::array<char, 3> low{};
    if (word.size() != 3) return std::nullopt;
    for (std::size_t i = 0; i < 3; ++i) low[i] = static_cast<char>(word[i] | 0x20);
    for (std::size_t m = 0; m < names.size(); ++m)
        if (std::string_view(low.data(), 3) == names[m]) return static_cast<int>(m) + 1;
    return std::nullopt;
}

/// A year: four digits that are a word, with or without a colon behind (an IPv6 address goes on behind its colon).
std::optional<int> read_year(Scanner& in) {
    const std::size_t start = in.at();
    const auto year = in.number(4, 4);
    const std::size_t end = in.at();
    in.skip(':');
    const bool whole = in.peek() == ' ' || in.ended();
    in.back_to(year && whole ? end : start);
    if (year && whole) return year;
    return std::nullopt;
}

int year_of(Timestamp t) {
    const auto day = std::chrono::floor<std::chrono::days>(std::chrono::sys_time<std::chrono::nanoseconds>{std::chrono::nanoseconds{t.ns}});
    return static_cast<int>(std::chrono::year_month_day{day}.year());
}

std::optional<Timestamp> nearest_year(Civil c, Timestamp received, seconds zone) {
    const int now = year_of(received);
    std::optional<Timestamp> best;
    for (c.year = now - 1; c.year <= now + 1; ++c.year) {
        const auto t = instant(c, zone);
        if (!t) continue;
        const auto distance = [received](Timestamp a) { return a > received ? a - received : received - a; };
        if (!best || distance(*t) < distance(*best)) best = t;
    }
    return best;
}

/// Month and day, and the year if it stands between day and time. The day has one digit or two, one space or two before it.
bool read_date(Scanner& in, Civil& c, bool& has_year) {
    const auto month = month_of(in.word(3));
    if (!month || !in.skip(' ')) return false;
    in.skip(' ');
    const auto day = in.number(1, 2);
    if (!day || !in.skip(' ')) return false;
    c.month = *month, c.day = *day;
    if (const auto year = read_year(in)) {
        if (!in.skip(' ')) return false;
        c.year = *year, has_year = true;
    }
    return true;
}

}  // namespace

StampReading read_iso_stamp(std::string_view s, seconds zone) {
    Scanner in(s);
    Civil c;
    const auto year = in.number(4, 4);
    if (!year || !in.skip('-')) return {};
    const auto month = in.number(2, 2);
    if (!month || !in.skip('-')) return {};
    const auto day = in.number(2, 2);
    if (!day || (!in.skip('T') && !in.skip(' ') && !in.skip('t'))) return {};
    c.year = *year, c.month = *month, c.day = *day;
    if (!read_clock(in, c)) return {};
    const auto named = read_zone(in);
    return {in.at(), instant(c, named.value_or(zone)), named.has_value()};
}

StampReading read_bsd_stamp(std::string_view s, Timestamp received, seconds zone) {
    Scanner in(s);
    if (in.peek() == '.' || in.peek() == '*') in.skip(in.peek());
    Civil c;
    bool has_year = false;
    if (!read_date(in, c, has_year) || !read_clock(in, c)) return {};
    if (!has_year && in.peek() == ' ') {
        const std::size_t here = in.at();
        in.skip(' ');
        if (const auto year = read_year(in)) {
            c.year = *year, has_year = true;
        } else {
            in.back_to(here);
        }
    }
    in.skip(':');
    return {in.at(), has_year ? instant(c, zone) : nearest_year(c, received, zone), false};
}

}  // namespace sw

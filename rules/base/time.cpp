#include "rules/base/time.hpp"

#include <fmt/format.h>

namespace sw {

std::string to_rfc3339(Timestamp t) {
    using namespace std::chrono;
    // In seconds: the day in which the range begins, in nanoseconds, would begin before it.
    constexpr std::int64_t second = 1'000'000'000;
    const std::int64_t fraction = (t.ns % second + second) % second;
    const sys_seconds point{seconds{t.ns / second - (t.ns % second < 0 ? 1 : 0)}};
    const auto day = floor<days>(point);
    const year_month_day date{day};
    const hh_mm_ss<seconds> clock{point - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                       fraction);
}

}  // namespace sw

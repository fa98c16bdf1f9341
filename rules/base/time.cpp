#include "rules/base/time.hpp"

#include <fmt/format.h>

namespace sw {

std::string to_rfc3339(Timestamp t) {
    using namespace std::chrono;
    const sys_time<nanoseconds> point{nanoseconds{t.ns}};
    const auto day = floor<days>(point);
    const year_month_day date{day};
    const hh_mm_ss<nanoseconds> clock{point - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                       clock.subseconds().count());
}

}  // namespace sw

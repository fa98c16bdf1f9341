#include "collector/alarm/throttle.hpp"

#include <fmt/format.h>

#include <utility>

namespace sw {
namespace {

std::string key_of(const AlarmRecord& r) {
    const std::string journal = r.id.substr(0, r.id.find(':'));
    return r.finding > 0 ? fmt::format("{} {}", journal, r.finding) : fmt::format("{} {} {}", journal, r.kind, r.sentence);
}

}  // namespace

std::optional<std::uint64_t> Throttle::ring(const AlarmRecord& record, Moment now) {
    if (window_ == std::chrono::seconds::zero()) return 0;
    const std::string key = key_of(record);
    const auto found = entries_.find(key);
    if (found == entries_.end()) {
        if (entries_.size() < most) entries_[key] = {now + window_, 0, {}};
        return 0;
    }
    Entry& e = found->second;
    if (now >= e.until) {
        e.until = now + window_;
        return std::exchange(e.kept_back, 0);
    }
    ++e.kept_back;
    ++total_;
    e.last = record;
    return std::nullopt;
}

std::vector<Throttle::Due> Throttle::due(Moment now, bool all) {
    std::vector<Due> out;
    for (auto i = entries_.begin(); i != entries_.end();) {
        Entry& e = i->second;
        const bool over = now >= e.until || all;
        if (over && e.kept_back == 0) {
            i = entries_.erase(i);
            continue;
        }
        if (over) {
            out.push_back({std::move(e.last), std::exchange(e.kept_back, 0) - 1});
            e.until = now + window_;
        }
        ++i;
    }
    return out;
}

}  // namespace sw

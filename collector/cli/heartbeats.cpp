#include "collector/cli/heartbeats.hpp"

#include <fmt/format.h>

#include <chrono>

#include "rules/base/text.hpp"

namespace sw {
namespace {

struct Newest final : AlarmReader::Sink {
    std::optional<AlarmHeartbeat> beat;
    void alarm(const AlarmRecord&) override {}
    void heartbeat(const AlarmHeartbeat& b) override { beat = b; }
};

LastHeartbeat last_of(const std::string& folder) {
    auto reader = AlarmReader::open(folder, {});
    if (!reader) return {folder, std::nullopt, reader.error().text};
    Newest newest;
    if (auto read = reader->read(newest, 0); !read) return {folder, std::nullopt, read.error().text};
    return {folder, newest.beat, {}};
}

}  // namespace

std::vector<LastHeartbeat> last_heartbeats(const std::vector<std::string>& folders) {
    std::vector<LastHeartbeat> out;
    for (const std::string& folder : folders) out.push_back(last_of(folder));
    return out;
}

bool is_late(const LastHeartbeat& last, Timestamp now) {
    if (!last.unreadable.empty()) return false;
    return !last.beat || now - last.beat->at > late_heartbeat;
}

std::string writer_of(const LastHeartbeat& last) {
    return last.beat && !last.beat->who.empty() ? escape_again(last.beat->who) : "the writer of " + escape_for_display(last.folder);
}

std::string age_of(const LastHeartbeat& last, Timestamp now) {
    if (!last.unreadable.empty()) return "unknown: " + last.unreadable;
    if (!last.beat) return "never";
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - last.beat->at).count();
    return seconds < 0 ? fmt::format("{} s ahead of this clock", -seconds) : fmt::format("{} s ago", seconds);
}

}  // namespace sw

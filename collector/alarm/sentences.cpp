#include "collector/alarm/sentences.hpp"

#include <fmt/format.h>

#include <vector>

#include "rules/base/text.hpp"
#include "sensor/journal/alarm_json.hpp"

namespace sw {

std::string sentence_of(const AlarmRecord& record, std::uint64_t kept_back) {
    std::vector<std::string> more;
    if (record.finding > 0) more.push_back(fmt::format("finding {}", record.finding));
    if (record.count > 0) more.push_back(fmt::format("{} packet{}", record.count, record.count == 1 ? "" : "s"));
    std::string text = escape_again(record.sentence);
    if (more.empty() && kept_back == 0) return text;
    text += fmt::format(" ({}", fmt::join(more, ", "));
    if (kept_back > 0) text += fmt::format("{}{} more like it", more.empty() ? "" : "; ", kept_back);
    return text + ")";
}

std::string file_line(const AlarmRecord& record) {
    return fmt::format("{} {} {} {} {}", to_rfc3339(record.at), to_string(record.severity), record.id, escape_again(record.kind),
                       sentence_of(record, 0));
}

std::string id_of_line(std::string_view line) {
    std::string_view word;
    for (int i = 0; i < 3; ++i) {
        const std::size_t blank = line.find(' ');
        if (blank == std::string_view::npos) return {};
        word = line.substr(0, blank);
        line.remove_prefix(blank + 1);
    }
    return alarm_id_from(word) ? std::string(word) : std::string();
}

}  // namespace sw

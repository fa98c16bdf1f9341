#include "collector/cli/sparkline.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

namespace sw {
namespace {

using namespace std::chrono_literals;

/// Columns of so long from first on, of which the last holds last.
std::uint64_t columns_between(Timestamp first, Timestamp last, std::uint64_t width) {
    return (static_cast<std::uint64_t>(last.ns) - static_cast<std::uint64_t>(first.ns)) / width + 1;
}

std::uint64_t width_for(Timestamp first, Timestamp last, std::size_t most_columns) {
    constexpr std::array<std::chrono::minutes, 14> round{5min, 10min, 15min, 30min, 60min, 120min, 180min,
                                                         6h,   12h,   24h,   48h,   168h,  336h,   672h};
    std::uint64_t width = 1;
    for (const auto minutes : round) {
        width = static_cast<std::uint64_t>(Duration(minutes).count());
        if (columns_between(first, last, width) <= most_columns) return width;
    }
    while (columns_between(first, last, width) > most_columns) width *= 2;
    return width;
}

std::string_view block(std::uint64_t packets, std::uint64_t most, bool blocks) {
    constexpr std::array<std::string_view, 8> unicode{"\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588"};
    constexpr std::array<std::string_view, 8> ascii{".", ":", "-", "=", "+", "*", "%", "#"};
    if (packets == 0) return " ";
    const double share = static_cast<double>(packets) / static_cast<double>(most);
    const std::size_t level = std::min<std::size_t>(static_cast<std::size_t>(share * 8), 7);
    return blocks ? unicode[level] : ascii[level];
}

}  // namespace

Sparkline sparkline(const std::vector<Queue::Count>& counts, std::size_t most_columns, bool blocks) {
    Sparkline s;
    if (counts.empty()) return s;
    s.start = counts.front().start;
    const std::uint64_t width = width_for(s.start, counts.back().start, most_columns);
    s.column = Duration(static_cast<std::int64_t>(width));
    std::vector<std::uint64_t> columns(columns_between(s.start, counts.back().start, width));
    for (const Queue::Count& c : counts)
        if (const std::uint64_t at = columns_between(s.start, c.start, width) - 1; at < columns.size()) columns[at] += c.packets;
    s.most = *std::max_element(columns.begin(), columns.end());
    for (const std::uint64_t packets : columns) s.line += block(packets, s.most, blocks);
    return s;
}

bool locale_is_utf8() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const char* value = std::getenv(name);
        if (value == nullptr || *value == '\0') continue;
        std::string word(value);
        std::transform(word.begin(), word.end(), word.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        return word.find("utf-8") != std::string::npos || word.find("utf8") != std::string::npos;
    }
    return false;
}

}  // namespace sw

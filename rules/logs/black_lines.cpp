#include "rules/logs/black_lines.hpp"

#include <array>
#include <iterator>
#include <string>
#include <vector>

#include "rules/base/pattern.hpp"
#include "rules/logs/kernel_clock.hpp"

namespace sw {
namespace {

/// Whose lines a row looks at; a line may be of several.
namespace speaker {
constexpr unsigned any = 1, netfilter = 2, kernel = 4, filterlog = 8, mdadm = 16, zed = 32, smartd = 64;
}  // namespace speaker

struct Row {
    BlackLine line;
    unsigned programs;
    std::string_view pattern;
};

constexpr Row rows[] = {
#define BLACK_LINE(slug, cls, programs, pattern, sentence, sample) {{slug, BlackClass::cls, sentence}, speaker::programs, pattern},
#include "rules/logs/black_line.def"
#undef BLACK_LINE
};

unsigned speakers(const LogLine& line) {
    const std::string_view p = line.program;
    if (line.facility == facility_kern || p == "kernel" || p == "/bsd" || p == "/netbsd" || p == "/kernel")
        return speaker::any | speaker::kernel | speaker::netfilter;
    if (p == "ulogd") return speaker::any | speaker::netfilter;
    if (p == "filterlog") return speaker::any | speaker::filterlog;
    if (p == "mdadm") return speaker::any | speaker::mdadm;
    if (p == "zed") return speaker::any | speaker::zed;
    if (p == "smartd") return speaker::any | speaker::smartd;
    return speaker::any;
}

/// All rows at once; which of them matched is asked one by one, since it matters only then.
struct Matcher {
    Matcher() {
        std::vector<std::string> texts;
        for (const Row& row : rows) {
            texts.emplace_back(row.pattern);
            // What is built in compiles: a test compiles every row.
            each.push_back(std::move(*Pattern::compile(texts.back())));
        }
        set.push_back(std::move(*PatternSet::compile(texts)));
    }
    std::vector<Pattern> each;
    std::vector<PatternSet> set;  ///< one
};

const Matcher& matcher() {
    static const Matcher m;
    return m;
}

/// A log rule of nftables or iptables that does not drop, by what its prefix says.
bool says_accepted(std::string_view text) {
    static const Pattern accepted = std::move(*Pattern::compile("(?i)[^=]*(?:accept|allow|permit|pass|audit)[^=]*\\bIN=.*"));
    return accepted.matches(text);
}

}  // namespace

std::string_view to_string(BlackClass c) {
    switch (c) {
        case BlackClass::packet_filter_drop:
            return "packet-filter-drop";
        case BlackClass::kernel_failure:
            return "kernel-failure";
        case BlackClass::storage_failure:
            return "storage-failure";
    }
    return "packet-filter-drop";
}

std::optional<BlackLine> black_line(const LogLine& line) {
    const unsigned who = speakers(line);
    // Most lines are of nobody in particular, and pf's are the only ones that anybody may report.
    if (who == speaker::any && line.text.find("(match)") == std::string_view::npos) return std::nullopt;
    const std::string_view text = line.text.substr(kernel_clock_octets(line.text));
    const PatternSet::Answer answer = matcher().set.front().first_match(text);
    if (answer.sure && answer.first < 0) return std::nullopt;
    for (std::size_t i = 0; i < std::size(rows); ++i) {
        if ((rows[i].programs & who) == 0 || !matcher().each[i].matches(text)) continue;
        if (rows[i].programs == speaker::netfilter && says_accepted(text)) continue;
        return rows[i].line;
    }
    return std::nullopt;
}

}  // namespace sw

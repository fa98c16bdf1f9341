/// Real conversations: each one in the corpora, on a port whose protocol we judge, is clean or greylisted for a reason that streams.tsv
/// defends.
#include <fmt/format.h>

#include <fstream>
#include <set>

#include "tests/replay/conform/streams.hpp"
#include "tests/support/catch.hpp"

namespace sw::corpora {
namespace {

const std::vector<Service> services{
    {6, 25, "smtp"}, {6, 587, "smtp"}, {6, 2525, "smtp"}, {6, 443, "tls"}, {6, 465, "tls"}, {6, 993, "tls"}, {6, 995, "tls"},
};

/// capture, ends, verdict, why: tab-separated; lines that begin with # say something about what follows.
std::map<std::string, std::string> expectations() {
    std::map<std::string, std::string> rows;
    std::ifstream file(SPAN_SOURCE_DIR "/tests/replay/conform/streams.tsv");
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.front() == '#') continue;
        std::vector<std::string> cells(1);
        for (const char c : line) {
            if (c == '\t')
                cells.emplace_back();
            else
                cells.back() += c;
        }
        INFO(line);
        REQUIRE(cells.size() == 4);
        CHECK_FALSE(cells[3].empty());
        CHECK(rows.emplace(cells[0] + "\t" + cells[1], cells[2]).second);
    }
    return rows;
}

}  // namespace

TEST_CASE("streams: every conversation of the corpora is judged as its table says, and for the reason that stands there") {
    if (absent()) return;
    std::map<std::string, std::string> expected = expectations();
    for (const std::string& name : all_captures()) {
        const Capture capture = load(name);
        for (const Stream& s : streams_of(capture, services)) {
            const std::string key = name + "\t" + s.ends;
            const auto row = expected.find(key);
            INFO(key << "\t" << s.verdict << "\t" << s.words);
            CHECK(row != expected.end());
            if (row == expected.end()) continue;
            CHECK(row->second == s.verdict);
            expected.erase(row);
        }
    }
    for (const auto& [key, verdict] : expected) FAIL_CHECK("not in the corpora: " << key);
}

}  // namespace sw::corpora

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

const std::vector<Service> other_services{
    {6, 22, "ssh"},       {6, 53, "dns"},        {6, 80, "http"},   {6, 110, "pop3"},         {6, 143, "imap"}, {6, 514, "syslog"},
    {6, 601, "syslog"},   {6, 8080, "http"},     {17, 53, "dns"},   {17, 123, "ntp"},         {17, 500, "ike"}, {17, 514, "syslog"},
    {6, 1194, "openvpn"}, {17, 1194, "openvpn"}, {17, 4500, "ike"}, {17, 51820, "wireguard"},
};

/// Lines of a table, cell by cell: tab-separated; lines that begin with # say something about what follows.
std::vector<std::vector<std::string>> table(const std::string& name) {
    std::vector<std::vector<std::string>> rows;
    std::ifstream file(SPAN_SOURCE_DIR "/tests/replay/conform/" + name);
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
        rows.push_back(cells);
    }
    return rows;
}

/// capture and ends, verdict.
std::map<std::string, std::string> expectations() {
    std::map<std::string, std::string> rows;
    for (const auto& cells : table("streams.tsv")) CHECK(rows.emplace(cells[0] + "\t" + cells[1], cells[2]).second);
    return rows;
}

/// How many conversations of a capture came to each verdict, port by port.
std::map<std::string, int> tally(const std::string& name, const std::vector<Stream>& streams) {
    std::map<std::string, int> rows;
    for (const Stream& s : streams)
        ++rows[fmt::format("{}\t{} {}\t{}", name, s.ends.substr(0, 3), s.ends.substr(s.ends.rfind('.') + 1), s.verdict)];
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

TEST_CASE(
    "streams: DNS, mail reading, shells, web, logs, time and tunnels of the corpora come to what their table says, capture by capture") {
    if (absent()) return;
    std::map<std::string, int> expected, came;
    for (const auto& cells : table("protocols.tsv")) {
        INFO(cells[0] << "\t" << cells[1]);
        const std::size_t space = cells[2].find(' ');
        REQUIRE(space != std::string::npos);
        expected[cells[0] + "\t" + cells[1] + "\t" + cells[2].substr(space + 1)] += std::stoi(cells[2]);
    }
    for (const std::string& name : all_captures()) came.merge(tally(name, streams_of(load(name), other_services)));
    for (const auto& [row, count] : came) {
        INFO(row << "\t" << count);
        CHECK(expected[row] == count);
        expected.erase(row);
    }
    for (const auto& [row, count] : expected) FAIL_CHECK("not in the corpora: " << row << "\t" << count);
}

}  // namespace sw::corpora

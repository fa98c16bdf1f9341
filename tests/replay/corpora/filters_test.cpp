/// Mode tcpdump against libpcap and tcpdump themselves, for the expressions of libpcap's own test suite.
#include <cctype>

#include "tests/replay/corpora/ask.hpp"
#include "tests/replay/corpora/oracle.hpp"
#include "tests/replay/corpora/panel.hpp"
#include "tests/support/catch.hpp"

namespace sw::corpora {
namespace {

std::vector<std::pair<std::string, Policy>> policies() {
    std::vector<std::pair<std::string, Policy>> list;
    for (const std::string& expression : ethernet_filters()) list.emplace_back(expression, allowing({expression}));
    return list;
}

std::uint64_t allowed(const Policy& policy, const Capture& capture) {
    const Run run = corpora::run(policy, capture, {.mode = Mode::tcpdump});
    CHECK(run.error == "");
    return run.counters.allowed;
}

/// "pcap/dns/zeek__x.pcap" of "zeek__x.pcap[shared]".
std::string path_of(const std::string& column) {
    const std::string file = column.substr(0, column.find('['));
    for (const std::string& name : all_captures())
        if (name.ends_with("/" + file)) return name;
    return "";
}

}  // namespace

TEST_CASE("corpora: mode tcpdump allows what libpcap matches, for each of its own test filters") {
    if (absent()) return;
    const auto filters = policies();
    const auto captures = panel(2);
    REQUIRE(filters.size() >= 200);
    REQUIRE(captures.size() >= 20);
    std::uint64_t answers = 0, matches = 0;
    for (const std::string& name : captures) {
        const Capture capture = load(name);
        const ByLibpcap oracle(name);
        INFO(name);
        REQUIRE(oracle.frames() == capture.frames.size());
        for (const auto& [expression, policy] : filters) {
            INFO(expression);
            std::string why;
            const auto expected = oracle.matching(expression, why);
            REQUIRE(expected);
            CHECK(allowed(policy, capture) == *expected);
            answers += capture.frames.size();
            matches += *expected;
        }
    }
    CHECK(matches > 0);
    WARN(filters.size() << " filters, " << captures.size() << " captures, " << answers << " answers, " << matches << " matches");
}

TEST_CASE("corpora: mode tcpdump allows as many frames as the tcpdump program prints") {
    if (absent()) return;
    if (!has_tcpdump()) {
        WARN("skipped: no tcpdump");
        return;
    }
    constexpr std::size_t asked = 20, stride = 7;
    const auto filters = ethernet_filters();
    const auto captures = panel(2);
    for (std::size_t i = 0; i < asked; ++i) {
        const std::string& expression = filters[i * filters.size() / asked];
        const std::string& name = captures[i * stride % captures.size()];
        INFO(name << ": " << expression);
        const auto printed = counted_by_tcpdump(name, expression);
        REQUIRE(printed);
        CHECK(allowed(allowing({expression}), load(name)) == *printed);
    }
}

TEST_CASE("corpora: mode tcpdump agrees with the table of filters and matches") {
    if (absent()) return;
    const auto rows = read_table("filters/FILTER_MATCHES.shared.tsv");
    REQUIRE_FALSE(rows.empty());
    std::vector<Policy> policies;
    for (const Row& row : rows) policies.push_back(allowing({row.at("expr")}));
    std::size_t compared = 0;
    for (const auto& [column, unused] : rows.front()) {
        if (!column.ends_with("[shared]")) continue;
        REQUIRE(path_of(column) != "");
        const Capture capture = load(path_of(column));
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const std::string& cell = rows[i].at(column);
            if (cell.empty() || std::isdigit(static_cast<unsigned char>(cell.front())) == 0) continue;
            INFO(column << ": " << rows[i].at("expr"));
            CHECK(allowed(policies[i], capture) == std::stoull(cell));
            ++compared;
        }
    }
    CHECK(compared > 1000);
}

}  // namespace sw::corpora

#include <fstream>
#include <set>
#include <sstream>

#include "rules/analysis/reads.hpp"
#include "tests/property/analysis/expressions.hpp"
#include "tests/property/analysis/frames.hpp"
#include "tests/property/analysis/random_program.hpp"
#include "tests/support/catch.hpp"

namespace {

using namespace sw;
using namespace sw::testing;

constexpr std::uint32_t seed = 20260101;

/// Change what the set says cannot decide, one octet at a time, then all; the number of octets that decided nevertheless.
std::size_t broken_promises(const Code& code, const ReadSet& set, Octets frame, Dice& dice) {
    const std::uint32_t before = run(code, frame);
    std::size_t broken = 0;
    const Octets kept = frame;
    for (std::uint32_t i = 0; i < frame.size(); ++i) {
        if (set.has(i)) continue;
        frame[i] = static_cast<std::uint8_t>(kept[i] + 1 + dice.below(255));
        broken += run(code, frame) != before ? 1u : 0u;
        frame[i] = kept[i];
    }
    for (int round = 0; round < 4; ++round) {
        for (std::uint32_t i = 0; i < frame.size(); ++i)
            if (!set.has(i)) frame[i] = dice.octet();
        broken += run(code, frame) != before ? 1u : 0u;
    }
    const auto other_len = static_cast<std::uint32_t>(frame.size()) + dice.below(2000);
    if (!set.length) broken += run(code, kept, other_len) != before ? 1u : 0u;
    return broken;
}

std::size_t broken_promises(const Code& code, int dlt, Dice& dice, int frames) {
    const ReadSet set = reads(code);
    std::size_t broken = 0;
    for (int i = 0; i < frames; ++i) broken += broken_promises(code, set, random_frame(dice, dlt), dice);
    return broken;
}

struct Row {
    std::string dlt, expression;
};

/// Rows of the shared list of filters that the libpcap of this machine accepts.
std::vector<Row> corpus_rows() {
    std::ifstream file(std::string(SPAN_CORPORA) + "/filters/FILTERS.shared.tsv");
    std::vector<Row> rows;
    std::string line;
    while (std::getline(file, line)) {
        std::vector<std::string> cells;
        std::istringstream in(line);
        for (std::string cell; std::getline(in, cell, '\t');) cells.push_back(cell);
        if (cells.size() > 8 && cells[8] == "ok") rows.push_back({cells[3], cells[5]});
    }
    return rows;
}

}  // namespace

TEST_CASE("reads: what is not read never decides, for expressions as people write them") {
    Dice dice(seed);
    std::size_t compiled = 0;
    for (const int dlt : {DLT_EN10MB, DLT_LINUX_SLL, DLT_RAW}) {
        for (const char* expression : expressions) {
            for (const bool optimize : {true, false}) {
                const auto code = compile(dlt, expression, optimize);
                if (!code) continue;
                ++compiled;
                INFO(expression << " on " << dlt << (optimize ? "" : ", not optimized"));
                REQUIRE(broken_promises(*code, dlt, dice, 30) == 0);
            }
        }
    }
    CHECK(compiled > 400);
}

TEST_CASE("reads: what is not read never decides, for the shared list of filters") {
    const std::vector<Row> rows = corpus_rows();
    if (rows.empty()) {
        WARN("skipped: no corpora");
        return;
    }
    Dice dice(seed);
    std::size_t compiled = 0;
    for (const Row& row : rows) {
        const int dlt = pcap_datalink_name_to_val(row.dlt.c_str());
        const auto code = dlt < 0 ? std::nullopt : compile(dlt, row.expression);
        if (!code) continue;
        ++compiled;
        INFO(row.expression << " on " << row.dlt);
        REQUIRE(broken_promises(*code, dlt, dice, 12) == 0);
    }
    CHECK(compiled * 2 > rows.size());
}

TEST_CASE("reads: what is not read never decides, for random valid programs") {
    Dice dice(seed);
    std::size_t answers = 0, free_octets = 0;
    for (int round = 0; round < 6000; ++round) {
        const Code code = random_program(dice);
        REQUIRE(bpf_validate(reinterpret_cast<const bpf_insn*>(code.data()), static_cast<int>(code.size())));
        INFO("round " << round);
        REQUIRE(broken_promises(code, DLT_EN10MB, dice, 6) == 0);
        const ReadSet set = reads(code);
        for (std::uint32_t i = 0; i < 100; ++i) free_octets += set.has(i) ? 0u : 1u;
        answers += run(code, random_frame(dice, DLT_EN10MB)) != 0 ? 1u : 0u;
    }
    // The test would mean nothing if all programs gave 0 or read everything.
    CHECK(answers > 500);
    CHECK(free_octets > 100'000);
}

TEST_CASE("reads: the property test notices a set that lacks an octet") {
    Dice dice(seed);
    const auto code = compile(DLT_EN10MB, "ip host 192.0.2.25");
    REQUIRE(code);
    ReadSet set = reads(*code);
    REQUIRE(set.has(12));
    set.octets[12] = false;
    std::size_t broken = 0;
    for (int i = 0; i < 200; ++i) broken += broken_promises(*code, set, random_frame(dice, DLT_EN10MB), dice);
    CHECK(broken > 0);
}

#include "rules/analysis/reads.hpp"

#include "tests/property/analysis/pcap_program.hpp"
#include "tests/support/catch.hpp"

using namespace sw;
using namespace sw::testing;

namespace {

std::vector<std::uint32_t> listed(const ReadSet& set) {
    std::vector<std::uint32_t> octets;
    for (std::uint32_t i = 0; i < set.octets.size(); ++i)
        if (set.octets[i]) octets.push_back(i);
    return octets;
}

ReadSet reads_of(const char* expression, int dlt = DLT_EN10MB) {
    const auto code = compile(dlt, expression);
    REQUIRE(code);
    return reads(*code);
}

using Octet = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("reads: an expression that accepts everything reads nothing") {
    const ReadSet set = reads_of("");
    CHECK(listed(set).empty());
    CHECK_FALSE(set.length);
    CHECK_FALSE(set.has(0));
}

TEST_CASE("reads: a host reads the ethertype and the addresses") {
    CHECK(listed(reads_of("ip src host 192.0.2.25")) == Octet{12, 13, 26, 27, 28, 29});
    CHECK(listed(reads_of("ip src host 192.0.2.25", DLT_LINUX_SLL)) == Octet{14, 15, 28, 29, 30, 31});
    CHECK(listed(reads_of("ip src host 192.0.2.25", DLT_RAW)) == Octet{0, 12, 13, 14, 15});
}

TEST_CASE("reads: a port is read wherever the header length puts it, and nowhere else") {
    const ReadSet set = reads_of("ip and tcp dst port 25");
    CHECK(set.unbounded_from == UINT32_MAX);
    for (std::uint32_t ihl = 0; ihl < 16; ++ihl) {
        CHECK(set.has(16 + 4 * ihl));
        CHECK(set.has(17 + 4 * ihl));
        CHECK_FALSE(set.has(18 + 4 * ihl + (ihl == 1 || ihl == 0 ? 100 : 0)));
    }
    CHECK_FALSE(set.has(78));
}

TEST_CASE("reads: the length alone") {
    const ReadSet set = reads_of("len > 100");
    CHECK(set.length);
    CHECK(listed(set).empty());
}

TEST_CASE("reads: an index computed from the frame stays within what its octets can say") {
    const ReadSet set = reads_of("tcp[((tcp[12] & 0xf0) >> 2):4] = 0x47455420");
    CHECK(set.has(14 + 60 + 60));
    CHECK_FALSE(set.has(14 + 60 + 60 + 4));
    CHECK(set.unbounded_from == UINT32_MAX);
}

TEST_CASE("reads: an index that nobody can bound reads all that follows") {
    const Code code{{BPF_LD | BPF_W | BPF_ABS, 0, 0, 0},
                    {BPF_MISC | BPF_TAX, 0, 0, 0},
                    {BPF_LD | BPF_B | BPF_IND, 0, 0, 8},
                    {BPF_RET | BPF_A, 0, 0, 0}};
    const ReadSet set = reads(code);
    CHECK(set.has(3));
    CHECK_FALSE(set.has(4));
    CHECK(set.unbounded_from == 8);
    CHECK(set.has(8));
    CHECK(set.has(UINT32_MAX));
}

TEST_CASE("reads: an ancillary load of Linux lies beyond every frame") {
    const Code code{{BPF_LD | BPF_B | BPF_ABS, 0, 0, 0xfffff02c}, {BPF_RET | BPF_A, 0, 0, 0}};
    const ReadSet set = reads(code);
    CHECK(listed(set).empty());
    CHECK_FALSE(set.has(1'000'000));
    CHECK(run(code, Octets(100, 1)) == 0);
}

TEST_CASE("reads: what no packet can reach is not read") {
    const Code code{{BPF_LD | BPF_IMM, 0, 0, 1},
                    {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 1},
                    {BPF_LD | BPF_B | BPF_ABS, 0, 0, 5},
                    {BPF_LD | BPF_B | BPF_ABS, 0, 0, 9},
                    {BPF_RET | BPF_A, 0, 0, 0}};
    CHECK(listed(reads(code)) == Octet{9});
}

TEST_CASE("reads: where two paths meet, both indexes count") {
    const Code code{{BPF_LD | BPF_B | BPF_ABS, 0, 0, 0}, {BPF_JMP | BPF_JEQ | BPF_K, 0, 2, 1}, {BPF_LDX | BPF_IMM, 0, 0, 4},
                    {BPF_JMP | BPF_JA, 0, 0, 1},         {BPF_LDX | BPF_IMM, 0, 0, 10},        {BPF_LD | BPF_B | BPF_IND, 0, 0, 2},
                    {BPF_RET | BPF_A, 0, 0, 0}};
    CHECK(listed(reads(code)) == Octet{0, 6, 12});
}

TEST_CASE("reads: of a program that is not valid, or jumps backwards, everything may decide") {
    const auto everything = [](const Code& code) {
        const ReadSet set = reads(code);
        return set.has(0) && set.has(70'000) && set.length;
    };
    CHECK(everything({}));
    CHECK(everything({{BPF_LD | BPF_IMM, 0, 0, 1}}));                                       // runs off the end
    CHECK(everything({{BPF_JMP | BPF_JA, 0, 0, UINT32_MAX}, {BPF_RET | BPF_K, 0, 0, 1}}));  // jumps to itself
    CHECK(everything({{BPF_JMP | BPF_JEQ | BPF_K, 9, 9, 0}, {BPF_RET | BPF_K, 0, 0, 1}}));  // jumps out
    CHECK(everything({{BPF_ST, 0, 0, BPF_MEMWORDS}, {BPF_RET | BPF_K, 0, 0, 1}}));          // no such memory word
    CHECK(everything({{0xffff, 0, 0, 0}, {BPF_RET | BPF_K, 0, 0, 1}}));                     // no such opcode
    CHECK(everything({{BPF_LD | BPF_ABS | 0x18, 0, 0, 0}, {BPF_RET | BPF_K, 0, 0, 1}}));    // no such width
    const auto chain = compile(DLT_EN10MB, "ip6 protochain 6");
    REQUIRE(chain);
    CHECK(everything(*chain));
}

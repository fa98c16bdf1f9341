/// No evasion is ever allowed, and each is named by its reason.
#include <fmt/format.h>

#include <set>
#include <utility>

#include "rules/confine/confine.hpp"
#include "rules/policy/program.hpp"
#include "tests/replay/hostile.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/judge.hpp"

namespace sw::craft {
namespace {

/// What is wrong with a case's verdicts; "" if all is well.
std::string complaint(const Hostile& h) {
    const Judged judged = judge(stock_policy, h.frames);
    const Judgement& last = judged.judgements.back();
    for (std::size_t i = 0; h.prelude_allowed && i + 1 < h.frames.size(); ++i)
        if (judged.judgements[i].verdict != Verdict::allow)
            return fmt::format("{}: frame {} before it: {}", h.name, i + 1, describe(judged.judgements[i]));
    const Verdict expected = h.expected == Reason::forbidden ? Verdict::black : Verdict::grey;
    if (last.verdict == expected && last.reasons.has(h.expected) && last.finding != 0) return {};
    return fmt::format("{}: expected {}, got {}", h.name, info(h.expected).slug, describe(last));
}

void expect_all_caught(const std::vector<Hostile>& cases) {
    for (const Hostile& h : cases) {
        const std::string wrong = complaint(h);
        if (!wrong.empty()) FAIL_CHECK(wrong);
    }
}

std::vector<Hostile> all_hostile() {
    std::vector<Hostile> all;
    for (auto part : {hostile_links, hostile_arp, hostile_ipv4, hostile_fragments, hostile_ipv6, hostile_tunnels, hostile_tcp, hostile_udp,
                      hostile_icmp, hostile_strangers, hostile_connections, hostile_late})
        for (Hostile& h : part()) all.push_back(std::move(h));
    return all;
}

}  // namespace

TEST_CASE("evasion: no link header slips through") { expect_all_caught(hostile_links()); }
TEST_CASE("evasion: no ARP trick slips through") { expect_all_caught(hostile_arp()); }
TEST_CASE("evasion: no bent IPv4 header slips through") { expect_all_caught(hostile_ipv4()); }
TEST_CASE("evasion: no fragment slips through") { expect_all_caught(hostile_fragments()); }
TEST_CASE("evasion: no bent IPv6 header slips through") { expect_all_caught(hostile_ipv6()); }
TEST_CASE("evasion: no tunnel slips through") { expect_all_caught(hostile_tunnels()); }
TEST_CASE("evasion: no bent TCP segment slips through") { expect_all_caught(hostile_tcp()); }
TEST_CASE("evasion: no bent datagram or odd protocol slips through") { expect_all_caught(hostile_udp()); }
TEST_CASE("evasion: no ICMP or neighbour discovery trick slips through") { expect_all_caught(hostile_icmp()); }
TEST_CASE("evasion: nothing opens a conversation but what a rule describes") { expect_all_caught(hostile_strangers()); }
TEST_CASE("evasion: nothing rides on a live connection") { expect_all_caught(hostile_connections()); }
TEST_CASE("evasion: nothing comes too late") { expect_all_caught(hostile_late()); }

TEST_CASE("evasion: the frames that the cases bend are allowed as they stand") {
    const Frames stock = {smtp_syn(), smtp_syn6(), dns_ask(), dns_ask6(), ping(), ping6(), smtp_syn().pad(), dns_ask().pad()};
    const Judged judged = judge(stock_policy, stock);
    for (const Judgement& j : judged.judgements) CHECK(describe(j) == "allow");
}

TEST_CASE("evasion: of all 256 flag bytes only a SYN, plain or asking for ECN, opens a connection") {
    for (unsigned flags = 0; flags < 256; ++flags) {
        const Judged judged =
            judge(stock_policy, {smtp_syn().set8(tcp4_at + 13, flags).fix(), smtp_syn6().set8(tcp6_at + 13, flags).fix()});
        const bool opens = flags == tcp_flag::syn || flags == (tcp_flag::syn | tcp_flag::ece | tcp_flag::cwr);
        INFO("flags " << flags << ": " << describe(judged.judgements[0]));
        CHECK(judged.counters.allowed == (opens ? 2 : 0));
    }
}

TEST_CASE("evasion: no cut of an opening is allowed, whatever its length") {
    for (const CraftedFrame& whole : {smtp_syn(), smtp_syn6(), dns_ask(), dns_ask6(), ping(), ping6()}) {
        for (std::size_t n = 0; n < whole.bytes.size(); ++n) {
            const Judged judged = judge(stock_policy, {CraftedFrame(whole).cut(n), CraftedFrame(whole).snap(n)});
            INFO("cut to " << n << " of " << whole.bytes.size() << ": " << describe(judged.judgements[0]));
            CHECK(judged.counters.allowed == 0);
        }
    }
}

TEST_CASE("evasion: no flipped bit of an opening's headers goes unseen by the checksums") {
    const CraftedFrame whole = smtp_syn();
    for (std::size_t bit = ip_at * 8; bit < whole.bytes.size() * 8; ++bit) {
        const Judged judged = judge(stock_policy, {CraftedFrame(whole).flip(bit / 8, 1u << (bit % 8))});
        INFO("octet " << bit / 8 << ", bit " << bit % 8);
        CHECK(judged.counters.allowed == 0);
    }
}

TEST_CASE("evasion: mode packet, which forgets conversations, allows no bent frame either") {
    EngineOptions options;
    options.mode = Mode::packet;
    for (const Hostile& h : all_hostile()) {
        if (info(h.expected).kind == ReasonKind::state) continue;
        const Judged judged = judge(stock_policy, {h.frames.back()}, options);
        INFO(h.name << ": " << describe(judged.judgements[0]));
        CHECK(judged.counters.allowed == 0);
    }
}

TEST_CASE("evasion: the same rules as a tcpdump filter would print more than a third of the cases") {
    EngineOptions options;
    options.mode = Mode::tcpdump;
    const std::vector<Hostile> all = all_hostile();
    std::size_t printed = 0;
    for (const Hostile& h : all) printed += judge(stock_policy, {h.frames.back()}, options).counters.allowed;
    INFO(printed << " of " << all.size());
    CHECK(printed > all.size() / 3);
}

TEST_CASE("evasion: one frame is missed by a filter and by its negation, and is grey here") {
    mark_unconfined();
    FilterCompiler compiler = std::move(FilterCompiler::make({}).value());
    const CraftedFrame f = smtp_syn().pad().set8(ip_at, 0x4f).set16(ip_at + 2, 46);
    for (const char* filter : {"tcp port 25", "not tcp port 25"}) {
        const Result<Program> program = compiler.compile(filter);
        REQUIRE(program);
        CHECK_FALSE(program->matches(f.bytes.data(), f.len, f.len));
    }
    CHECK(describe(judge(stock_policy, {f}).judgements[0]) == "grey ip-header-length");
}

TEST_CASE("evasion: a case that is allowed, or grey for another reason, is complained of") {
    CHECK_FALSE(complaint(one("honest", Reason::no_rule, smtp_syn())).empty());
    CHECK_FALSE(complaint(one("misnamed", Reason::land, smtp_syn().flip(tcp4_at + 16, 1))).empty());
    CHECK_FALSE(complaint({"bad prelude", Reason::bad_checksum, {smtp_syn().cut(20), smtp_syn().flip(tcp4_at + 16, 1)}}).empty());
}

TEST_CASE("evasion: the cases are many, and each has its own name") {
    std::set<std::string> names;
    const std::vector<Hostile> all = all_hostile();
    for (const Hostile& h : all) names.insert(h.name);
    CHECK(names.size() == all.size());
    CHECK(all.size() >= 300);
}

}  // namespace sw::craft

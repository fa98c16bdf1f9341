#include "tests/support/catch.hpp"
#include "tests/support/stock.hpp"
#include "tests/unit/review/reviewed.hpp"

using namespace sw;
using namespace sw::craft;
using sw::test::has;
using sw::test::Reviewed;

namespace {

std::string refusal(const Frames& frames, std::size_t which = 0) {
    Reviewed r(stock_policy, frames);
    const auto p = r.propose(r.findings().at(which));
    if (p) FAIL("proposed " << p->filter);
    CHECK(p.error().code == ExitCode::input);
    return p.error().text;
}

}  // namespace

TEST_CASE("no rule is proposed for what is forbidden by name") {
    CHECK(has(refusal({tcp(v4(mail, 40000), v4(outside, 22))}), "finding 1 is blacklisted by rule mail-opens-ssh"));
}

TEST_CASE("no rule is proposed for a scan that was folded into one finding") {
    Frames scan;
    for (std::uint16_t port = 1000; port < 1040; ++port) scan.push_back(tcp(v4(scanner, 40000), v4(mail, port)));
    Reviewed r(stock_policy, scan);
    std::size_t folded = 0;
    for (const QueuedFinding& f : r.findings()) {
        if (!f.folded) continue;
        ++folded;
        const auto p = r.propose(f);
        REQUIRE_FALSE(p);
        CHECK(has(p.error().text, "stands for many hosts or ports"));
    }
    CHECK(folded > 0);
}

TEST_CASE("no rule is proposed for packets that are wrong in themselves, and their faults are named") {
    auto bad = tcp(v4(outside, 40000), v4(insider, 80));
    bad.set16(tcp4_at + 16, 0xdead);
    CHECK(has(refusal({bad}), "wrong in themselves (bad-checksum)"));
}

TEST_CASE("no rule is proposed where a rule is there already and only the opening was not seen") {
    CHECK(has(refusal({tcp(v4(outside, 40000), v4(mail, 25), {tcp_flag::ack, 5, 9, 100, {}}, "hello")}), "fits rule smtp-in already"));
}

TEST_CASE("no rule is proposed for what breaks its conversation") {
    auto frames = smtp().frames();
    frames.push_back(smtp().segment(craft::Side::client, tcp_flag::syn, 5000));
    CHECK(has(refusal(then(smtp().frames(), smtp().segment(craft::Side::client, tcp_flag::rst, 1'000'000))),
              "breaks its conversation's own rules ("));
}

TEST_CASE("no rule is proposed for ARP that comes from two MAC addresses") {
    Endpoint forged = v4(insider);
    forged.mac = "02:00:00:00:00:4e";
    CHECK(has(refusal({arp_request(v4(insider), "192.0.2.99"), arp_request(forged, "192.0.2.99")}), "several MAC addresses"));
}

TEST_CASE("no rule is proposed where the policy judges single packets") {
    std::string policy = "mode = \"packet\"\n" + stock_policy;
    Reviewed r(stock_policy, {tcp(v4(outside, 40000), v4(insider, 80))});
    PolicyLoad load = parse_policy("test.toml", policy);
    REQUIRE(load.policy);
    const auto p = propose(r.only(), r.samples(1), *load.policy, "ada", "x", "2027-01-01");
    REQUIRE_FALSE(p);
    CHECK(has(p.error().text, "the policy's mode is packet"));
}

TEST_CASE("no rule is proposed without a packet to check it with, nor until a day that is none") {
    Reviewed r(stock_policy, {tcp(v4(outside, 40000), v4(insider, 80))});
    const auto none = propose(r.only(), {}, r.policy(), "ada", "x", "2027-01-01");
    REQUIRE_FALSE(none);
    CHECK(has(none.error().text, "no packet in the store"));
    for (const char* until : {"", "2027", "2027-02-30", "2027-1-1", "20270101", "2027-01-01\n[[allow]]", "+027-01-01"}) {
        const auto p = r.propose(r.only(), "x", until);
        REQUIRE_FALSE(p);
        CHECK(has(p.error().text, "is no date"));
    }
}

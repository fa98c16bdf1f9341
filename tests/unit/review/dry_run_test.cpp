#include "tests/support/catch.hpp"
#include "tests/support/stock.hpp"
#include "tests/unit/review/reviewed.hpp"

using namespace sw;
using namespace sw::craft;
using sw::test::has;
using sw::test::Reviewed;

namespace {

/// What opens a conversation that no rule names, and its answer.
Frames web_talk() {
    return TcpDialogue(v4(outside, 40000), v4(insider, 80))
        .handshake()
        .say(craft::Side::client, "GET / HTTP/1.0\r\n\r\n")
        .close(craft::Side::server)
        .frames();
}

/// The finding of this reason with this port.
QueuedFinding finding(Reviewed& r, std::uint16_t port, Reason reason = Reason::no_rule) {
    for (const QueuedFinding& f : r.findings())
        if (f.port == port && f.reasons.has(reason)) return f;
    FAIL("no finding with port " << port);
    return {};
}

}  // namespace

TEST_CASE("a dry run covers a conversation both ways and says so in a sentence") {
    Reviewed r(stock_policy, web_talk());
    const QueuedFinding web = finding(r, 80);
    const DryRun run = r.dry(r.proposal(web));
    CHECK(run.packets == web_talk().size());
    CHECK(run.covered.size() == r.findings().size());
    CHECK(has(run.sentence(), "would have allowed " + std::to_string(run.packets) + " packets in "));
    CHECK_FALSE(run.refusal());
}

TEST_CASE("a dry run leaves other hosts, other ports and the other way round alone") {
    Frames frames = {tcp(v4(outside, 40000), v4(insider, 80))};
    frames.push_back(tcp(v4(other_outside, 40000), v4(insider, 80)).later(1s));
    frames.push_back(tcp(v4(outside, 40000), v4(insider, 81)).later(2s));
    frames.push_back(tcp(v4(insider, 40000), v4(outside, 80)).later(3s));
    frames.push_back(udp(v4(outside, 40000), v4(insider, 80), "x").later(4s));
    Reviewed r(stock_policy, frames);
    const DryRun run = r.dry(r.proposal(r.findings().front()));
    REQUIRE(run.covered.size() == 1);
    CHECK(run.covered[0].finding == r.findings().front().id);
    CHECK(run.sentence() == "would have allowed 1 packet in 1 finding: 1");
}

TEST_CASE("a finding counts whole if all its samples are covered, and in part else") {
    Frames frames;
    for (int i = 0; i < 40; ++i) frames.push_back(udp(v4(outside, 40000), v4(insider, 123), "x").later(i * 1s));
    Reviewed r(stock_policy, frames);
    const DryRun run = r.dry(r.proposal(r.only()));
    CHECK(r.samples(1).size() < 40);
    CHECK(run.packets == 40);
}

TEST_CASE("packets that are wrong in themselves are not covered") {
    Frames frames = {tcp(v4(outside, 40000), v4(insider, 80)), tcp(v4(outside, 40001), v4(insider, 80)).later(1s)};
    frames[1].set16(tcp4_at + 16, 0xdead);
    Reviewed r(stock_policy, frames);
    const DryRun run = r.dry(r.proposal(r.findings().front()));
    CHECK(run.covered.size() == 1);
}

TEST_CASE("a rule that covers an escalated finding is refused and names it, even where it would not allow its packets") {
    Frames frames = {tcp(v4(outside, 40000), v4(insider, 80)), tcp(v4(outside, 40001), v4(insider, 80)).later(1s)};
    frames[1].set16(tcp4_at + 16, 0xdead);
    Reviewed r(stock_policy, frames);
    const QueuedFinding odd = finding(r, 80, Reason::bad_checksum);
    r.decide(QueueVerb::escalate, odd.id);
    const DryRun run = r.dry(r.proposal(finding(r, 80)));
    const auto refusal = run.refusal();
    REQUIRE(refusal);
    CHECK(refusal->code == ExitCode::input);
    CHECK(has(refusal->text, "finding " + std::to_string(odd.id) + " (escalated)"));
}

TEST_CASE("a rule that covers a blacklisted finding is refused and names it") {
    // The same conversation was grey until a forbid rule came.
    std::string grown = stock_policy;
    grown.insert(grown.find("[[forbid]]"),
                 "[[forbid]]\nname = \"no-web\"\nfilter = \"tcp and dst host 192.0.2.77 and dst port 80 and tcp[13] & 8 != 0\"\n\n");
    Reviewed r(grown, web_talk());
    std::int64_t black = 0;
    for (const QueuedFinding& f : r.findings())
        if (f.black) black = f.id;
    REQUIRE(black != 0);
    const auto refusal = r.dry(r.proposal(finding(r, 80))).refusal();
    REQUIRE(refusal);
    CHECK(has(refusal->text, "finding " + std::to_string(black) + " (blacklisted)"));
}

TEST_CASE("members of a scan that were folded are found again by the rule of one of them") {
    Frames scan;
    for (std::uint16_t n = 0; n < 60; ++n)
        scan.push_back(tcp(v4(scanner, 40000), v4(insider, static_cast<std::uint16_t>(1000 + n))).later(n * 1s));
    for (std::uint16_t n = 0; n < 60; ++n)
        scan.push_back(tcp(v4(scanner, 40001), v4(insider, static_cast<std::uint16_t>(1000 + n))).later((60 + n) * 1s));
    Reviewed r(stock_policy, scan);
    const DryRun run = r.dry(r.proposal(finding(r, 1000)));
    REQUIRE_FALSE(run.covered.empty());
    CHECK(run.covered.front().whole);
}

TEST_CASE("the findings that a dry run looks at are all that its rule could cover") {
    // Every kind of frame between few hosts; what the rule alone says of each sample is asked anew, without any preselection.
    Frames frames = web_talk();
    Duration late = 60s;
    const auto add = [&](CraftedFrame f) { frames.push_back(f.later(late += 1s)); };
    for (const Host& a : {outside, insider, mail, other_outside})
        for (const Host& b : {outside, insider, mail, other_outside}) {
            if (a.v4 == b.v4) continue;
            for (const std::uint16_t port : {std::uint16_t{80}, std::uint16_t{81}, std::uint16_t{4000}}) {
                add(tcp(v4(a, 50000), v4(b, port)));
                add(udp(v4(a, port), v4(b, 50000), "x"));
            }
            add(echo_request(v4(a), v4(b), 1));
            add(echo_reply(v4(a), v4(b), 2));
            add(ip(v4(a), v4(b), 132, octets("0123456789ab")));
        }
    for (std::uint16_t n = 0; n < 50; ++n) add(tcp(v4(outside, 50000), v4(insider, static_cast<std::uint16_t>(60 + n))));
    Reviewed r(stock_policy, frames);
    std::size_t proposals = 0;
    for (const QueuedFinding& f : r.findings()) {
        const auto proposed = r.propose(f);
        if (!proposed) continue;
        ++proposals;
        const DryRun run = r.dry(*proposed);
        std::uint64_t seen = 0;
        for (const QueuedFinding& other : r.findings()) {
            Frames alone;
            const auto samples = r.samples(other.id);
            const auto edit = with_rule(r.policy(), *proposed, test::today);
            REQUIRE(edit);
            for (const Sample& s : samples) {
                CraftedFrame c{s.octets, s.len, s.ts, s.link.linktype};
                const auto before = judge(stock_policy, {c}), after = judge(edit->text, {c});
                // What the rule turns from grey to allowed, as a packet on its own, must be in the dry run.
                if (before.judgements[0].verdict == Verdict::allow || after.judgements[0].verdict != Verdict::allow) continue;
                ++seen;
                const bool told =
                    std::any_of(run.covered.begin(), run.covered.end(), [&](const DryRun::Covered& c2) { return c2.finding == other.id; });
                INFO("rule " << proposed->filter << " and finding " << other.id << ": " << other.sentence);
                CHECK(told);
            }
        }
        CHECK(seen <= run.packets);
        if (proposals == 12) break;
    }
    CHECK(proposals == 12);
}

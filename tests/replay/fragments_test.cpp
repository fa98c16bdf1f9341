/// Where a rule accepts fragments, they are put together, judged as the datagram that they are, and share one verdict; every doubt
/// about them is grey.
#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "tests/replay/hostile_pieces.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/judge.hpp"
#include "tests/support/mirror.hpp"

namespace sw::craft {
namespace {

/// "allow" if all are, else the first other verdict and its place.
std::string verdicts(const Judged& j) {
    for (std::size_t i = 0; i < j.judgements.size(); ++i)
        if (j.judgements[i].verdict != Verdict::allow) return fmt::format("{}: {}", i + 1, describe(j.judgements[i]));
    return "allow";
}

std::string verdicts(const Frames& frames) { return verdicts(judge(fragments_policy, frames)); }

Frames operator+(Frames a, const Frames& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

Frames reversed(Frames frames) {
    const Frames before = frames;
    for (std::size_t i = 0; i < frames.size(); ++i)
        frames[frames.size() - 1 - i] = CraftedFrame(before[i]).at(before[frames.size() - 1 - i].ts);
    return frames;
}

}  // namespace

TEST_CASE("fragments: a question and a large answer in pieces are one conversation, over IPv4 and IPv6") {
    for (const auto& [ask, answer] : {std::pair(dns_ask(), big_answer()), std::pair(dns_ask6(), big_answer6())}) {
        const Frames answers = pieces(CraftedFrame(answer).later(3ms), 1480);
        CHECK(answers.size() == 3);
        const Judged j = judge(fragments_policy, Frames{ask} + answers);
        CHECK(verdicts(j) == "allow");
        CHECK(j.counters.flows == 1);
        CHECK(j.settled == std::vector<std::uint64_t>{1, 2, 3});
        for (const Judgement& one : j.judgements) CHECK(one.flow == j.judgements[0].flow);
        CHECK(j.judgements[1].answers);
        CHECK(j.counters.by_rule[0] == 4);
    }
}

TEST_CASE("fragments: pieces may come in any order, and in between other frames") {
    const Frames answers = pieces(CraftedFrame(big_answer()).later(3ms), 1000);
    CHECK(verdicts(Frames{dns_ask()} + reversed(answers)) == "allow");
    std::mt19937 random(1993);
    Frames mixed = answers;
    for (int round = 0; round < 20; ++round) {
        std::shuffle(mixed.begin(), mixed.end(), random);
        for (CraftedFrame& f : mixed) f.at(noon + 3ms);
        CHECK(verdicts(Frames{dns_ask()} + mixed) == "allow");
    }
    Frames between = {dns_ask(), answers[0], CraftedFrame(ping()).later(3ms), answers[1], answers[2], answers[3], answers[4]};
    const Judged j = judge(fragments_policy, between);
    CHECK(verdicts(j) == "allow");
    CHECK(j.settled == std::vector<std::uint64_t>{1, 3, 4, 5, 6});
}

TEST_CASE("fragments: a datagram in pieces opens a conversation, TCP's SYN too, and a segment within one is judged in its window") {
    CHECK(verdicts(pieces(big_question(), 512)) == "allow");
    TcpDialogue d = TcpDialogue(v4(mail, 49152), v4(resolver, 53)).handshake();
    const CraftedFrame data = d.segment(Side::client, tcp_flag::ack | tcp_flag::psh, 0, std::string(900, 'q'));
    CHECK(verdicts(d.frames() + pieces(data, 400)) == "allow");
}

TEST_CASE("fragments: an echo of several pieces is one conversation with its reply") {
    CraftedFrame big = icmp(v4(vpn_admin), v4(mail), 8, 0, 0x004d0001, Octets(3000));
    CraftedFrame reply = icmp(v4(mail), v4(vpn_admin), 0, 0, 0x004d0001, Octets(3000));
    CHECK(verdicts(pieces(big, 1480) + pieces(reply.later(10ms), 1480, 7)) == "allow");
}

TEST_CASE("fragments: what the whole datagram is decides, for all of its pieces") {
    const Judged other = judge(fragments_policy, pieces(udp(v4(mail, 49152), v4(resolver, 54), std::string(3000, 'q')), 1480));
    REQUIRE(other.findings.size() == 1);
    CHECK(other.findings[0].count == 3);
    CHECK(other.findings[0].octets == 3 * 34 + 8 + 3000);
    CHECK(other.findings[0].cause.port == 54);
    for (const Judgement& j : other.judgements) CHECK(describe(j) == "grey fragment, no-rule");
    const Judged bad = judge(fragments_policy, pieces(CraftedFrame(big_question()).flip(tcp4_at + 6, 1), 512));
    for (const Judgement& j : bad.judgements) CHECK(j.reasons.has(Reason::bad_checksum));
}

TEST_CASE("fragments: what a forbid rule finds in any piece, or in the whole, blackens all of them") {
    const Frames ssh = pieces(tcp(v4(mail, 40000), v4(outside, 22), {tcp_flag::ack, 1, 1, 512, {}}, std::string(1000, 'x')), 512);
    for (const Frames& frames : {ssh, reversed(ssh), Frames{ssh[0]}}) {
        const Judged j = judge(fragments_policy, frames);
        CHECK(j.counters.blacklisted == frames.size());
        CHECK(j.findings.size() == 1);
    }
    // Wrong by itself, too: no piece of it is put together with another, but the one that waited shares its verdict.
    const Frames syn = reversed(pieces(tcp(v4(mail, 40000), v4(outside, 22), {}, std::string(1000, 'x')), 512));
    CHECK(judge(fragments_policy, syn).counters.blacklisted == syn.size());
}

TEST_CASE("fragments: the first piece holds the whole transport header, behind extension headers too") {
    const std::string policy = fragments_policy +
                               "[[allow]]\nname = 'odd'\nfilter = 'ip6 and src host $mail and dst host 2001:db8:1::77'\n"
                               "accept = ['fragment', 'ipv6-extension']\n";
    CraftedFrame f = tcp(v6(mail, 49152), v6(insider, 4000), {tcp_flag::syn, 1, 0, 512, Octets(20, 1)});
    f.extension(60, {0, 0, 1, 4, 0, 0, 0, 0});
    const Judged split = judge(policy, {piece(f, {0, 24, true}), piece(f, {24, 48, false})});
    CHECK(split.judgements[0].verdict == Verdict::grey);
    CHECK(split.judgements[0].reasons.has(Reason::fragment_tiny));
    CraftedFrame ask = udp(v6(mail, 49152), v6(insider, 53), std::string(600, 'q'));
    ask.extension(60, {0, 0, 1, 4, 0, 0, 0, 0});
    CHECK(verdicts(judge(policy, {piece(ask, {0, 400, true}), piece(ask, {400, 616, false})})) == "allow");
    ask.extension(0, {0, 0, 1, 4, 0, 0, 0, 0});
    CHECK(verdicts(judge(policy, {piece(ask, {0, 400, true}), piece(ask, {400, 616, false})})) == "allow");
}

TEST_CASE("fragments: only rules that accept them do") {
    const Frames syn_with_options = pieces(tcp(v4(outside, 40000), v4(mail, 25), {tcp_flag::syn, 1, 0, 512, Octets(20, 1)}), 24);
    const Judged j = judge(fragments_policy, syn_with_options);
    for (const Judgement& one : j.judgements) CHECK(one.verdict == Verdict::grey);
    TcpDialogue d = smtp();
    const CraftedFrame data = d.segment(Side::client, tcp_flag::ack | tcp_flag::psh, 0, "EHLO " + std::string(600, 'x') + "\r\n");
    const Judged within = judge(fragments_policy, d.frames() + pieces(data, 400));
    CHECK(describe(within.judgements.back()) == "grey fragment");
    CHECK(within.judgements.back().fits);
}

TEST_CASE("fragments: where no rule accepts them each is grey when it comes, and none is held") {
    const Judged j = judge(stock_policy, Frames{dns_ask()} + pieces(CraftedFrame(big_answer()).later(3ms), 1480));
    CHECK(j.settled.empty());
    CHECK(describe(j.judgements[1]) == "grey fragment");
    EngineOptions options;
    options.mode = Mode::packet;
    CHECK(judge(fragments_policy, pieces(big_question(), 512), options).settled.empty());
}

TEST_CASE("fragments: in mode tcpdump a first piece is what it is to tcpdump") {
    EngineOptions options;
    options.mode = Mode::tcpdump;
    const Judged j = judge(fragments_policy, pieces(big_question(), 512), options);
    CHECK(j.settled.empty());
    CHECK(describe(j.judgements[0]) == "allow");
    CHECK(describe(j.judgements[1]) == "grey no-rule");
}

TEST_CASE("fragments: ignoring them waves none through") {
    for (const char* slug : {"fragment", "fragment-tiny", "fragment-df", "fragment-atomic", "fragment-overlong"}) {
        const Judged j = judge(stock_policy + "ignore = [\"" + slug + "\"]\n", pieces(big_question(), 512));
        CHECK(describe(j.judgements[0]) == "grey fragment");
    }
}

TEST_CASE("fragments: no hostile set of them is allowed, in whole or in part, and each is named by its reason") {
    std::size_t cases = 0;
    for (const HostilePieces& h : hostile_pieces()) {
        INFO(h.name);
        const Judged j = judge(fragments_policy, h.frames);
        bool named = false;
        for (std::size_t i = h.honest; i < j.judgements.size(); ++i) {
            INFO("frame " << i + 1 << ": " << describe(j.judgements[i]));
            CHECK(j.judgements[i].verdict != Verdict::allow);
            named = named || j.judgements[i].reasons.has(h.expected);
        }
        if (!named) FAIL_CHECK("last: " << describe(j.judgements.back()));
        ++cases;
    }
    CHECK(cases >= 40);
}

TEST_CASE("fragments: what stands beside a hostile set is judged as ever") {
    const Frames honest = Frames{dns_ask()} + pieces(CraftedFrame(big_answer()).later(3ms), 1480, 77);
    for (const HostilePieces& h : hostile_pieces()) {
        if (h.floods) continue;
        INFO(h.name);
        Frames frames = h.frames;
        for (CraftedFrame f : honest) frames.push_back(f.later(1min));
        const Judged j = judge(fragments_policy, frames);
        for (std::size_t i = frames.size() - honest.size(); i < frames.size(); ++i) CHECK(describe(j.judgements[i]) == "allow");
    }
}

TEST_CASE("fragments: a piece waits two seconds of packet time, 65,536 frames, or until the capture ends") {
    const Frames answers = pieces(CraftedFrame(big_answer()).later(3ms), 1480);
    const Judged to_the_end = judge(fragments_policy, {dns_ask(), answers[0]});
    CHECK(to_the_end.held == 1);
    CHECK(describe(to_the_end.judgements[1]) == "grey fragment-incomplete");
    Frames late = {dns_ask(), answers[0], answers[1], CraftedFrame(answers[2]).at(answers[0].ts + 2001ms)};
    CHECK(verdicts(late) == "2: grey fragment-incomplete");
    late[3].at(answers[0].ts + 2000ms);
    CHECK(verdicts(late) == "allow");
    Frames crowd = {dns_ask(), answers[0], answers[1]};
    crowd.resize(65'538, CraftedFrame(dns_ask()).at(answers[1].ts));
    crowd.push_back(CraftedFrame(answers[2]).at(answers[1].ts));
    CHECK(describe(judge(fragments_policy, crowd).judgements[1]) == "grey fragment-incomplete");
    crowd.erase(crowd.begin() + 3);
    crowd.erase(crowd.begin() + 3);
    CHECK(verdicts(crowd) == "allow");
}

TEST_CASE("fragments: after a spoiled datagram nothing of its name is allowed for a minute, then it is forgotten") {
    const Frames answers = pieces(CraftedFrame(big_answer()).later(3ms), 1480);
    const auto after = [&](Duration pause) {
        Frames frames = {dns_ask(), answers[0], CraftedFrame(dns_ask()).later(4s)};
        for (Duration d = 20s; d < pause; d += 20s) frames.push_back(CraftedFrame(dns_ask()).later(d));
        frames.push_back(CraftedFrame(dns_ask()).later(pause));
        for (const CraftedFrame& f : answers) frames.push_back(CraftedFrame(f).later(pause));
        return describe(judge(fragments_policy, frames).judgements.back());
    };
    CHECK(after(50s) == "grey fragment-incomplete");
    CHECK(after(70s) == "allow");
}

TEST_CASE("fragments: a flood of 200,000 lone ones keeps memory flat, is one finding, and blinds nobody for more than a minute") {
    constexpr std::size_t lone = 200'000;
    Frames frames;
    for (std::size_t i = 0; i < lone; ++i) {
        CraftedFrame f = piece(big_question(), {0, 64, true}, static_cast<std::uint32_t>(i));
        f.set32(ip_at + 12, 0xc0000200u | static_cast<std::uint32_t>(i % 3 + 200)).set8(ip_at + 9, static_cast<unsigned>(17 + i / 65'536));
        frames.push_back(f.fix_ip().at(noon + std::chrono::microseconds(i)));
    }
    const std::size_t behind = frames.size();
    for (CraftedFrame f : pieces(big_question(), 512)) frames.push_back(f.later(1s));
    for (CraftedFrame f : pieces(big_question(), 512)) frames.push_back(f.later(3min));
    const Judged j = judge(fragments_policy, frames);
    CHECK(describe(j.judgements[0]) == "grey fragment-incomplete");
    CHECK(describe(j.judgements[lone - 1]) == "grey fragment-limit");
    CHECK(describe(j.judgements[behind]) == "grey fragment-limit");
    CHECK(describe(j.judgements.back()) == "allow");
    CHECK(j.findings.size() < 40);
}

TEST_CASE("fragments: pieces with expected VLAN tags, within a mirror, or in any batch are put together alike") {
    const Frames bare = Frames{dns_ask()} + pieces(CraftedFrame(big_answer()).later(3ms), 1480);
    Frames tagged = bare;
    for (CraftedFrame& f : tagged) f.tag(10);
    CHECK(verdicts(judge(fragments_policy + "[wire]\nvlans = [10, 20]\n", tagged)) == "allow");
    tagged.back().bytes[15] = 20;
    CHECK(describe(judge(fragments_policy + "[wire]\nvlans = [10, 20]\n", tagged).judgements.back()) == "grey fragment-inconsistent");
    for (const Encapsulation kind : {Encapsulation::erspan2, Encapsulation::vxlan, Encapsulation::vlan}) {
        MirrorSetup s;
        s.kind = kind;
        const Judged j = judge(behind_mirror(fragments_policy, s), wrap(bare, s));
        CHECK(verdicts(j) == "allow");
        for (const Judgement& one : j.judgements) CHECK(one.wrapped > 0);
    }
}

TEST_CASE("fragments: on links without Ethernet, too") {
    for (const std::uint16_t link : {linktype::raw, linktype::null}) {
        Frames frames = Frames{dns_ask()} + pieces(CraftedFrame(big_answer()).later(3ms), 1480);
        for (CraftedFrame& f : frames) f.relink(link, link == linktype::raw ? Octets{} : Octets{2, 0, 0, 0});
        CHECK(verdicts(frames) == "allow");
    }
}

TEST_CASE("fragments: the grace takes up a conversation by its pieces only if its rule accepts them") {
    EngineOptions options;
    options.grace = 1min;
    const TcpDialogue dns = TcpDialogue(v4(mail, 49152), v4(resolver, 53)).handshake();
    const CraftedFrame data = dns.segment(Side::client, tcp_flag::ack | tcp_flag::psh, 0, std::string(900, 'q'));
    CHECK(verdicts(judge(fragments_policy, pieces(data, 400), options)) == "allow");
    const CraftedFrame mail_data = smtp().segment(Side::client, tcp_flag::ack | tcp_flag::psh, 0, std::string(900, 'q'));
    CHECK(describe(judge(fragments_policy, pieces(mail_data, 400), options).judgements[0]) == "grey fragment, not-open");
}

}  // namespace sw::craft

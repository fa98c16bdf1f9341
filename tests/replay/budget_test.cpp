/// What a rule allows of its conversations, and when: beyond it they are grey, with figures.
#include "tests/support/catch.hpp"
#include "tests/support/judge.hpp"
#include "tests/support/pieces.hpp"
#include "tests/support/stock.hpp"

namespace sw::craft {
namespace {

std::string policy(const std::string& budget, const std::string& top = {}) {
    return top + R"TOML(
home = ["192.0.2.0/24"]
[names]
mail = "192.0.2.25"
resolver = "192.0.2.53"
[[allow]]
name = "smtp-in"
filter = "tcp and dst host $mail and dst port 25"
)TOML" + budget +
           R"TOML(
[[allow]]
name = "dns"
filter = "src host $mail and dst host $resolver and dst port 53"
)TOML";
}

/// "allow allow grey budget-bytes"
std::string verdicts(const Judged& j) {
    std::string text;
    for (const Judgement& one : j.judgements) text += (text.empty() ? "" : ", ") + describe(one);
    return text;
}

std::string only_sentence(const Judged& j) {
    REQUIRE(j.findings.size() == 1);
    return sentence(j.findings[0], *j.policy);
}

Frames at(Frames frames, Timestamp t) {
    const Timestamp first = frames.front().ts;
    for (CraftedFrame& f : frames) f.at(t + (f.ts - first));
    return frames;
}

}  // namespace

TEST_CASE("budget: a conversation's octets, both ways, up to the limit and with the very frame that passes it no more") {
    TcpDialogue d = smtp().say(Side::client, std::string(100, 'x')).say(Side::server, std::string(100, 'y'));
    std::uint64_t sum = 0;
    for (const CraftedFrame& f : d.frames()) sum += f.len;
    CHECK(judge(policy("max_bytes = " + std::to_string(sum)), d.frames()).counters.greylisted == 0);
    const Judged j = judge(policy("max_bytes = " + std::to_string(sum - 1)), d.frames());
    CHECK(j.counters.greylisted == 1);
    CHECK(describe(j.judgements.back()) == "grey budget-bytes");
    CHECK(only_sentence(j) ==
          "198.51.100.7 sent tcp to 192.0.2.25 (mail) port 25 (ACK): it takes its conversation beyond the octets that its "
          "rule allows: " +
              std::to_string(sum) + " octets, smtp-in allows " + std::to_string(sum - 1) + ".");
    CHECK(j.judgements.back().fits);
}

TEST_CASE("budget: what came beyond it stays grey, one finding, and other conversations have their own") {
    TcpDialogue d = smtp();
    for (int i = 0; i < 10; ++i) d.say(Side::client, std::string(1000, 'x'));
    Frames frames = d.frames();
    const TcpDialogue other = TcpDialogue(v4(outside, 40001), v4(mail, 25), d.now()).handshake();
    frames.insert(frames.end(), other.frames().begin(), other.frames().end());
    const Judged j = judge(policy("max_bytes = 5000"), frames);
    CHECK(describe(j.judgements[22]) == "grey budget-bytes");
    CHECK(describe(j.judgements.back()) == "allow");
    CHECK(j.findings.size() == 1);
    CHECK(j.counters.flows == 2);
}

TEST_CASE("budget: time runs from a conversation's first packet") {
    TcpDialogue d = smtp();
    const Timestamp opened = d.frames().front().ts;
    d.wait(1h - (d.now() - opened)).ack(Side::client).wait(1ms).ack(Side::client).wait(30min).ack(Side::server);
    const Judged j = judge(policy("max_duration = '1h'"), d.frames());
    CHECK(verdicts(j) == "allow, allow, allow, allow, grey budget-duration, grey budget-duration");
    CHECK(sentence(j.findings[0], *j.policy).find("3,600 s, smtp-in allows 3,600 s") != std::string::npos);
}

TEST_CASE("budget: no sixty minutes hold more conversations than a rule allows, and those beyond are grey to their end") {
    Frames frames;
    for (std::uint16_t i = 0; i < 5; ++i) {
        const TcpDialogue d = TcpDialogue(v4(outside, static_cast<std::uint16_t>(40000 + i)), v4(mail, 25), noon + i * 20min).handshake();
        frames.insert(frames.end(), d.frames().begin(), d.frames().end());
    }
    const Judged j = judge(policy("max_flows_per_hour = 2"), frames);
    const std::string well = "allow, allow, allow", over = "grey budget-flows, grey budget-flows, grey budget-flows";
    CHECK(verdicts(j) == well + ", " + well + ", " + over + ", " + well + ", " + well);
    CHECK(j.counters.flows == 4);
    CHECK(only_sentence(j).find("more than the 2 of smtp-in") != std::string::npos);
}

TEST_CASE("budget: the hour slides, it does not begin anew with the clock's") {
    Frames frames;
    for (std::uint16_t i = 0; i < 4; ++i)
        frames.push_back(tcp(v4(outside, static_cast<std::uint16_t>(40000 + i)), v4(mail, 25)).at(noon + 55min + i * 3min));
    const Judged j = judge(policy("max_flows_per_hour = 3"), frames);
    CHECK(verdicts(j) == "allow, allow, allow, grey budget-flows");
}

TEST_CASE("budget: a refused conversation's port may be used again when the hour has room") {
    const Frames first = TcpDialogue(v4(outside, 40000), v4(mail, 25)).handshake().close(Side::client).frames();
    Frames frames = first;
    for (const auto& part : {at(TcpDialogue(v4(outside, 40001), v4(mail, 25)).handshake().rst(Side::client).frames(), noon + 5min),
                             at(TcpDialogue(v4(outside, 40001), v4(mail, 25)).handshake().frames(), noon + 90min)})
        frames.insert(frames.end(), part.begin(), part.end());
    const Judged j = judge(policy("max_flows_per_hour = 1"), frames);
    CHECK(j.counters.greylisted == 4);
    CHECK(describe(j.judgements.back()) == "allow");
}

TEST_CASE("budget: outside its hours a rule opens nothing and lets nothing pass, by packet time and the policy's own offset") {
    const auto at_hour = [](int hour, const std::string& top) {
        return verdicts(judge(policy("hours = '07:00-20:00'", top), at(smtp().frames(), day_start + hour * 1h)));
    };
    const std::string well = "allow, allow, allow", shut = "grey budget-hours, grey budget-hours, grey budget-hours";
    CHECK(at_hour(6, "") == shut);
    CHECK(at_hour(7, "") == well);
    CHECK(at_hour(19, "") == well);
    CHECK(at_hour(20, "") == shut);
    CHECK(at_hour(5, "timezone_offset = '+02:00'") == well);
    CHECK(at_hour(19, "timezone_offset = '+02:00'") == shut);
    const Judged j = judge(policy("hours = '07:00-20:00'", "timezone_offset = '+02:00'"), at(smtp().frames(), day_start + 21h + 10min));
    CHECK(sentence(j.findings[0], *j.policy).find("outside the hours of its rule: 23:10 (+02:00), smtp-in allows 07:00-20:00.") !=
          std::string::npos);
}

TEST_CASE("budget: a conversation that goes on behind its hours is grey from then on, and one from before them stays so") {
    TcpDialogue late = TcpDialogue(v4(outside, 40000), v4(mail, 25), day_start + (20h - 20ms)).handshake();
    late.ack(Side::client);
    CHECK(verdicts(judge(policy("hours = '07:00-20:00'"), late.frames())) == "allow, allow, grey budget-hours, grey budget-hours");
    TcpDialogue early = TcpDialogue(v4(outside, 40000), v4(mail, 25), day_start + (7h - 20ms)).handshake();
    early.ack(Side::client);
    CHECK(verdicts(judge(policy("hours = '07:00-20:00'"), early.frames())) ==
          "grey budget-hours, grey budget-hours, grey budget-hours, grey budget-hours");
}

TEST_CASE("budget: in mode packet hours count, the rest needs conversations") {
    EngineOptions options;
    options.mode = Mode::packet;
    CHECK(verdicts(judge(policy("hours = '07:00-20:00'"), {smtp_syn().at(day_start)}, options)) == "grey budget-hours");
    CHECK(verdicts(judge(policy("max_bytes = 1"), {smtp_syn()}, options)) == "allow");
}

TEST_CASE("budget: a datagram in pieces is counted as what it is, and its pieces share the verdict") {
    const std::string small = policy("") + "accept = ['fragment']\nmax_bytes = 1500\n";
    const CraftedFrame ask = udp(v4(mail, 49152), v4(resolver, 53), std::string(1200, 'q'));
    Frames frames = pieces(ask, 600, 1);
    for (CraftedFrame f : pieces(ask, 600, 2)) frames.push_back(f.later(1s));
    const Judged j = judge(small, frames);
    CHECK(verdicts(j) == "allow, allow, allow, grey budget-bytes, grey budget-bytes, grey budget-bytes");
}

TEST_CASE("budget: the grace takes up conversations within their budget") {
    EngineOptions options;
    options.grace = 2min;
    const TcpDialogue d = smtp();
    const Frames data = {d.segment(Side::client, tcp_flag::ack | tcp_flag::psh, 0, std::string(400, 'x'))};
    CHECK(verdicts(judge(policy("max_bytes = 1000"), data, options)) == "allow");
    CHECK(verdicts(judge(policy("max_bytes = 400"), data, options)) == "grey budget-bytes");
    CHECK(verdicts(judge(policy("hours = '13:00-14:00'"), data, options)) == "grey budget-hours");
}

TEST_CASE("budget: rules without one go the short way, rules with one the long one, and both say the same") {
    Frames frames;
    for (std::uint16_t i = 0; i < 40; ++i) {
        TcpDialogue d = TcpDialogue(v4(outside, static_cast<std::uint16_t>(40000 + i)), v4(mail, 25), noon + i * 1min).handshake();
        for (int n = 0; n < i; ++n) d.say(Side::client, std::string(200, 'x'));
        for (const CraftedFrame& f : d.close(Side::client).frames()) frames.push_back(f);
    }
    EngineOptions long_way;
    long_way.shortcuts = false;
    const std::string some = policy("max_bytes = 5000\nmax_duration = '3s'\nmax_flows_per_hour = 30");
    const Judged a = judge(some, frames), b = judge(some, frames, long_way);
    CHECK(verdicts(a) == verdicts(b));
    CHECK(a.counters.greylisted > 100);
    CHECK(a.counters.allowed > 100);
}

}  // namespace sw::craft

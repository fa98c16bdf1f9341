/// The short cut against the long way: rules answered by the class of a packet and rules run on the packet say the same;
/// and the nearest rule that a finding names is the one whose failing predicates it tells.
#include <fmt/format.h>

#include <random>
#include <set>

#include "rules/confine/confine.hpp"
#include "rules/policy/rule_judge.hpp"
#include "tests/replay/corpora/ask.hpp"
#include "tests/support/catch.hpp"

namespace sw::corpora {
namespace {

/// Everything that the engine may ask about one frame.
struct Answers {
    int forbidden = -1, nearest = -1, nearest_swapped = -1;
    RuleJudge::Asked opening, forward, backward;
};

Answers ask(RuleJudge& judge, const Packet& packet, Timestamp ts) {
    return {judge.forbidden(packet, ts),   judge.nearest_rule(packet, false),     judge.nearest_rule(packet, true),
            judge.opening(packet, {}, ts), judge.conversation(packet, false, ts), judge.conversation(packet, true, ts)};
}

/// Which rule has expired matters only where no other accepts.
bool same(const RuleJudge::Asked& a, const RuleJudge::Asked& b) { return a.rule == b.rule && (a.rule >= 0 || a.expired == b.expired); }

std::string told(const RuleJudge::Asked& a) { return fmt::format("{} (expired {})", a.rule, a.expired); }

/// Which answers differ, or "".
std::string difference(const Answers& a, const Answers& b) {
    std::string text;
    if (a.forbidden != b.forbidden) text += fmt::format(" forbidden {} {}", a.forbidden, b.forbidden);
    if (!same(a.opening, b.opening)) text += fmt::format(" opening {} {}", told(a.opening), told(b.opening));
    if (!same(a.forward, b.forward)) text += fmt::format(" forward {} {}", told(a.forward), told(b.forward));
    if (!same(a.backward, b.backward)) text += fmt::format(" backward {} {}", told(a.backward), told(b.backward));
    if (a.nearest != b.nearest) text += fmt::format(" nearest {} {}", a.nearest, b.nearest);
    if (a.nearest_swapped != b.nearest_swapped) text += fmt::format(" swapped nearest {} {}", a.nearest_swapped, b.nearest_swapped);
    return text;
}

std::string rule_text(const char* kind, int number, const std::string& filter, const std::string& more = "") {
    return fmt::format("[[{}]]\nname = \"{}-{}\"\nfilter = \"{}\"\n{}\n", kind, kind, number, filter, more);
}

/// Rules about whom the capture shows: its hosts, their networks, its ports, near misses of each, one that expires half-way.
Policy about(const Capture& capture) {
    std::mt19937 random(static_cast<unsigned>(capture.frames.size()));
    std::string text = "enclave = \"drawn\"\nhome = [\"192.0.2.0/24\"]\n";
    int number = 0;
    for (int tries = 0; tries < 40 && number < 14; ++tries) {
        const Frame& frame = capture.frames[random() % capture.frames.size()];
        Packet p;
        decode(frame.data, frame.caplen, frame.len, frame.link, p);
        if (p.ip_src == nullptr || p.network == Network::arp) continue;
        const std::string src = to_string(p.src()), dst = to_string(p.dst());
        const std::string net = p.network == Network::ipv4 ? fmt::format("net {}/32", dst) : fmt::format("net {}/128", dst);
        switch (random() % 7) {
            case 0:
                text += rule_text("allow", number, fmt::format("src host {} and dst host {}", src, dst));
                break;
            case 1:
                text += rule_text("allow", number, fmt::format("tcp and dst port {} and not src host {}", p.dport, dst));
                break;
            case 2:
                text += rule_text("allow", number, fmt::format("dst {}", net), fmt::format("until = {}", to_rfc3339(frame.ts)));
                break;
            case 3:
                text += rule_text("allow", number, fmt::format("udp and portrange {}-{}", p.sport, std::max(p.sport, p.dport)));
                break;
            case 4:
                text += rule_text("forbid", number, fmt::format("src host {} and dst port {}", src, p.sport));
                break;
            case 5:
                text += rule_text("allow", number, fmt::format("host {} and greater {}", src, p.len));
                break;
            default:
                text += rule_text("housekeeping", number, fmt::format("(ip or ip6) and dst host {}", dst));
                break;
        }
        ++number;
    }
    return policy_of(text);
}

/// A year is enough for TOML's date-times; what a capture claims beyond it expires nothing.
bool usable(const Capture& capture) {
    constexpr std::int64_t year_2200 = 7'258'118'400;
    for (const Frame& f : capture.frames)
        if (f.ts.ns < 0 || f.ts.ns / 1'000'000'000 > year_2200) return false;
    return !capture.frames.empty();
}

struct Pair {
    RuleJudge quick, plain;
};

std::optional<Pair> pair_for(const Policy& policy, Datalink link) {
    if (!is_decoded(link)) return std::nullopt;
    auto quick = RuleJudge::make(policy, link, Mode::flow), plain = RuleJudge::make(policy, link, Mode::flow);
    CHECK(quick.has_value() == plain.has_value());
    if (!quick || !plain) return std::nullopt;
    plain->without_memo();
    return Pair{std::move(*quick), std::move(*plain)};
}

/// "" or how the two differ about a packet.
std::string difference(Pair& judges, const Packet& packet, Timestamp ts) {
    const Answers expected = ask(judges.plain, packet, ts);
    std::string text = difference(ask(judges.quick, packet, ts), expected);
    if (text.empty()) text = difference(ask(judges.quick, packet, ts), expected);  // once more: now it remembers
    for (const bool swapped : {false, true}) {
        const int named = judges.quick.nearest_rule(packet, swapped), told = judges.quick.nearest(packet, swapped).rule;
        if (named != told) text += fmt::format(" named {}, told about {}", named, told);
    }
    return text;
}

std::uint64_t compare(const Policy& policy, const Capture& capture) {
    std::map<Datalink, std::optional<Pair>> judges;
    std::uint64_t asked = 0;
    for (const Frame& frame : capture.frames) {
        auto [at, fresh] = judges.try_emplace(frame.link);
        if (fresh) at->second = pair_for(policy, frame.link);
        if (!at->second) continue;
        Packet packet;
        decode(frame.data, frame.caplen, frame.len, frame.link, packet);
        const std::string differs = difference(*at->second, packet, frame.ts);
        if (!differs.empty()) FAIL_CHECK("frame " << frame.number << ":" << differs);
        ++asked;
    }
    return asked;
}

/// Running every program for every frame takes time: the first frames of each capture.
constexpr std::size_t at_most = 120;

}  // namespace

TEST_CASE("corpora: the class memo answers as the programs do: the mail enclave's policy, and one that allows anything") {
    if (absent()) return;
    mark_unconfined();
    std::uint64_t asked = 0;
    for (const std::string& name : all_captures()) {
        const Capture capture = load(name, at_most);
        INFO(name);
        for (const Policy* policy : {&mail_enclave(), &permissive()}) asked += compare(*policy, capture);
    }
    WARN(asked << " frames");
    CHECK(asked > 10'000);
}

TEST_CASE("corpora: the class memo answers as the programs do: rules drawn from each capture's own hosts, nets and ports") {
    if (absent()) return;
    mark_unconfined();
    std::uint64_t asked = 0;
    for (const std::string& name : all_captures()) {
        const Capture capture = load(name, at_most);
        INFO(name);
        if (!usable(capture)) continue;
        const Policy policy = about(capture);
        INFO(policy.text);
        asked += compare(policy, capture);
    }
    WARN(asked << " frames");
    CHECK(asked > 10'000);
}

}  // namespace sw::corpora

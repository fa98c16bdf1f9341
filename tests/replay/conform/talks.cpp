#include "tests/replay/conform/talks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tests/support/catch.hpp"

namespace sw::craft {
namespace {

const Endpoint client = v4(outside, 40000), server = v4(mail, 25), asked = v4(mail, 53);

std::vector<Cut> cuts() {
    std::vector<Cut> list{{Cut::Kind::whole}, {Cut::Kind::octets}};
    for (std::uint32_t seed = 1; seed <= 12; ++seed) {
        list.push_back({Cut::Kind::random, seed});
        list.push_back({Cut::Kind::shuffled, seed});
    }
    return list;
}

std::string name_of(Cut cut) {
    constexpr const char* names[] = {"whole", "octet by octet", "cut at random", "shuffled"};
    return fmt::format("{} (seed {})", names[static_cast<std::size_t>(cut.kind)], cut.seed);
}

/// What is wrong with the judgement of one way of sending; "" if nothing.
using Verdict = std::string (*)(const Talk&, const Judged&, Reason);

std::string in_every_cut(const Talk& talk, Reason reason, Verdict verdict) {
    if (talk.datagrams) return verdict(talk, judge(policy_for(talk), play_datagrams(talk.script, client, asked)), reason);
    EngineOptions the_long_way;
    the_long_way.shortcuts = false;
    if (const std::string wrong = verdict(talk, judge(policy_for(talk), play(talk.script, client, server), the_long_way), reason);
        !wrong.empty())
        return "without shortcuts: " + wrong;
    for (const Cut& cut : cuts())
        if (const std::string wrong = verdict(talk, judge(policy_for(talk), play(talk.script, client, server, cut)), reason);
            !wrong.empty())
            return fmt::format("{}: {}", name_of(cut), wrong);
    return "";
}

std::string sentences(const Judged& j) {
    std::string text;
    for (const Finding& f : j.findings) text += "\n  " + sentence(f, *j.policy);
    return text;
}

std::string clean(const Talk&, const Judged& j, Reason) {
    for (std::size_t i = 0; i < j.judgements.size(); ++i)
        if (j.judgements[i].verdict != sw::Verdict::allow) return fmt::format("frame {}: {}{}", i, describe(j.judgements[i]), sentences(j));
    return "";
}

/// Of the mark; where two datagrams of a side meet, it stands at the beginning of the second.
std::uint64_t offset_in_datagram(const Script& script) {
    std::uint64_t left = script.marked()->offset;
    std::uint64_t size = 0;  // of the datagram before
    for (const Script::Line& line : script.lines()) {
        if (line.from != script.marked()->side) continue;
        if (left < line.octets.size()) return left;
        left -= size = line.octets.size();
    }
    return size + left;
}

std::string found(const Talk& talk, const Judged& j, Reason reason) {
    const auto first =
        std::find_if(j.judgements.begin(), j.judgements.end(), [](const Judgement& x) { return x.verdict != sw::Verdict::allow; });
    if (first == j.judgements.end()) return "nothing was found";
    if (first->reasons != ReasonSet(reason)) return describe(*first) + sentences(j);
    if (std::any_of(first, j.judgements.end(),
                    [&](const Judgement& x) { return x.reasons != ReasonSet(reason) || x.finding != first->finding; }))
        return "later frames are judged otherwise" + sentences(j);
    const std::optional<Misspoken>& breach = j.findings.at(first->finding - 1).breach;
    if (!breach) return "the finding knows nothing of what was said";
    const auto& mark = talk.script.marked();
    if (!mark) return "the script does not say where";
    const sw::Side side = mark->side == Side::client ? sw::Side::initiator : sw::Side::responder;
    const std::uint64_t offset = talk.datagrams ? offset_in_datagram(talk.script) : mark->offset;
    if (breach->breach.side != side || breach->breach.offset != offset)
        return fmt::format("expected at octet {} of the {}{}", offset, mark->side == Side::client ? "initiator" : "responder",
                           sentences(j));
    return breach->breach.state.empty() || breach->breach.expected.empty() ? "a breach without words" : "";
}

}  // namespace

std::string policy_for(const Talk& talk) {
    const char* filter = talk.datagrams ? "udp and dst host $mail and dst port 53" : "tcp and dst host $mail and dst port 25";
    return fmt::format(
        "home = \"192.0.2.0/24\"\n[names]\nmail = \"192.0.2.25\"\n[[allow]]\nname = \"talk\"\nfilter = \"{}\"\nspeaks = \"{}\"\n{}\n",
        filter, talk.speaks, talk.keys);
}

std::string not_clean(const Talk& talk) { return in_every_cut(talk, Reason::no_rule, clean); }

std::string not_found(const Talk& talk, Reason reason) { return in_every_cut(talk, reason, found); }

void expect_clean(const std::vector<Talk>& talks) {
    for (const Talk& talk : talks) {
        INFO(talk.name);
        CHECK(not_clean(talk) == "");
    }
}

void expect_found(const std::vector<HostileTalk>& talks) {
    for (const HostileTalk& talk : talks) {
        INFO(talk.name);
        CHECK(not_found(talk, talk.reason) == "");
    }
}

}  // namespace sw::craft

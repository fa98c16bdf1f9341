/// The reasons of mirrors, of fragments that a rule accepts, and of budgets.
#include <utility>

#include "tests/support/mirror.hpp"
#include "tests/support/pieces.hpp"
#include "tests/support/reason_cases.hpp"

namespace sw::craft {
namespace {

const std::string with_fragments = R"TOML(
[[allow]]
name = "dns"
filter = "udp and src host 192.0.2.25 and dst host 192.0.2.53 and dst port 53"
accept = ["fragment"]
)TOML";

std::string with_budget(const std::string& budget) {
    return "[[allow]]\nname = \"smtp-in\"\nfilter = \"tcp and dst host 192.0.2.25 and dst port 25\"\n" + budget + "\n";
}

ReasonCase under(const std::string& policy, Reason reason, Frames frames) {
    ReasonCase c;
    c.reason = reason;
    c.frames = std::move(frames);
    c.policy = policy;
    return c;
}

ReasonCase of_fragments(Reason reason, Frames frames) {
    ReasonCase c = under(with_fragments, reason, std::move(frames));
    for (CraftedFrame& f : c.frames) f.at(noon + std::chrono::milliseconds(&f - c.frames.data()));
    c.prelude_allowed = false;
    return c;
}

std::vector<ReasonCase> mirror_cases() {
    const MirrorSetup s;
    const std::string policy = behind_mirror(stock_policy, s);
    return {under(policy, Reason::mirror_unexpected, {wrap(smtp_syn(), s), ping()}),
            under(policy, Reason::mirror_nested, {wrap(dns_ask(), s), wrap(wrap(smtp_syn(), s, 2), s, 1)})};
}

std::vector<ReasonCase> fragment_cases() {
    const CraftedFrame ask = udp(v4(mail, 49152), v4(resolver, 53), std::string(1200, 'q'));
    const CraftedFrame first = piece(ask, {0, 600, true}), last = piece(ask, {600, 1208, false});
    Frames many;
    for (std::uint32_t begin = 0; begin <= 128 * 8; begin += 8) many.push_back(piece(ask, {begin, begin + 8, true}));
    return {of_fragments(Reason::fragment_overlap, {first, last, first, first}),
            of_fragments(Reason::fragment_inconsistent, {first, CraftedFrame(last).set8(ip_at + 8, 63).fix_ip()}),
            of_fragments(Reason::fragment_incomplete, {first}), of_fragments(Reason::fragment_limit, many)};
}

std::vector<ReasonCase> budget_cases() {
    TcpDialogue slow = smtp();
    slow.wait(2min).ack(Side::client);
    return {
        under(with_budget("max_bytes = 300"), Reason::budget_bytes, smtp().send(Side::client, std::string(200, 'x')).frames()),
        under(with_budget("max_duration = \"1min\""), Reason::budget_duration, slow.frames()),
        under(with_budget("max_flows_per_hour = 1"), Reason::budget_flows, {smtp_syn(), tcp(v4(outside, 40001), v4(mail, 25)).later(1s)}),
        under(with_budget("hours = \"07:00-12:00\""), Reason::budget_hours, {smtp_syn()})};
}

}  // namespace

std::vector<ReasonCase> wire_cases() {
    std::vector<ReasonCase> all;
    for (auto part : {mirror_cases(), fragment_cases(), budget_cases()}) all.insert(all.end(), part.begin(), part.end());
    return all;
}

}  // namespace sw::craft

// The one sentence of a finding: who did what to whom, and why it is not allowed.
#include <fmt/format.h>

#include "rules/base/text.hpp"
#include "sensor/findings/findings.hpp"

namespace sw {
namespace {

std::string named(const Address& a, const Policy& policy) {
    if (a.family == 0) return "an unknown host";
    std::string address = to_string(a);
    const std::string_view name = policy.name_of(address);
    return name.empty() ? address : fmt::format("{} ({})", address, name);
}

std::string initiator(const Finding& f, const Policy& policy) {
    const Cause& c = f.cause;
    if (c.any_initiator)
        return c.direction == Direction::inbound || c.direction == Direction::outside ? "many hosts outside" : "many hosts";
    if (c.initiator.family == 0 && f.has_mac) return fmt::format("a host with MAC {}", to_string(f.first_mac));
    return named(c.initiator, policy);
}

std::string responder(const Cause& c, const Policy& policy) {
    return c.any_responder ? std::string("many hosts") : named(c.responder, policy);
}

bool has_ports(const Cause& c) { return (c.proto == 6 || c.proto == 17) && (c.port != 0 || c.any_port); }

std::string act(const Finding& f, const Policy& policy) {
    const Cause& c = f.cause;
    const std::string who = initiator(f, policy);
    if (c.network == Network::none)
        return c.ethertype == 0 ? fmt::format("{} sent a frame that is not IP", who)
                                : fmt::format("{} sent a frame of type 0x{:04x}", who, c.ethertype);
    const std::string whom = responder(c, policy);
    if (c.network == Network::arp) return fmt::format("{} spoke ARP about {}", who, whom);
    const std::string detail = f.detail.empty() ? "" : fmt::format(" ({})", f.detail);
    if (!has_ports(c)) return fmt::format("{} sent {}{} to {}", who, protocol_name(c.proto), detail, whom);
    const std::string port = c.any_port ? "many ports" : fmt::format("port {}", c.port);
    if (c.breach != 0) return fmt::format("{} spoke {} with {} {}", who, protocol_name(c.proto), whom, port);
    const char* verb = f.detail == "SYN" ? "tried to open" : "sent";
    return fmt::format("{} {} {} to {} {}{}", who, verb, protocol_name(c.proto), whom, port, f.detail == "SYN" ? "" : detail);
}

std::string_view rule_name(const Policy& policy, int rule) {
    return rule < 0 ? std::string_view() : std::string_view(policy.rules[static_cast<std::size_t>(rule)].name);
}

/// "; nearest rule smtp-in, but dst port 465 is not 25"
std::string missed(const Finding& f, const Policy& policy) {
    const Cause& c = f.cause;
    if (c.nearest < 0) return "no rule allows anything like it";
    if (c.any_port || c.any_initiator || c.any_responder || f.why.empty())
        return fmt::format("no rule allows it; nearest is {}", rule_name(policy, c.nearest));
    return fmt::format("no rule allows it; nearest is {}, but {}", rule_name(policy, c.nearest), fmt::join(f.why, " and "));
}

std::string objection(Reason r, const Finding& f, const Policy& policy) {
    const std::string_view nearest = rule_name(policy, f.cause.nearest);
    const std::string_view rule = nearest.empty() ? "a rule" : nearest;
    switch (r) {
        case Reason::no_rule:
            return missed(f, policy);
        case Reason::forbidden:
            return fmt::format("rule {} forbids it", rule_name(policy, f.cause.forbid));
        case Reason::not_open:
            return fmt::format("it fits {}, but its opening was never seen", rule);
        case Reason::wrong_direction:
            return fmt::format("it fits {} only with initiator and responder swapped", rule);
        case Reason::not_speaking:
            return fmt::format("it does not speak {} as {} demands", f.breach ? f.breach->protocol : "its protocol", rule);
        case Reason::rule_expired:
            return fmt::format("only {} allows it, and that has expired", rule);
        case Reason::budget_bytes:
        case Reason::budget_duration:
        case Reason::budget_flows:
        case Reason::budget_hours:
            return fmt::format("it {}{}", info(r).sentence, f.note.empty() ? "" : fmt::format(": {}", f.note));
        case Reason::mirror_unexpected:
            return fmt::format("it {}{}", info(r).sentence, f.note.empty() ? "" : fmt::format(" (it {})", f.note));
        default:
            return fmt::format("it {}", info(r).sentence);
    }
}

}  // namespace

std::string sentence(const Finding& f, const Policy& policy) {
    const Cause& c = f.cause;
    if (c.rest)
        return c.reasons.empty() ? "Too many different causes to tell apart: the rest is counted here."
                                 : "Too many different critical causes to tell apart: the rest of them is counted here.";
    std::string text = act(f, policy) + ": ";
    bool more = false;
    c.reasons.for_each([&](Reason r) {
        if (more) text += ", and ";
        text += objection(r, f, policy);
        more = true;
    });
    text = escape_for_display(text);
    if (f.breach)
        text += c.any_initiator || c.any_responder ? fmt::format(" ({})", f.breach->kind()) : fmt::format(" ({})", f.breach->words());
    return text + ".";
}

}  // namespace sw

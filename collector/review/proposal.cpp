#include "collector/review/proposal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>
#include <set>

#include "collector/review/proposal_text.hpp"
#include "collector/review/sample_packet.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

constexpr ReasonSet curable() {
    return ReasonSet(Reason::no_rule).with(Reason::rule_expired).with(Reason::wrong_direction).with(Reason::ip_protocol);
}

std::string slugs(const ReasonSet& set) {
    std::string list;
    set.for_each([&](Reason r) { list += (list.empty() ? "" : ", ") + std::string(info(r).slug); });
    return list;
}

Unexpected refused(const QueuedFinding& f, std::string_view why) { return unexpected(fmt::format("finding {} {}", f.id, why)); }

/// Why no rule at all can allow this finding.
Result<Done> check_curable(const QueuedFinding& f) {
    if (f.black)
        return refused(
            f, fmt::format("is blacklisted by rule {}: it can be dismissed or escalated, never allowed", escape_for_display(f.rule)));
    if (f.folded)
        return refused(f, "stands for many hosts or ports: no narrow rule covers it. Allow single findings of it, or write a rule by hand");
    ReasonSet anomalies, faults;
    f.reasons.without(curable()).for_each([&](Reason r) { (info(r).kind == ReasonKind::anomaly ? anomalies : faults).add(r); });
    if (!anomalies.empty())
        return refused(f, fmt::format("has packets that are wrong in themselves ({}): dismiss it, or accept them in a rule by hand",
                                      slugs(anomalies)));
    if (faults.has(Reason::not_open))
        return refused(f,
                       fmt::format("fits rule {} already, only its opening was not seen: dismiss it, or replay with --grace", f.nearest));
    if (!faults.empty())
        return refused(f,
                       fmt::format("breaks its conversation's own rules ({}): no rule allows that. Dismiss or escalate it", slugs(faults)));
    if (f.reasons.empty()) return refused(f, "gathers causes too many to tell apart: no rule covers it. Dismiss or escalate it");
    return Done{};
}

/// Names that stand for one address (or one MAC address) of a policy.
class Spelling {
public:
    explicit Spelling(const Policy& policy) : policy_(&policy) {}

    /// "$mail" where one name gives this address and no other of its family; else the address.
    std::string of(const Address& a) {
        const auto matches = [&](const std::vector<std::string>& values) {
            std::size_t same_family = 0, equal = 0;
            for (const std::string& value : values) {
                const auto parsed = parse_address(value);
                if (!parsed) return false;
                same_family += parsed->family == a.family;
                equal += *parsed == a;
            }
            return same_family == 1 && equal == 1;
        };
        return named(matches, to_string(a));
    }

    std::string of(const MacAddress& m) {
        const auto matches = [&](const std::vector<std::string>& values) { return values.size() == 1 && parse_mac(values.front()) == m; };
        return named(matches, to_string(m));
    }

    /// A name was used that has addresses of the other family, too.
    bool both_families() const { return both_families_; }

private:
    template <class Matches>
    std::string named(Matches matches, std::string literal) {
        const std::pair<std::string, std::vector<std::string>>* only = nullptr;
        for (const auto& entry : policy_->names) {
            if (!matches(entry.second)) continue;
            if (only != nullptr) return literal;
            only = &entry;
        }
        if (only == nullptr) return literal;
        both_families_ = both_families_ || only->second.size() > 1;
        return "$" + only->first;
    }

    const Policy* policy_;
    bool both_families_ = false;
};

MacAddress mac_of(const std::uint8_t* octets) {
    MacAddress mac;
    std::memcpy(mac.octets.data(), octets, mac.octets.size());
    return mac;
}

/// What a rule for single frames pins besides the stored row.
struct FrameFacts {
    std::set<MacAddress> from, to;
    bool ethernet = true;  ///< all samples bear both MAC addresses
    bool plain = true;     ///< no LLC in any
};

FrameFacts facts_of(const std::vector<Sample>& samples, const Policy& policy) {
    FrameFacts facts;
    SamplePacket s;
    for (const Sample& sample : samples) {
        read_sample(sample, policy, s);
        facts.ethernet = facts.ethernet && sample.link.linktype == linktype::en10mb && s.packet.mac_src != nullptr;
        if (!facts.ethernet) return facts;
        facts.from.insert(mac_of(s.packet.mac_src));
        facts.to.insert(mac_of(s.packet.mac_dst));
        for (std::size_t i = 0; i < s.packet.layer_count; ++i) facts.plain = facts.plain && s.packet.layers[i].kind != LayerKind::llc;
    }
    return facts;
}

std::string list_of(const std::set<MacAddress>& macs) {
    std::string list;
    for (const MacAddress& m : macs) list += (list.empty() ? "" : ", ") + to_string(m);
    return list;
}

class Writer {
public:
    Writer(const QueuedFinding& f, const std::vector<Sample>& samples, const Policy& policy)
        : finding_(f), samples_(samples), policy_(policy), spelling_(policy) {}

    Result<Done> write(Proposal& out) {
        read_sample(samples_.front(), policy_, first_);
        const Packet& p = first_.packet;
        const bool echo = p.is_echo_request() || p.is_echo_reply();
        const bool conversation = p.transport == Transport::tcp || p.transport == Transport::udp || echo;
        out.kind = conversation ? RuleKind::allow : RuleKind::housekeeping;
        auto filter = conversation ? conversation_filter(echo) : frame_filter();
        if (!filter) return Unexpected{filter.error()};
        out.filter = std::move(*filter);
        return Done{};
    }

private:
    bool ip() const { return first_.packet.network == Network::ipv4 || first_.packet.network == Network::ipv6; }
    bool v6() const { return first_.packet.network == Network::ipv6; }
    Unexpected refuse(std::string_view why) const { return refused(finding_, why); }

    /// "src host $mail and dst host 192.0.2.9", in front of it the family where names alone would let the other one in.
    std::string hosts(const std::string& protocol) {
        const std::string pair =
            fmt::format("src host {} and dst host {}", spelling_.of(finding_.initiator), spelling_.of(finding_.responder));
        const bool family = spelling_.both_families() && ip();
        return fmt::format("{}{} and {}", !family ? "" : v6() ? "ip6 and " : "ip and ", protocol, pair);
    }

    std::string type_is(unsigned type) const {
        return v6() ? fmt::format("icmp6 and icmp6[icmp6type] == {}", type) : fmt::format("icmp and icmp[icmptype] == {}", type);
    }

    Result<std::string> conversation_filter(bool echo) {
        if (finding_.initiator.family == 0 || finding_.responder.family != finding_.initiator.family)
            return refuse("has no two hosts to name");
        constexpr unsigned echo_request_v4 = 8, echo_request_v6 = 128;
        if (echo) return hosts(type_is(v6() ? echo_request_v6 : echo_request_v4));
        if (!finding_.port) return refuse("has no port to name");
        const char* protocol = first_.packet.transport == Transport::tcp ? "tcp" : "udp";
        return fmt::format("{} and dst port {}", hosts(protocol), *finding_.port);
    }

    Result<std::string> frame_filter() {
        const FrameFacts facts = facts_of(samples_, policy_);
        if (facts.from.size() > 1)
            return refuse(
                fmt::format("comes from several MAC addresses ({}): one of them may be forged. Escalate it, or write a rule by hand",
                            list_of(facts.from)));
        const std::string ether = facts.ethernet ? fmt::format("ether src {} and ", spelling_.of(*facts.from.begin())) : "";
        const Packet& p = first_.packet;
        if (p.network == Network::none) return other_frame(facts, ether);
        if (finding_.initiator.family == 0) return refuse("has no host to name");
        if (p.network == Network::arp) return ether + hosts("arp");
        if (p.transport == Transport::icmp || p.transport == Transport::icmp6) return ether + hosts(type_is(p.icmp_type));
        return ether + hosts(fmt::format("{} proto {}", v6() ? "ip6" : "ip", p.ip_proto));
    }

    Result<std::string> other_frame(const FrameFacts& facts, const std::string& ether) {
        if (!facts.ethernet || !facts.plain || first_.packet.ethertype == 0 || facts.to.size() != 1)
            return refuse("is of frames that no narrow rule can name: write a housekeeping rule by hand, or dismiss it");
        return fmt::format("{}ether dst {} and ether proto 0x{:04x}", ether, spelling_.of(*facts.to.begin()), first_.packet.ethertype);
    }

    const QueuedFinding& finding_;
    const std::vector<Sample>& samples_;
    const Policy& policy_;
    Spelling spelling_;
    SamplePacket first_;
};

std::string unused_name(std::int64_t finding, const Policy& policy) {
    const auto used = [&](const std::string& name) {
        return std::any_of(policy.rules.begin(), policy.rules.end(), [&](const Rule& r) { return r.name == name; });
    };
    const std::string plain = fmt::format("finding-{}", finding);
    std::string name = plain;
    for (int n = 2; used(name); ++n) name = fmt::format("{}-{}", plain, n);
    return name;
}

bool is_date(const std::string& text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
    const auto number = [&](std::size_t at, std::size_t digits) {
        unsigned value = 0;
        const char* end = text.data() + at + digits;
        const auto [stop, error] = std::from_chars(text.data() + at, end, value);
        return error == std::errc{} && stop == end ? static_cast<int>(value) : -1;
    };
    const int y = number(0, 4), m = number(5, 2), d = number(8, 2);
    if (y < 0 || m < 0 || d < 0) return false;
    return std::chrono::year_month_day(std::chrono::year(y), std::chrono::month(static_cast<unsigned>(m)),
                                       std::chrono::day(static_cast<unsigned>(d)))
        .ok();
}

}  // namespace

std::string default_until(Timestamp now) { return to_rfc3339(now + std::chrono::days(90)).substr(0, 10); }

Result<Proposal> propose(const QueuedFinding& finding, const std::vector<Sample>& samples, const Policy& policy, const std::string& owner,
                         const std::string& reason, const std::string& until) {
    if (auto may = check_curable(finding); !may) return Unexpected{may.error()};
    if (policy.mode != Mode::flow)
        return refused(finding,
                       fmt::format("needs a rule both ways, as the policy's mode is {}: write them by hand", to_string(policy.mode)));
    if (samples.empty()) return refused(finding, "has no packet in the store that a rule could be checked with: write one by hand");
    if (!is_date(until)) return unexpected(fmt::format("--until {} is no date: YYYY-MM-DD", escape_for_display(until)));
    Proposal p;
    p.finding = finding.id;
    p.name = unused_name(finding.id, policy);
    p.owner = owner;
    p.reason = reason;
    p.until = until;
    if (auto done = Writer(finding, samples, policy).write(p); !done) return Unexpected{done.error()};
    p.toml = toml_table(p);
    return p;
}

}  // namespace sw

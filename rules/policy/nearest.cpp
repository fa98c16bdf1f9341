#include "rules/policy/nearest.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <unordered_map>

#include "rules/base/text.hpp"

namespace sw {
namespace {

using Kind = FilterNode::Kind;
using Subject = Predicate::Subject;
using Direction = Predicate::Direction;

struct Failure {
    const FilterNode* leaf = nullptr;
    bool wanted = true;  // the rule wants the leaf to hold
};

// How far a packet is from a subtree.
struct Score {
    int failing = 0, failing_ports = 0, holding = 0;
    bool related = false;  // some leaf that the rule wants holds; "not ..." holds for anything

    bool better_than(const Score& o) const {
        if (failing != o.failing) return failing < o.failing;
        if (failing_ports != o.failing_ports) return failing_ports < o.failing_ports;
        return holding > o.holding;
    }
    void add(const Score& o) {
        failing += o.failing;
        failing_ports += o.failing_ports;
        holding += o.holding;
        related = related || o.related;
    }
};

// Walks a tree with its leaves' answers; if asked, notes which leaves fail on the way that counts.
class Judge {
public:
    Judge(std::span<const std::uint32_t> leaves, std::span<const signed char> answers, std::vector<Failure>* failures)
        : leaves_(leaves), answers_(answers), failures_(failures) {}

    Score score(const FilterNode& node, bool wanted = true) {
        if (node.kind == Kind::leaf) return leaf(node, wanted);
        if (node.kind == Kind::none_of) return score(node.children.front(), !wanted);
        // De Morgan: not (a and b) needs only one of them to fail.
        return (node.kind == Kind::all_of) == wanted ? every(node, wanted) : best(node, wanted);
    }

private:
    Score leaf(const FilterNode& node, bool wanted) {
        const bool holds = answers_[leaves_[at_++]] != 0;
        if (holds == wanted) return {0, 0, 1, wanted};
        if (failures_ != nullptr) failures_->push_back({&node, wanted});
        return {1, node.predicate.subject == Subject::port ? 1 : 0, 0, false};
    }

    Score every(const FilterNode& node, bool wanted) {
        Score sum;
        for (const FilterNode& child : node.children) sum.add(score(child, wanted));
        return sum;
    }

    Score best(const FilterNode& node, bool wanted) {
        Score least;
        std::vector<Failure> its;
        const std::size_t before = failures_ != nullptr ? failures_->size() : 0;
        for (std::size_t i = 0; i < node.children.size(); ++i) {
            const Score s = score(node.children[i], wanted);
            const bool better = i == 0 || s.better_than(least);
            if (better) least = s;
            if (failures_ == nullptr) continue;
            const auto from = failures_->begin() + static_cast<std::ptrdiff_t>(before);
            if (better) its.assign(from, failures_->end());
            failures_->erase(from, failures_->end());
        }
        if (failures_ != nullptr) failures_->insert(failures_->end(), its.begin(), its.end());
        return least;
    }

    std::span<const std::uint32_t> leaves_;
    std::span<const signed char> answers_;
    std::vector<Failure>* failures_;
    std::size_t at_ = 0;
};

bool competes(const Rule& rule, const Packet& packet) {
    if (rule.kind == RuleKind::allow) return true;
    const bool ip = packet.network == Network::ipv4 || packet.network == Network::ipv6;
    return rule.kind == RuleKind::housekeeping && (!ip || packet.transport == Transport::icmp6);
}

// ---- phrases ----

// One of a packet's two ends, as text; nullopt where the packet has no such thing.
struct Ends {
    std::optional<std::string> src, dst;
};

std::string list_of(const Predicate& p) {
    if (!p.name.empty()) return "$" + p.name;
    std::string out;
    for (const std::string& value : p.values) out += (out.empty() ? "" : " or ") + value;
    return out;
}

Ends ends_of(const Predicate& p, const Packet& packet) {
    switch (p.subject) {
        case Subject::host:
        case Subject::net:
            if (packet.src().family == 0) return {};
            return {to_string(packet.src()), to_string(packet.dst())};
        case Subject::port:
            if (packet.transport != Transport::tcp && packet.transport != Transport::udp) return {};
            if (packet.later_fragment) return {};
            return {std::to_string(packet.sport), std::to_string(packet.dport)};
        case Subject::ether_host: {
            if (packet.mac_src == nullptr || packet.mac_dst == nullptr) return {};
            MacAddress src, dst;
            std::copy_n(packet.mac_src, src.octets.size(), src.octets.begin());
            std::copy_n(packet.mac_dst, dst.octets.size(), dst.octets.begin());
            return {to_string(src), to_string(dst)};
        }
        default:
            return {};
    }
}

std::string network_of(const Packet& packet) {
    switch (packet.network) {
        case Network::arp:
            return "arp";
        case Network::ipv4:
            return "ip";
        case Network::ipv6:
            return "ip6";
        default:
            return "";
    }
}

// What the packet is where the rule says tcp, ip6, arp ...; "" if we cannot say, or if it is just that.
std::string instead_of(std::string_view protocol, const Packet& packet) {
    const std::string network = network_of(packet);
    const bool asks_network = protocol == "ip" || protocol == "ip6" || protocol == "arp" || protocol == "rarp";
    const std::string actual =
        asks_network || packet.ip_proto == 0 || network == "arp" || network.empty() ? network : protocol_name(packet.ip_proto);
    return actual == protocol ? "" : actual;
}

bool is_ether(std::string_view protocol) { return protocol == "ether" || protocol == "link"; }

// Where we see what the leaf asks for and its program does not (behind a tag, say), "25 is not 25" would be nonsense.
bool contradicts(const Predicate& p, const std::string& end, bool wanted) {
    for (const std::string& value : p.values) {
        const auto prefix = parse_prefix(value);
        const auto address = prefix ? parse_address(end) : std::nullopt;
        const bool same = end == value || (address && prefix->contains(*address));
        if (same) return wanted;
    }
    return false;
}

std::string compare(const Predicate& p, const Ends& ends, bool wanted) {
    const std::string list = list_of(p), in = p.subject == Subject::net ? "in " : "";
    const std::string is = wanted ? " is not " + in : " is " + in;
    const std::string noun = p.subject == Subject::port ? "port " : "", link = p.subject == Subject::ether_host ? "ether " : "";
    switch (p.direction) {
        case Direction::src:
            return link + "src " + noun + *ends.src + is + list;
        case Direction::dst:
            return link + "dst " + noun + *ends.dst + is + list;
        case Direction::either:
            return wanted ? "neither " + link + "src " + noun + *ends.src + " nor dst " + noun + *ends.dst + " is " + in + list
                          : link + "src " + noun + *ends.src + " or dst " + noun + *ends.dst + " is " + in + list;
        default:
            return link + "src " + noun + *ends.src + " and dst " + noun + *ends.dst + (wanted ? " are not both " : " are both ") + in +
                   list;
    }
}

std::string phrase(const Failure& failure, const Packet& packet) {
    const Predicate& p = failure.leaf->predicate;
    std::string whole = (failure.wanted ? "not: " : "holds: ") + failure.leaf->text;
    if (p.subject == Subject::opaque) return whole;
    if (p.subject == Subject::protocol && !failure.wanted) return "is " + p.protocol;
    if (!p.protocol.empty() && !is_ether(p.protocol) && failure.wanted) {
        const std::string actual = instead_of(p.protocol, packet);
        if (!actual.empty()) return actual + " is not " + p.protocol;
        if (p.subject == Subject::protocol) return packet.network == Network::none ? "not " + p.protocol : whole;
    }
    const Ends ends = ends_of(p, packet);
    if (!ends.src || !ends.dst) return whole;
    const bool uses_src = p.direction != Direction::dst, uses_dst = p.direction != Direction::src;
    const bool absurd =
        p.direction == Direction::both
            ? contradicts(p, *ends.src, failure.wanted) && contradicts(p, *ends.dst, failure.wanted)
            : (uses_src && contradicts(p, *ends.src, failure.wanted)) || (uses_dst && contradicts(p, *ends.dst, failure.wanted));
    return absurd ? whole : compare(p, ends, failure.wanted);
}

// ---- programs ----

// The leaves in the order in which Judge meets them.
void collect_leaves(const FilterNode& node, std::vector<const FilterNode*>& out) {
    if (node.kind == Kind::leaf) out.push_back(&node);
    for (const FilterNode& child : node.children) collect_leaves(child, out);
}

}  // namespace

Result<NearestRules> NearestRules::make(const Policy& policy, Datalink, FilterCompiler& compiler) {
    NearestRules made;
    made.policy_ = &policy;
    std::unordered_map<std::string, std::uint32_t> known;
    for (const Rule& rule : policy.rules) {
        std::vector<std::uint32_t>& indices = made.of_rule_.emplace_back();
        if (rule.kind == RuleKind::forbid) continue;
        std::vector<const FilterNode*> nodes;
        collect_leaves(rule.filter.root, nodes);
        for (const FilterNode* node : nodes) {
            const auto [entry, is_new] = known.try_emplace(node->expanded, static_cast<std::uint32_t>(made.leaves_.size()));
            if (is_new) {
                auto program = compiler.compile(node->expanded);
                if (!program && program.error().code == ExitCode::environment) return Unexpected{program.error()};
                // A leaf that this link cannot have (arp on RAW) never holds.
                made.leaves_.push_back({program ? std::move(*program) : Program::rejecting()});
            }
            Leaf& leaf = made.leaves_[entry->second];
            (rule.kind == RuleKind::allow ? leaf.allow : leaf.housekeeping) = true;
            indices.push_back(entry->second);
        }
    }
    return made;
}

int NearestRules::find(const Packet& packet, Answers& answers) const {
    answers.assign(leaves_.size(), -1);
    int nearest = -1;
    Score least;
    for (std::size_t i = 0; i < of_rule_.size(); ++i) {
        const Rule& rule = policy_->rules[i];
        if (!competes(rule, packet)) continue;
        for (const std::uint32_t leaf : of_rule_[i])
            if (answers[leaf] < 0) answers[leaf] = leaves_[leaf].program.matches(packet.data, packet.caplen, packet.len);
        const Score score = Judge(of_rule_[i], answers, nullptr).score(rule.filter.root);
        if (!score.related || (nearest >= 0 && !score.better_than(least))) continue;
        nearest = static_cast<int>(i);
        least = score;
    }
    return nearest;
}

int NearestRules::nearest_rule(const Packet& packet) const {
    Answers answers;
    return find(packet, answers);
}

Nearest NearestRules::nearest(const Packet& packet) const {
    Nearest result;
    Answers answers;
    result.rule = find(packet, answers);
    if (result.rule < 0) return result;
    const auto index = static_cast<std::size_t>(result.rule);
    std::vector<Failure> failures;
    Judge(of_rule_[index], answers, &failures).score(policy_->rules[index].filter.root);
    for (const Failure& failure : failures) result.why.push_back(escape_for_display(phrase(failure, packet)));
    return result;
}

std::vector<ProgramView> NearestRules::programs(RuleKind kind) const {
    std::vector<ProgramView> views;
    for (const Leaf& leaf : leaves_)
        if ((kind == RuleKind::allow && leaf.allow) || (kind == RuleKind::housekeeping && leaf.housekeeping))
            views.push_back(leaf.program.code());
    return views;
}

}  // namespace sw

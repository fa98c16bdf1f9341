/// What the words of a filter give away, without running it.
#include <algorithm>
#include <charconv>

#include "rules/policy/lint.hpp"

namespace sw {
namespace {

using Kind = FilterNode::Kind;
using Subject = Predicate::Subject;
using Direction = Predicate::Direction;

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

bool is_transport(std::string_view protocol) { return protocol == "tcp" || protocol == "udp" || protocol == "sctp"; }

bool leaf_binds_transport(const FilterNode& leaf) { return is_transport(leaf.predicate.protocol) || contains(leaf.text, "proto "); }

/// Opaque leaves get the benefit of the doubt where they look at addresses at all.
bool leaf_binds_address(const FilterNode& leaf) {
    switch (leaf.predicate.subject) {
        case Subject::host:
        case Subject::net:
        case Subject::ether_host:
            return true;
        case Subject::protocol:
        case Subject::port:
            return false;
        case Subject::opaque:
            break;
    }
    for (const std::string_view word : {"ip[", "ip6[", "arp[", "ether[", "host", "net", "broadcast", "multicast", "gateway"})
        if (contains(leaf.text, word)) return true;
    return false;
}

/// A range up to the ports that clients choose: naming it is no sign of a reply rule.
bool is_client_range(std::string_view value) {
    const std::size_t dash = value.find('-');
    unsigned high = 0;
    return dash != std::string_view::npos &&
           std::from_chars(value.data() + dash + 1, value.data() + value.size(), high).ec == std::errc{} && high >= 49152;
}

class WordLint {
public:
    WordLint(const Rule& rule, const Policy& policy, const NamesByValue& names, Report& report)
        : rule_(rule), policy_(policy), names_(names), report_(report) {}

    void run() {
        const FilterNode& root = rule_.filter.root;
        const bool empty = root.kind != Kind::leaf && root.children.empty();  // parse_policy has warned of it
        if (rule_.kind != RuleKind::forbid && !empty && !binds(root, leaf_binds_address))
            report_.warning(filter_span(rule_, report_.source()), "any-to-any",
                            "neither end's address is bound: this matches from anyone to anyone",
                            "say at least one end: src host $... or dst host $...");
        walk(root, false, false);
        if (rule_.kind == RuleKind::allow && source_port_ != nullptr && !has_other_port_)
            report_.warning(filter_span(rule_, report_.source(), *source_port_), "direction-blind",
                            "\"" + source_port_->text +
                                "\" looks like a reply rule, and reply rules are not needed: a filter describes the opening packet",
                            "allow the opening packet instead, by its dst port, and remove this rule");
    }

private:
    void walk(const FilterNode& node, bool negated, bool transport) {
        if (node.kind == Kind::leaf) {
            literal_address(node);
            if (rule_.kind == RuleKind::allow && !negated) allow_leaf(node, transport);
            return;
        }
        const bool bound = transport || (node.kind == Kind::all_of && binds(node, leaf_binds_transport));
        for (const FilterNode& child : node.children) walk(child, negated || node.kind == Kind::none_of, bound);
    }

    void allow_leaf(const FilterNode& leaf, bool transport) {
        const Predicate& p = leaf.predicate;
        const bool port = p.subject == Subject::port;
        if (!port && p.subject != Subject::host && p.subject != Subject::net) return;
        const bool bound = transport || is_transport(p.protocol);
        if (port && !bound)
            report_.warning(filter_span(rule_, report_.source(), leaf), "no-protocol",
                            "\"" + leaf.text + "\" matches TCP, UDP and SCTP alike", "say which: tcp " + leaf.text);
        if (port) note_port(leaf);
        const bool said = contains(leaf.text, "src or dst") || contains(leaf.text, "dst or src");
        if (p.direction == Direction::either && !said) direction_blind(leaf, bound);
    }

    void note_port(const FilterNode& leaf) {
        const Predicate& p = leaf.predicate;
        if (p.direction != Direction::src) {
            has_other_port_ = true;
        } else if (source_port_ == nullptr && std::none_of(p.values.begin(), p.values.end(), is_client_range)) {
            source_port_ = &leaf;
        }
    }

    void direction_blind(const FilterNode& leaf, bool bound) {
        const Predicate& p = leaf.predicate;
        const std::size_t at = !p.protocol.empty() && leaf.text.starts_with(p.protocol + " ") ? p.protocol.size() + 1 : 0;
        const auto turned = [&](std::string_view direction) { return std::string(leaf.text).insert(at, std::string(direction) + " "); };
        const bool port = p.subject == Subject::port;
        const std::string what = "\"" + leaf.text + "\" ";
        report_.warning(filter_span(rule_, report_.source(), leaf), "direction-blind",
                        port ? what + "also matches it as the source port" + (bound ? "" : ", of UDP and SCTP too")
                             : what + "matches at either end: it does not say who opens the conversation",
                        port ? turned("dst") : turned("src") + " or " + turned("dst") + ", whichever end it is");
    }

    void literal_address(const FilterNode& leaf) {
        const Predicate& p = leaf.predicate;
        if (!p.name.empty()) return;
        if (p.subject != Subject::host && p.subject != Subject::net && p.subject != Subject::ether_host) return;
        for (const std::string& value : p.values) {
            const std::string_view name = name_of(value, p.subject);
            if (name.empty()) continue;
            report_.warning(filter_span(rule_, report_.source(), leaf), "literal-address",
                            "[names] calls " + value + " $" + std::string(name) + extent(name), "write $" + std::string(name));
        }
    }

    /// The name of a value in any spelling; none where the name would not fit: host takes no prefixes.
    std::string_view name_of(const std::string& value, Subject subject) const {
        std::string canonical;
        if (const auto mac = parse_mac(value); mac && subject == Subject::ether_host) {
            canonical = to_string(*mac);
        } else if (const auto address = parse_address(value)) {
            canonical = to_string(*address);
        } else if (const auto prefix = parse_prefix(value)) {
            canonical = to_string(*prefix);
        }
        const auto hit = names_.find(canonical);
        if (hit == names_.end()) return {};
        const bool has_prefix = contains_prefix(hit->second);
        return subject == Subject::host && has_prefix ? std::string_view{} : hit->second;
    }

    const std::vector<std::string>& values_of(std::string_view name) const {
        return std::find_if(policy_.names.begin(), policy_.names.end(), [name](const auto& entry) { return entry.first == name; })->second;
    }

    bool contains_prefix(std::string_view name) const {
        const auto& values = values_of(name);
        return std::any_of(values.begin(), values.end(), [](const std::string& value) { return contains(value, "/"); });
    }

    std::string extent(std::string_view name) const {
        const std::size_t others = values_of(name).size() - 1;
        return others == 0 ? "" : " (and " + std::to_string(others) + " more)";
    }

    const Rule& rule_;
    const Policy& policy_;
    const NamesByValue& names_;
    Report& report_;
    const FilterNode* source_port_ = nullptr;  ///< the first src port
    bool has_other_port_ = false;              ///< one that is not src alone
};

}  // namespace

void lint_words(const Rule& rule, const Policy& policy, const NamesByValue& names, Report& report) {
    WordLint(rule, policy, names, report).run();
}

}  // namespace sw

#include "rules/policy/policy.hpp"

#include <algorithm>

namespace sw {

std::string_view to_string(Mode m) {
    switch (m) {
        case Mode::flow:
            return "flow";
        case Mode::packet:
            return "packet";
        case Mode::tcpdump:
            return "tcpdump";
    }
    return "flow";
}

std::optional<Mode> mode_from(std::string_view word) {
    for (const Mode m : {Mode::flow, Mode::packet, Mode::tcpdump})
        if (word == to_string(m)) return m;
    return std::nullopt;
}

std::string_view to_string(RuleKind k) {
    switch (k) {
        case RuleKind::allow:
            return "allow";
        case RuleKind::forbid:
            return "forbid";
        case RuleKind::housekeeping:
            return "housekeeping";
    }
    return "allow";
}

bool Policy::is_home(const Address& a) const {
    return std::any_of(home.begin(), home.end(), [&](const Prefix& p) { return p.contains(a); });
}

std::string_view Policy::name_of(std::string_view wanted) const {
    // The parser stores addresses in the canonical form, so comparing text is comparing addresses.
    for (const auto& [name, values] : names)
        if (std::find(values.begin(), values.end(), wanted) != values.end()) return name;
    return {};
}

}  // namespace sw

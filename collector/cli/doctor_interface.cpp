#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "collector/cli/doctor_checks.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

/// What should be off (or on), in words.
struct Wanted {
    const char* name;
    std::optional<bool> InterfaceFacts::*fact;
    bool value;
    Check::State otherwise;
    const char *good, *bad, *fix;  ///< fix: IF stands for the interface
};

constexpr Wanted wanted[] = {
    {"link-up", &InterfaceFacts::up, true, Check::State::fail, "is up", "is down", "systemctl restart span-watcher-interface@IF.service"},
    {"carrier", &InterfaceFacts::carrier, true, Check::State::fail, "has a link", "has no link",
     "look at the cable and at the mirror port of the switch"},
    {"promiscuous", &InterfaceFacts::promiscuous, true, Check::State::fail, "is promiscuous",
     "is not promiscuous: frames for others are lost", "ip link set dev IF promisc on"},
    {"arp", &InterfaceFacts::arp, false, Check::State::fail, "does not speak ARP", "answers ARP", "ip link set dev IF arp off"},
    {"multicast", &InterfaceFacts::multicast, false, Check::State::warn, "joins no multicast groups", "may join multicast groups",
     "ip link set dev IF multicast off"},
    {"ipv6", &InterfaceFacts::ipv6, false, Check::State::fail, "has no IPv6", "speaks IPv6", "sysctl -w net.ipv6.conf.IF.disable_ipv6=1"},
};

constexpr const char* by_root = "run doctor as root, where the interface is";

std::string with_name(std::string text, const std::string& name) {
    if (const std::size_t at = text.find("IF"); at != std::string::npos) text.replace(at, 2, name);
    return text;
}

Check check_wanted(const Wanted& w, const InterfaceFacts& facts, const std::string& shown) {
    const std::optional<bool>& is = facts.*w.fact;
    if (!is) return {w.name, Check::State::warn, shown + ": unknown", by_root};
    if (*is == w.value) return {w.name, Check::State::ok, shown + " " + w.good, {}};
    return {w.name, w.otherwise, shown + " " + w.bad, with_name(w.fix, shown)};
}

/// A list that must be empty.
Check check_none(const char* name, const std::optional<std::vector<std::string>>& list, const std::string& shown, const char* what,
                 Check otherwise) {
    if (!list) return {name, Check::State::warn, fmt::format("{}: {} unknown", shown, what), by_root};
    if (list->empty()) return {name, Check::State::ok, fmt::format("{}: no {}", shown, what), {}};
    otherwise.name = name;
    otherwise.says = fmt::format("{}: {} {}", shown, what, fmt::join(*list, ", "));
    return otherwise;
}

/// Drivers have names of their own for frames that the card had and nobody got.
bool tells_of_loss(const DriverCounter& c) {
    constexpr std::string_view words[] = {"drop",   "discard",    "miss",    "no_buf",   "nobuf",
                                          "no_dma", "out_of_buf", "overrun", "overflow", "fifo"};
    const bool sent = c.name.find("tx") != std::string::npos;
    return !sent &&
           std::any_of(std::begin(words), std::end(words), [&](std::string_view w) { return c.name.find(w) != std::string::npos; });
}

Check check_driver(const std::optional<std::vector<DriverCounter>>& counters, const std::string& shown) {
    if (!counters) return {"driver", Check::State::warn, shown + ": counters of its driver unknown", by_root};
    std::size_t kept = 0;
    std::vector<std::string> lost;
    for (const DriverCounter& c : *counters) {
        kept += tells_of_loss(c);
        if (tells_of_loss(c) && c.value > 0) lost.push_back(fmt::format("{} {}", escape_for_display(c.name), c.value));
    }
    if (kept == 0) return {"driver", Check::State::ok, shown + ": its driver counts no losses of its own; /sys tells those there are", {}};
    if (lost.empty()) return {"driver", Check::State::ok, fmt::format("{}: no losses in {} counters of its driver", shown, kept), {}};
    return {"driver", Check::State::warn, fmt::format("{}: its driver counts {}", shown, fmt::join(lost, ", ")),
            "look again in a minute: if they grow, the card loses frames that no sensor sees: ethtool -G " + shown +
                " rx N gives it more room"};
}

}  // namespace

std::vector<Check> check_interface(const InterfaceFacts& facts) {
    const std::string shown = escape_for_display(facts.name);
    if (!facts.exists)
        return {{"interface", Check::State::fail, shown + " does not exist",
                 "'ip link' shows those there are; one that was given a namespace is seen by 'ip netns exec span-" + shown + " ip link'"}};
    std::vector<Check> out{{"interface", Check::State::ok, shown + " exists", {}}};
    for (const Wanted& w : wanted) out.push_back(check_wanted(w, facts, shown));
    out.push_back(check_none("address", facts.addresses, shown, "addresses",
                             {{}, Check::State::fail, {}, "ip address flush dev " + shown + ", and let no network manager have it"}));
    out.push_back(
        check_none("offloads", facts.offloads, shown, "offloads",
                   {{}, Check::State::warn, {}, "ethtool -K " + shown + " gro off lro off rxvlan off: frames are then as on the wire"}));
    out.push_back(check_driver(facts.counters, shown));
    return out;
}

}  // namespace sw

/// [wire]: what every frame must look like, whatever it carries.
#include <algorithm>

#include "rules/policy/policy_reader.hpp"

namespace sw {
namespace {

constexpr std::string_view vlans_fix =
    "vlans = \"none\", or the tags that frames bear: vlans = [10, 20]; \"none\" among them for "
    "untagged frames, [100, 10] for two tags, the outer one first";

std::optional<std::uint16_t> vlan_number(const TomlValue& item, Report& report) {
    if (!report.expect(item, TomlValue::Kind::integer, "a VLAN", "vlans = [10, 20]")) return std::nullopt;
    if (item.number >= 1 && item.number <= 4094) return static_cast<std::uint16_t>(item.number);
    report.error(item.span, "bad-value", std::to_string(item.number) + " is not a VLAN", "1 to 4094");
    return std::nullopt;
}

/// Two tags: the service provider's and the customer's.
void read_stack(const TomlValue& item, VlanSet& vlans, Report& report) {
    if (item.items.size() != 2) {
        report.error(item.span, "bad-value", "a stack of tags has two of them", "[100, 10]: the outer tag, then the inner one");
        return;
    }
    const auto outer = vlan_number(item.items[0], report), inner = vlan_number(item.items[1], report);
    if (outer && inner) vlans.stacks.emplace_back(*outer, *inner);
}

void read_vlan(const TomlValue& item, VlanSet& vlans, Report& report) {
    if (item.kind == TomlValue::Kind::array) return read_stack(item, vlans, report);
    if (item.kind == TomlValue::Kind::string && item.text == "none") {
        vlans.untagged = true;
    } else if (item.kind == TomlValue::Kind::string) {
        report.error(item.span, "bad-value", "\"" + item.text + "\" is not a VLAN", std::string(vlans_fix));
    } else if (const auto number = vlan_number(item, report)) {
        vlans.tags.push_back(*number);
    }
}

template <class List>
void sort_once(List& list) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
}

void read_vlans(const TomlValue& value, VlanSet& vlans, Report& report) {
    if (value.kind == TomlValue::Kind::string && value.text == "none") return;
    if (value.kind != TomlValue::Kind::array) {
        report.error(value.span, "type", "vlans must be \"none\" or a list of VLAN numbers", std::string(vlans_fix));
        return;
    }
    if (value.items.empty()) report.error(value.span, "empty-list", "vlans lists no VLAN", std::string(vlans_fix));
    vlans.untagged = false;
    for (const TomlValue& item : value.items) read_vlan(item, vlans, report);
    sort_once(vlans.tags);
    sort_once(vlans.stacks);
}

void read_watcher(const TomlValue& value, Wire& wire, Report& report) {
    constexpr std::string_view example = "watcher = [\"02:00:00:00:00:66\", \"192.0.2.66\"]";
    if (!report.expect(value, TomlValue::Kind::array, "watcher", example)) return;
    if (value.items.size() > max_values) {
        report.error(value.span, "limit", "watcher has more than 4,096 values", std::string(example));
        return;
    }
    for (const TomlValue& item : value.items) {
        if (!report.expect(item, TomlValue::Kind::string, "each of watcher", example)) continue;
        if (const auto mac = parse_mac(item.text)) {
            wire.watcher_macs.push_back(*mac);
        } else if (const auto address = parse_address(item.text)) {
            wire.watcher_addresses.push_back(*address);
        } else {
            report.error(item.span, "bad-value", "\"" + item.text + "\" is neither a MAC address nor an IP address", std::string(example));
        }
    }
}

void read_key(const TomlEntry& entry, Policy& policy, Report& report) {
    Wire& wire = policy.wire;
    if (entry.key == "vlans") {
        read_vlans(entry.value, wire.vlans, report);
    } else if (entry.key == "priority_tags") {
        if (report.expect(entry.value, TomlValue::Kind::boolean, "priority_tags", "priority_tags = true"))
            wire.vlans.priority = entry.value.number != 0;
    } else if (entry.key == "mirror") {
        read_mirror(entry.value, policy, report);
    } else if (entry.key == "watcher") {
        read_watcher(entry.value, wire, report);
    } else if (entry.key == "ignore") {
        wire.ignore = read_anomalies(entry.value, "ignore", report);
        if (wire.ignore.without(fragment_anomalies()) != wire.ignore)
            report.warning(entry.span, "ignore-fragment", "fragments stay grey, ignored or not: nobody has put them together",
                           "remove it; a rule whose fragments shall be put together says accept = [\"fragment\"]");
    } else {
        report.unknown_key(entry, "[wire]", {"vlans", "priority_tags", "mirror", "watcher", "ignore"});
    }
}

}  // namespace

void read_wire(const TomlValue& value, Policy& policy, Report& report) {
    if (!report.expect(value, TomlValue::Kind::table, "wire", "[wire]")) return;
    for (const TomlEntry& entry : value.entries) read_key(entry, policy, report);
    const VlanSet& vlans = policy.wire.vlans;
    if (vlans.priority && !vlans.untagged)
        report.error(value.span, "priority-tags", "priority_tags says that VLAN 0 counts as untagged, but vlans allows no untagged frame",
                     "add \"none\" to vlans, or remove priority_tags");
}

}  // namespace sw

/// [wire]: what every frame must look like, whatever it carries.
#include <algorithm>

#include "rules/policy/policy_reader.hpp"

namespace sw {
namespace {

constexpr std::string_view vlans_fix = "vlans = \"none\", or the tags that frames bear: vlans = [10, 20]";

void read_vlans(const TomlValue& value, Wire& wire, Report& report) {
    if (value.kind == TomlValue::Kind::string && value.text == "none") return;
    if (value.kind != TomlValue::Kind::array) {
        report.error(value.span, "type", "vlans must be \"none\" or a list of VLAN numbers", std::string(vlans_fix));
        return;
    }
    if (value.items.empty()) report.error(value.span, "empty-list", "vlans lists no VLAN", std::string(vlans_fix));
    wire.vlans_none = false;
    for (const TomlValue& item : value.items) {
        if (!report.expect(item, TomlValue::Kind::integer, "a VLAN", "vlans = [10, 20]")) continue;
        if (item.number < 1 || item.number > 4094) {
            report.error(item.span, "bad-value", std::to_string(item.number) + " is not a VLAN", "1 to 4094");
        } else if (const auto vlan = static_cast<std::uint16_t>(item.number); std::count(wire.vlans.begin(), wire.vlans.end(), vlan) == 0) {
            wire.vlans.push_back(vlan);
        }
    }
}

void read_mirror(const TomlValue& value, Report& report) {
    if (value.kind == TomlValue::Kind::string && value.text == "none") return;
    report.error(value.span, "mirror", "mirror decapsulation (ERSPAN, VXLAN ...) is not there yet",
                 "mirror = \"none\"; take the mirror from a local SPAN port");
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

}  // namespace

void read_wire(const TomlValue& value, Policy& policy, Report& report) {
    if (!report.expect(value, TomlValue::Kind::table, "wire", "[wire]")) return;
    for (const TomlEntry& entry : value.entries) {
        if (entry.key == "vlans") {
            read_vlans(entry.value, policy.wire, report);
        } else if (entry.key == "mirror") {
            read_mirror(entry.value, report);
        } else if (entry.key == "watcher") {
            read_watcher(entry.value, policy.wire, report);
        } else if (entry.key == "ignore") {
            policy.wire.ignore = read_anomalies(entry.value, "ignore", report);
            if (policy.wire.ignore.has(Reason::fragment))
                report.warning(entry.span, "ignore-fragment", "fragments stay grey, ignored or not, until this program reassembles them",
                               "remove it until then");
        } else {
            report.unknown_key(entry, "[wire]", {"vlans", "mirror", "watcher", "ignore"});
        }
    }
}

}  // namespace sw

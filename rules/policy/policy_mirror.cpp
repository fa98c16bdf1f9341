/// wire.mirror: how the frames come that a switch or router mirrors to the watcher.
#include "rules/policy/policy_reader.hpp"

namespace sw {
namespace {

using Kind = Encapsulation;

constexpr std::string_view example =
    "mirror = { kind = \"erspan2\", outer = \"src host 192.0.2.1 and dst host 192.0.2.66\", session = 10 }";
constexpr std::uint16_t vxlan_port = 4789, tzsp_port = 37008;
constexpr std::int64_t most_session = 1023, most_vlan = 4094, most_vni = (1 << 24) - 1, most_key = 0xffffffff, most_port = 65535;

bool is_numbered_erspan(Kind kind) { return kind == Kind::erspan2 || kind == Kind::erspan3; }
bool is_gre(Kind kind) { return kind == Kind::gre || kind == Kind::teb; }
bool is_udp(Kind kind) { return kind == Kind::vxlan || kind == Kind::tzsp; }

/// A key of the table, and of which kinds of mirror it speaks.
struct Number {
    std::string_view key;
    std::int64_t least, most;
    bool (*fits)(Kind);
};

constexpr Number numbers[] = {
    {"session", 0, most_session, is_numbered_erspan},
    {"vlan", 0, most_vlan, [](Kind kind) { return kind == Kind::vlan || is_numbered_erspan(kind); }},
    {"key", 0, most_key, is_gre},
    {"vni", 0, most_vni, [](Kind kind) { return kind == Kind::vxlan; }},
    {"port", 1, most_port, is_udp},
};

class MirrorReader {
public:
    MirrorReader(const TomlValue& table, Policy& policy, Report& report)
        : table_(table), policy_(policy), report_(report), mirror_(policy.wire.mirror) {}

    void read() {
        if (!read_kind()) return;
        const Kind kind = mirror_.format.kind;
        mirror_.format.port = kind == Kind::vxlan ? vxlan_port : kind == Kind::tzsp ? tzsp_port : std::uint16_t{0};
        for (const TomlEntry& entry : table_.entries) read_key(entry);
        if (kind == Kind::vlan && !has_vlan_)
            report_.error(table_.span, "missing-key", "a mirror of kind vlan needs the number of its VLAN", "vlan = 999");
        if (kind != Kind::vlan && !has_outer_)
            report_.error(table_.span, "missing-key", "the mirror does not say which packets carry its frames",
                          "outer = \"src host A and dst host B\": who sends them to whom");
    }

private:
    bool read_kind() {
        for (const TomlEntry& entry : table_.entries) {
            if (entry.key != "kind") continue;
            if (!report_.expect(entry.value, TomlValue::Kind::string, "kind", example)) return false;
            if (const auto kind = encapsulation_from(entry.value.text)) {
                mirror_.format.kind = *kind;
                return true;
            }
            report_.error(entry.value.span, "bad-value", "\"" + entry.value.text + "\" is no kind of mirror",
                          propose(entry.value.text, encapsulation_words()));
            return false;
        }
        report_.error(table_.span, "missing-key", "the mirror has no kind", std::string(example));
        return false;
    }

    void read_key(const TomlEntry& entry) {
        if (entry.key == "kind") return;
        if (entry.key == "outer") return read_outer(entry.value);
        if (entry.key == "fcs") return read_fcs(entry);
        for (const Number& n : numbers)
            if (entry.key == n.key) return read_number(entry, n);
        report_.unknown_key(entry, "mirror", {"kind", "outer", "session", "vlan", "key", "vni", "port", "fcs"});
    }

    void read_outer(const TomlValue& value) {
        has_outer_ = true;
        SourcePlace place{0, 0};
        read_filter(value, "outer", policy_.names, report_, mirror_.outer, place);
        mirror_.line = place.line;
        mirror_.column = place.column;
    }

    bool fits(const TomlEntry& entry, bool fits) {
        if (fits) return true;
        report_.error(entry.span, "mirror", "a mirror of kind " + std::string(to_string(mirror_.format.kind)) + " has no " + entry.key,
                      "remove it");
        return false;
    }

    void read_fcs(const TomlEntry& entry) {
        const Kind kind = mirror_.format.kind;
        if (!fits(entry, kind != Kind::gre && kind != Kind::vlan)) return;
        if (report_.expect(entry.value, TomlValue::Kind::boolean, "fcs", "fcs = true")) mirror_.format.fcs = entry.value.number != 0;
    }

    void read_number(const TomlEntry& entry, const Number& n) {
        if (!fits(entry, n.fits(mirror_.format.kind))) return;
        has_vlan_ = has_vlan_ || n.key == "vlan";
        if (!report_.expect(entry.value, TomlValue::Kind::integer, entry.key, std::string(n.key) + " = 10")) return;
        const std::int64_t v = entry.value.number;
        const std::int64_t least = n.key == "vlan" && mirror_.format.kind == Kind::vlan ? 1 : n.least;
        if (v < least || v > n.most) {
            report_.error(entry.value.span, "bad-value", std::to_string(v) + " is no " + entry.key + " of a mirror",
                          std::to_string(least) + " to " + std::to_string(n.most));
            return;
        }
        MirrorFormat& f = mirror_.format;
        if (n.key == "session") f.session = static_cast<std::uint16_t>(v);
        if (n.key == "vlan") f.vlan = static_cast<std::uint16_t>(v);
        if (n.key == "key" || n.key == "vni") f.key = static_cast<std::uint32_t>(v);
        if (n.key == "port") f.port = static_cast<std::uint16_t>(v);
    }

    const TomlValue& table_;
    Policy& policy_;
    Report& report_;
    Mirror& mirror_;
    bool has_outer_ = false, has_vlan_ = false;
};

}  // namespace

void read_mirror(const TomlValue& value, Policy& policy, Report& report) {
    if (value.kind == TomlValue::Kind::string && value.text == "none") return;
    if (value.kind != TomlValue::Kind::table) {
        report.error(value.span, "type", "mirror must be \"none\" or a table that says how frames are wrapped", std::string(example));
        return;
    }
    MirrorReader(value, policy, report).read();
}

}  // namespace sw

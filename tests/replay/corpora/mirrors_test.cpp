/// Mirrors that wrap, on captures of others: what switches and routers sent, and any capture wrapped by ourselves.
#include <fmt/format.h>

#include <algorithm>

#include "rules/confine/confine.hpp"
#include "sensor/journal/recorder.hpp"
#include "tests/replay/corpora/captures.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/judge.hpp"
#include "tests/support/mirror.hpp"

namespace sw::corpora {
namespace {

using craft::CraftedFrame;
using craft::Frames;
using craft::Judged;
using craft::MirrorSetup;
using Kind = Encapsulation;

constexpr Kind kinds[] = {Kind::erspan1, Kind::erspan2, Kind::erspan3, Kind::gre, Kind::teb, Kind::tzsp, Kind::vxlan, Kind::vlan};

/// Around each frame, counted in a hex dump: Ethernet 14, IPv4 20, then GRE 4 (8 with a key or a number) and ERSPAN 8 or 12, or UDP 8
/// and VXLAN 8.
struct Real {
    const char* capture;
    Kind kind;
    const char* outer;
    const char* wire;  ///< what else [wire] says
    std::uint32_t octets;
    std::size_t frames, within;  ///< in all; of them, from the mirror
    std::vector<const char*> inside, outside;
};

const char* const none = "vlans = \"none\"\n";
/// Captured on the host that sends, before its card filled the checksums in.
const char* const offloaded = "vlans = \"none\"\nignore = [\"bad-checksum\"]\n";

std::vector<Real> real_mirrors() {
    const std::vector<const char*> pings = {"192.168.203.3", "192.168.203.5"}, ends = {"192.168.203.1", "192.168.202.1"};
    return {
        {"tcpdump__erspan-type-i-3",
         Kind::erspan1,
         "src host 192.168.90.17 and dst host 192.168.90.127",
         "vlans = [1]\n",
         38,
         1,
         1,
         {"192.168.90.100"},
         {"192.168.90.17", "192.168.90.127"}},
        // Two switches mirror to one address; one of them saw the frames on an ISL trunk.
        {"tcpdump__erspan-type-ii-2",
         Kind::erspan2,
         "dst host 192.168.195.196",
         none,
         50,
         16,
         16,
         {"10.200.101.2", "10.200.100.2", "10.200.101.3", "10.200.100.3"},
         {"192.168.195.67", "192.168.195.73", "192.168.195.196"}},
        {"tcpdump__erspan-type-ii-2",
         Kind::erspan2,
         "src host 192.168.195.67 and dst host 192.168.195.196",
         none,
         50,
         16,
         8,
         {"10.200.101.2", "10.200.100.2", "10.200.101.3", "10.200.100.3"},
         {"192.168.195.67"}},
        {"tcpdump__erspan-type-iii-ft-0",
         Kind::erspan3,
         "src host 10.29.30.104 and dst host 10.29.11.13",
         "vlans = [20]\n",
         50,
         9,
         9,
         {"10.29.11.1", "10.29.20.21"},
         {"10.29.30.104", "10.29.11.13"}},
        // Not Ethernet, but what the switch says of its clock.
        {"tcpdump__erspan-type-iii-ft-7", Kind::erspan3, "src host 192.168.1.172 and dst host 192.168.1.249", none, 50, 58, 0, {}, {}},
        {"tcpdump__vxlan", Kind::vxlan, "host 192.168.203.1 and host 192.168.202.1", none, 50, 10, 10, pings, {}},
        {"zeek__tunnels__vxlan",
         Kind::vxlan,
         "host 192.168.56.11 and host 192.168.56.12",
         none,
         50,
         10,
         10,
         {"10.0.0.1", "10.0.0.2"},
         {"192.168.56.11", "192.168.56.12"}},
        {"zeek__tunnels__vxlan-encapsulated-igmp-v2",
         Kind::vxlan,
         "src host 172.30.0.1 and dst host 172.30.0.2",
         offloaded,
         50,
         3,
         3,
         {"192.168.9.80", "192.168.9.123"},
         {"172.30.0.1", "172.30.0.2"}},
        {"packetnet__vxlan",
         Kind::vxlan,
         "src host 100.0.17.1 and dst host 100.0.17.2",
         offloaded,
         50,
         1,
         1,
         {"10.0.0.1", "10.0.0.2"},
         {"100.0.17.1", "100.0.17.2"}},
        // A tag outside: a mirror's packets bear none.
        {"ndpi__vxlan", Kind::vxlan, "host 192.168.22.4 and host 192.168.22.5", none, 50, 127, 0, {}, {}},
        // Wrapped three times, with a reserved flag.
        {"zeek__tunnels__vxlan-triple-v2", Kind::vxlan, "src host 1.1.1.1 and dst host 1.1.1.9", none, 50, 1, 0, {}, {}},
        {"packetnet__gre_nvgre",
         Kind::teb,
         "src host 100.0.17.1 and dst host 100.0.17.2",
         offloaded,
         42,
         1,
         1,
         {"10.0.0.1", "10.0.0.2"},
         {"100.0.17.1", "100.0.17.2"}},
        {"packetnet__gre_ipv6", Kind::gre, "src host 10.1.1.0 and dst host 10.1.1.2", none, 38, 1, 1, {}, {"10.1.1.0", "10.1.1.2"}},
        // 20 of GRE among what a LAN says.
        {"wswiki__GRE",
         Kind::gre,
         "host 10.254.0.86 and host 10.254.0.155",
         none,
         38,
         33,
         20,
         {"193.252.2.186", "182.138.79.34"},
         {"10.254.0.86", "10.254.0.155"}},
        // GRE in GRE.
        {"zeek__tunnels__gre-within-gre",
         Kind::gre,
         "host 72.205.54.70 and host 86.106.164.150",
         none,
         38,
         628,
         628,
         {"10.10.11.2", "10.10.13.2"},
         {"72.205.54.70", "86.106.164.150", "192.168.1.2"}},
    };
}

/// It ends in its [wire] table. Nobody may talk, or anybody.
std::string policy_of(bool anybody, const std::string& wire, bool bare_ip) {
    const std::string filter = !anybody ? "tcp and src port 1 and dst port 1" : bare_ip ? "ip or ip6" : "tcp or udp or icmp or icmp6";
    std::string text = "enclave = \"corpora\"\nhome = [\"203.0.113.0/24\"]\n[[allow]]\nname = \"any\"\nfilter = \"" + filter + "\"\n";
    if (anybody && !bare_ip) text += "[[housekeeping]]\nname = \"arp\"\nfilter = \"arp\"\n";
    return text + "[wire]\n" + wire;
}

std::string mirror_of(Kind kind, const std::string& outer) {
    if (kind == Kind::vlan) return "mirror = { kind = \"vlan\", vlan = 999 }\n";
    return fmt::format("mirror = {{ kind = \"{}\", outer = \"{}\" }}\n", to_string(kind), outer);
}

/// The frame without its first octets.
CraftedFrame crafted(const Frame& f, std::uint32_t without = 0) {
    CraftedFrame c;
    c.bytes.assign(f.data + without, f.data + f.caplen);
    c.len = f.len - without;
    c.ts = f.ts;
    c.linktype = f.link.linktype;
    return c;
}

Frames frames_of(const Capture& capture) {
    Frames all;
    for (const Frame& f : capture.frames) all.push_back(crafted(f));
    return all;
}

/// Ethernet, not swapped, whole or cut, that this kind can carry without seeming to carry it twice.
bool carries(Kind kind, const Frame& f) {
    if (f.link.linktype != linktype::en10mb || f.link.swapped || f.len < f.caplen || f.caplen < 14 || f.len > 60'000) return false;
    Packet packet;
    decode(f.data, f.caplen, f.len, {}, packet);
    MirrorFormat format;
    format.kind = kind;
    format.port = kind == Kind::vxlan ? 4789 : 37008;
    format.vlan = kind == Kind::vlan ? std::optional<std::uint16_t>(10) : std::nullopt;
    return !is_wrapped(format, packet);
}

/// But for mirror-nested, which only what was wrapped can have, in place of the tunnel that it is.
std::string said(const Judgement& j) {
    Judgement as_bare = j;
    if (j.reasons.has(Reason::mirror_nested)) as_bare.reasons = j.reasons.without(Reason::mirror_nested).with(Reason::tunnel);
    return craft::describe(as_bare);
}

void expect_same(const Judged& bare, const Judged& within) {
    REQUIRE(bare.judgements.size() == within.judgements.size());
    bool nested = false;
    for (std::size_t i = 0; i < bare.judgements.size(); ++i) {
        INFO("frame " << i + 1);
        REQUIRE(craft::describe(bare.judgements[i]) == said(within.judgements[i]));
        REQUIRE(bare.judgements[i].finding == within.judgements[i].finding);
        nested = nested || within.judgements[i].reasons.has(Reason::mirror_nested);
    }
    REQUIRE(bare.findings.size() == within.findings.size());
    for (std::size_t i = 0; i < bare.findings.size() && !nested; ++i)
        REQUIRE(sentence(bare.findings[i], *bare.policy) == sentence(within.findings[i], *within.policy));
}

/// Every frame grey, none opened, all for that reason.
void expect_refused(const Judged& j, std::size_t frames) {
    CHECK(j.counters.frames == frames);
    CHECK(j.counters.greylisted == frames);
    CHECK((j.counters.mirror.frames == 0 && j.counters.mirror.refused == frames));
    CHECK(std::all_of(j.judgements.begin(), j.judgements.end(),
                      [](const Judgement& one) { return one.wrapped == 0 && one.reasons.has(Reason::mirror_unexpected); }));
}

/// An address, and not the beginning or the end of another one.
bool names(const std::string& text, const std::string& address) {
    const auto part = [](char c) { return c == '.' || (c >= '0' && c <= '9'); };
    for (std::size_t at = text.find(address); at != std::string::npos; at = text.find(address, at + 1)) {
        const std::size_t end = at + address.size();
        const bool ends = end == text.size() || !part(text[end]) || (text[end] == '.' && (end + 1 == text.size() || text[end + 1] == ' '));
        if ((at == 0 || !part(text[at - 1])) && ends) return true;
    }
    return false;
}

/// What a record of packets keeps of them.
struct Evidence : RecordSink {
    struct Packet {
        std::uint64_t number;
        std::vector<std::uint8_t> octets;
        Wrapping wrapping;
        std::uint32_t judged_len;
    };
    std::vector<Packet> packets;

    void run(const RunRecord&) override {}
    void finding(const FindingRecord&) override {}
    void packet(const PacketRecord& r) override {
        const Frame& f = r.frame;
        packets.push_back({f.number, {f.data, f.data + f.caplen}, r.wrapping, r.judged_len()});
    }
    void count(const CountRecord&) override {}
    void flow(const FlowRecord&) override {}
    void opening(const OpeningRecord&) override {}
    void log(const LogRecord&) override {}
    void chart(const ChartRecord&) override {}
    void coverage(const CoverageRecord&) override {}
    void heartbeat(const HeartbeatRecord&) override {}
};

Evidence evidence_of(const Capture& capture, const std::string& policy_text) {
    mark_unconfined();
    PolicyLoad load = parse_policy("corpora.toml", policy_text);
    REQUIRE(load.policy);
    EngineOptions options;
    options.trace = true;
    Engine engine(*load.policy, options);
    Evidence evidence;
    Recorder recorder(engine, evidence);
    std::vector<Judgement> judgements(capture.frames.size());
    std::size_t judged = 0;
    REQUIRE(engine.judge(capture.frames, judgements, judged));
    recorder.judged(capture.frames, judgements);
    engine.end_fragments();
    recorder.settled();
    recorder.end_file(capture.name, "");
    recorder.end();
    return evidence;
}

}  // namespace

TEST_CASE("corpora: what others mirrored is judged as the frames within, cut out by hand, and counted exactly") {
    if (absent()) return;
    for (const Real& r : real_mirrors()) {
        INFO(r.capture << ", " << r.outer);
        const Capture capture = load(fmt::format("pcap/vlan-tunnel/{}.pcap", r.capture));
        const Frames all = frames_of(capture);
        REQUIRE(all.size() == r.frames);
        const bool bare_ip = r.kind == Kind::gre;
        const std::string bare = policy_of(true, r.wire, bare_ip), mirrored = bare + mirror_of(r.kind, r.outer);
        const Judged whole = craft::judge(mirrored, all);
        Frames carrying, within;
        for (std::size_t i = 0; i < all.size(); ++i) {
            const Judgement& j = whole.judgements[i];
            CHECK((j.wrapped == 0) == j.reasons.has(Reason::mirror_unexpected));
            if (j.wrapped == 0) continue;
            CHECK(j.wrapped == r.octets);
            carrying.push_back(all[i]);
            within.push_back(crafted(capture.frames[i], r.octets));
            if (bare_ip) within.back().linktype = linktype::raw;
        }
        CHECK(within.size() == r.within);
        CHECK((whole.counters.frames == r.frames && whole.counters.mirror.frames == r.within));
        CHECK(whole.counters.mirror.refused == r.frames - r.within);
        if (!within.empty()) expect_same(craft::judge(bare, within), craft::judge(mirrored, carrying));
    }
}

TEST_CASE("corpora: what others mirrored is told by the addresses within, never by those around it") {
    if (absent()) return;
    for (const Real& r : real_mirrors()) {
        INFO(r.capture << ", " << r.outer);
        const Frames all = frames_of(load(fmt::format("pcap/vlan-tunnel/{}.pcap", r.capture)));
        const Judged j = craft::judge(policy_of(false, r.wire, r.kind == Kind::gre) + mirror_of(r.kind, r.outer), all);
        CHECK(j.counters.greylisted == r.frames);
        std::string told;
        for (std::size_t i = 0; i < all.size(); ++i)
            if (j.judgements[i].wrapped > 0) told += sentence(j.findings.at(j.judgements[i].finding - 1), *j.policy) + "\n";
        UNSCOPED_INFO("told: " << told);
        CHECK(told.empty() == (r.within == 0));
        for (const char* address : r.inside) CHECK(names(told, address));
        for (const char* address : r.outside) CHECK_FALSE(names(told, address));
    }
}

TEST_CASE("corpora: of what others mirrored the outer frame is kept, octet for octet, with what to take out of it") {
    if (absent()) return;
    for (const Real& r : real_mirrors()) {
        INFO(r.capture << ", " << r.outer);
        const Capture capture = load(fmt::format("pcap/vlan-tunnel/{}.pcap", r.capture));
        const Evidence kept = evidence_of(capture, policy_of(false, r.wire, r.kind == Kind::gre) + mirror_of(r.kind, r.outer));
        REQUIRE(kept.packets.size() == r.frames);
        std::size_t within = 0;
        for (const Evidence::Packet& p : kept.packets) {
            CHECK(p.octets == capture.octets.at(p.number - 1));
            const std::uint32_t len = capture.frames.at(p.number - 1).len;
            if (p.wrapping.octets() == 0) {
                CHECK(p.judged_len == len);
                continue;
            }
            ++within;
            CHECK(p.wrapping == Wrapping{0, static_cast<std::uint16_t>(r.octets), 0});
            CHECK(p.judged_len == len - r.octets);
        }
        CHECK(within == r.within);
    }
}

TEST_CASE("corpora: what others mirrored is grey, each frame, if the policy states another kind or other ends") {
    if (absent()) return;
    for (const Real& r : real_mirrors()) {
        const Frames all = frames_of(load(fmt::format("pcap/vlan-tunnel/{}.pcap", r.capture)));
        for (const Kind kind : kinds) {
            const std::string bare = policy_of(true, r.wire, kind == Kind::gre);
            INFO(r.capture << ", taken for " << to_string(kind));
            if (kind != r.kind) expect_refused(craft::judge(bare + mirror_of(kind, r.outer), all), r.frames);
            if (kind == Kind::vlan) continue;  // has no ends
            expect_refused(craft::judge(bare + mirror_of(kind, "src host 192.0.2.1 and dst host 192.0.2.66"), all), r.frames);
        }
    }
}

TEST_CASE("corpora: any capture is judged alike bare and wrapped by a mirror, the kinds by turns") {
    if (absent()) return;
    constexpr Kind carriers[] = {Kind::erspan1, Kind::erspan2, Kind::erspan3, Kind::teb, Kind::tzsp, Kind::vxlan, Kind::vlan};
    std::size_t turn = 0, frames = 0;
    for (const std::string& name : all_captures()) {
        MirrorSetup setup;
        setup.kind = carriers[turn++ % std::size(carriers)];
        INFO(name << " in " << to_string(setup.kind));
        Frames bare;
        for (const Frame& f : load(name, 60).frames)
            if (carries(setup.kind, f)) bare.push_back(crafted(f));
        if (bare.empty()) continue;
        frames += bare.size();
        const std::string policy = policy_of(true, none, false);
        expect_same(craft::judge(policy, bare), craft::judge(craft::behind_mirror(policy, setup), craft::wrap(bare, setup)));
    }
    CHECK(frames > 10'000);
}

}  // namespace sw::corpora

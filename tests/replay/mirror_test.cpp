/// Frames that a mirror wraps are judged as if they had come bare; everything else on that port is grey.
#include <fmt/format.h>

#include "tests/replay/hostile.hpp"
#include "tests/support/captures.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/enclave_day.hpp"
#include "tests/support/judge.hpp"
#include "tests/support/mirror.hpp"

namespace sw::craft {
namespace {

using Kind = Encapsulation;

constexpr Kind ethernet_kinds[] = {Kind::erspan1, Kind::erspan2, Kind::erspan3, Kind::teb, Kind::tzsp, Kind::vxlan, Kind::vlan};

MirrorSetup setup_of(Kind kind) {
    MirrorSetup s;
    s.kind = kind;
    return s;
}

std::string difference(const Judgement& bare, const Judgement& within) {
    if (describe(bare) != describe(within)) return describe(bare) + " and " + describe(within);
    if (bare.rule != within.rule || bare.finding != within.finding || bare.nearest != within.nearest) return "rule, finding or nearest";
    if (bare.fits != within.fits || bare.answers != within.answers || bare.provisional != within.provisional) return "how it was explained";
    return bare.flow == within.flow ? "" : "its conversation";
}

std::string difference(const Finding& a, const Finding& b, const Policy& policy) {
    if (!(a.cause == b.cause)) return "cause";
    if (a.count != b.count || a.octets != b.octets || a.first != b.first || a.last != b.last) return "figures";
    const std::string one = sentence(a, policy), other = sentence(b, policy);
    return one == other ? "" : one + " and " + other;
}

void expect_same(const Judged& bare, const Judged& within) {
    REQUIRE(bare.judgements.size() == within.judgements.size());
    for (std::size_t i = 0; i < bare.judgements.size(); ++i) {
        INFO("frame " << i + 1);
        REQUIRE(difference(bare.judgements[i], within.judgements[i]) == "");
        REQUIRE(within.judgements[i].wrapped > 0);
    }
    REQUIRE(bare.findings.size() == within.findings.size());
    for (std::size_t i = 0; i < bare.findings.size(); ++i) REQUIRE(difference(bare.findings[i], within.findings[i], *bare.policy) == "");
    CHECK(bare.counters.anomalies == within.counters.anomalies);
    CHECK(bare.counters.flows == within.counters.flows);
    CHECK(within.counters.mirror.frames == within.counters.frames);
    CHECK(within.counters.mirror.refused == 0);
}

/// Can a mirror of this kind carry the frame, and not seem to do so twice? One that claims less than was captured has no honest
/// outer packet, and other links have no mirrors.
bool carries(Kind kind, const CraftedFrame& f) {
    if (f.linktype != linktype::en10mb || f.len < f.bytes.size()) return false;
    if (kind == Kind::vlan && f.bytes.size() < 14) return false;  // no place for a tag
    Packet packet;
    decode(f.bytes.data(), static_cast<std::uint32_t>(f.bytes.size()), f.len, {}, packet);
    MirrorFormat format;
    format.kind = kind;
    format.port = kind == Kind::vxlan ? 4789 : 37008;
    format.vlan = kind == Kind::vlan ? std::optional<std::uint16_t>(10) : std::nullopt;
    return !is_wrapped(format, packet);
}

std::string mail_policy() {
    Octets text;
    REQUIRE(read_file(SPAN_SOURCE_DIR "/rules/profiles/mail-enclave.toml", text));
    const std::string policy(text.begin(), text.end());
    const std::size_t at = policy.find("mirror  = \"none\"\n");
    REQUIRE(at != std::string::npos);
    return policy.substr(0, at) + policy.substr(policy.find('\n', at) + 1);
}

Frames hostile_frames(Kind kind) {
    Frames all;
    for (auto part : {hostile_links, hostile_arp, hostile_ipv4, hostile_fragments, hostile_ipv6, hostile_tunnels, hostile_tcp, hostile_udp,
                      hostile_icmp, hostile_strangers, hostile_connections, hostile_late})
        for (const Hostile& h : part())
            for (const CraftedFrame& f : h.frames)
                if (carries(kind, f)) all.push_back(f);
    return all;
}

/// The last frame of these, behind a mirror of ERSPAN II.
struct Behind {
    Judged judged;
    const Judgement& last() const { return judged.judgements.back(); }
    std::string sentence() const { return sw::sentence(judged.findings.back(), *judged.policy); }
};

Behind behind(Frames frames, const std::string& more_wire = {}) {
    return {judge(behind_mirror(stock_policy, setup_of(Kind::erspan2)) + more_wire, frames)};
}

Frames numbered(const std::vector<std::uint32_t>& numbers, std::uint32_t session = 1) {
    Frames out;
    MirrorSetup s = setup_of(Kind::erspan2);
    s.id = session;
    for (const std::uint32_t n : numbers) {
        s.sequence = n;
        out.push_back(wrap(smtp_syn(), s));
    }
    return out;
}

/// On their way, of all sessions.
std::optional<std::uint64_t> lost(const Frames& frames, Kind kind = Kind::erspan2) {
    std::string policy = behind_mirror(stock_policy, setup_of(kind));
    const std::string pin = "session = 10, vlan = 7";
    if (const std::size_t at = policy.find(pin); at != std::string::npos) policy.replace(at, pin.size(), "vlan = 7");
    return judge(policy, frames).counters.mirror.lost;
}

CraftedFrame mirrored(const CraftedFrame& f, std::uint32_t number = 0) { return wrap(f, setup_of(Kind::erspan2), number); }

}  // namespace

TEST_CASE("mirror: a day is judged alike bare and wrapped in each kind, frame for frame, finding for finding") {
    const std::string policy = mail_policy();
    for (const Kind kind : ethernet_kinds) {
        INFO(to_string(kind));
        Frames day;
        for (const CraftedFrame& f : enclave_day().frames)
            if (carries(kind, f)) day.push_back(f);
        CHECK(day.size() > 2000);
        expect_same(judge(policy, day), judge(behind_mirror(policy, setup_of(kind)), wrap(day, setup_of(kind))));
    }
}

TEST_CASE("mirror: every hostile frame is judged alike bare and wrapped in each kind") {
    for (const Kind kind : ethernet_kinds) {
        INFO(to_string(kind));
        const Frames frames = hostile_frames(kind);
        CHECK(frames.size() > 400);
        const Judged bare = judge(stock_policy, frames);
        expect_same(bare, judge(behind_mirror(stock_policy, setup_of(kind)), wrap(frames, setup_of(kind))));
    }
}

TEST_CASE("mirror: with check sequences, over IPv6, with GRE's checksum, and the long way, too") {
    MirrorSetup s = setup_of(Kind::erspan2);
    s.fcs = true;
    Frames frames = hostile_frames(s.kind);
    Judged bare = judge(stock_policy, frames);
    expect_same(bare, judge(behind_mirror(stock_policy, s), wrap(frames, s)));
    s.over_ipv6 = true;
    expect_same(bare, judge(behind_mirror(stock_policy, s), wrap(frames, s)));
    s.kind = Kind::teb;
    s.checksum = true;
    frames = hostile_frames(s.kind);
    bare = judge(stock_policy, frames);
    EngineOptions long_way;
    long_way.shortcuts = false;
    expect_same(bare, judge(behind_mirror(stock_policy, s), wrap(frames, s), long_way));
}

TEST_CASE("mirror: bare IP in GRE is judged as on a link without Ethernet") {
    const std::string policy = "[[allow]]\nname = 'smtp-in'\nfilter = 'tcp and dst port 25'\n";
    Frames frames;
    for (const TcpDialogue& d : {smtp().say(Side::server, "220 mail.example\r\n").close(Side::client), smtp6().rst(Side::client)})
        for (CraftedFrame f : d.frames()) frames.push_back(f.relink(linktype::raw, {}));
    for (const Hostile& h : hostile_tcp())
        for (CraftedFrame f : h.frames)
            if (f.bytes.size() > 34 && f.bytes[12] != 0x08 + 1 && (f.bytes[14] >> 4 == 4 || f.bytes[14] >> 4 == 6))
                frames.push_back(f.relink(linktype::raw, {}));
    const Judged bare = judge(policy, frames);
    CHECK(bare.counters.allowed > 10);
    expect_same(bare, judge(behind_mirror(policy, setup_of(Kind::gre)), wrap(frames, setup_of(Kind::gre))));
}

TEST_CASE("mirror: expected tags, none, and two of them come off within what was wrapped") {
    const std::string vlans = stock_policy + "vlans = [\"none\", 10, [100, 10]]\n";
    const Frames frames = {smtp_syn(), dns_ask().tag(10), ping().tag(10).tag(100, 0x88a8), ping().tag(11)};
    const Judged bare = judge(vlans, frames);
    CHECK(bare.counters.allowed == 3);
    for (const Kind kind : ethernet_kinds) expect_same(bare, judge(behind_mirror(vlans, setup_of(kind)), wrap(frames, setup_of(kind))));
}

TEST_CASE("mirror: what is not wrapped is grey, whatever rules would say of it") {
    for (const CraftedFrame& f : {smtp_syn(), dns_ask(), ping(), smtp_syn6(), arp_request(v4(mail), firewall.v4)}) {
        const Behind b = behind({f});
        CHECK(describe(b.last()) == "grey mirror-unexpected");
        CHECK(b.judged.counters.mirror.refused == 1);
    }
    CHECK(behind({smtp_syn()}).sentence() ==
          "198.51.100.7 tried to open tcp to 192.0.2.25 (mail) port 25: it is not what the policy's mirror sends (it is not from the "
          "mirror).");
}

TEST_CASE("mirror: what another host wraps, or wraps otherwise, is grey") {
    const auto verdict = [](const CraftedFrame& f) { return describe(behind({f}).last()); };
    MirrorSetup s = setup_of(Kind::erspan2);
    CHECK(verdict(wrap(smtp_syn(), s).set32(ip_at + 12, 0xc00002fb).fix_ip()) == "grey tunnel, mirror-unexpected");
    CHECK(verdict(wrap(smtp_syn(), s).set32(ip_at + 16, 0xc00002fb).fix_ip()) == "grey tunnel, mirror-unexpected");
    s.id = 11;
    CHECK(behind({wrap(smtp_syn(), s)}).sentence().find("(it is of another ERSPAN session)") != std::string::npos);
    for (const Kind kind : {Kind::erspan1, Kind::erspan3, Kind::teb})
        CHECK(verdict(wrap(smtp_syn(), setup_of(kind))) == "grey mirror-unexpected");
    for (const Kind kind : {Kind::tzsp, Kind::vxlan})
        CHECK(verdict(wrap(smtp_syn(), setup_of(kind))) == "grey udp-no-checksum, mirror-unexpected");
    CHECK(verdict(wrap(smtp_syn(), setup_of(Kind::vlan))) == "grey mirror-unexpected");
}

TEST_CASE("mirror: the packet around it must be sound itself") {
    const auto verdict = [](CraftedFrame f) { return describe(behind({std::move(f)}).last()); };
    CHECK(verdict(mirrored(smtp_syn()).flip(ip_at + 10, 1)) == "grey bad-checksum, mirror-unexpected");
    CHECK(verdict(mirrored(smtp_syn()).set16(ip_at + 2, 30).fix_ip()) == "grey trailer, mirror-unexpected");
    CHECK(verdict(mirrored(smtp_syn()).set16(ip_at + 6, 0x2000).fix_ip()) == "grey fragment, mirror-unexpected");
    CHECK(verdict(mirrored(smtp_syn()).set16(ip_at + 6, 0x0010).fix_ip()) == "grey fragment, mirror-unexpected");
    CHECK(verdict(mirrored(smtp_syn()).ip_options({1, 1, 1, 0})) == "grey ip-options, mirror-unexpected");
    CHECK(verdict(mirrored(smtp_syn()).set8(ip_at + 8, 0).fix_ip()) == "grey ttl-zero, mirror-unexpected");
    CHECK(verdict(mirrored(smtp_syn()).tag(7)) == "grey tunnel, mirror-unexpected");
    CHECK(verdict(mirrored(smtp_syn()).trailer(Octets(64))) == "grey trailer, mirror-unexpected");
}

TEST_CASE("mirror: what the policy ignores does not count against the packet around it, but a fragment is never opened") {
    const auto verdict = [](CraftedFrame f) { return describe(behind({std::move(f)}, "ignore = [\"trailer\", \"fragment\"]\n").last()); };
    CHECK(verdict(mirrored(smtp_syn()).trailer(Octets(64))) == "allow");
    CHECK(verdict(mirrored(smtp_syn()).set16(ip_at + 6, 0x2000).fix_ip()) == "grey fragment, mirror-unexpected");
}

TEST_CASE("mirror: a frame that was mirrored twice has a reason of its own, in each kind") {
    for (const Kind kind : ethernet_kinds) {
        INFO(to_string(kind));
        const MirrorSetup s = setup_of(kind);
        const Judged j = judge(behind_mirror(stock_policy, s), {wrap(wrap(smtp_syn(), s), s)});
        CHECK(j.judgements[0].verdict == Verdict::grey);
        CHECK(j.judgements[0].reasons.has(Reason::mirror_nested));
    }
    const MirrorSetup gre = setup_of(Kind::gre);
    CraftedFrame inner = smtp_syn();
    CraftedFrame once = wrap(inner.relink(linktype::raw, {}), gre);
    const Judged j =
        judge("[[allow]]\nname = 'a'\nfilter = 'ip'\n[wire]\n" + mirror_line(gre), {wrap(once.relink(linktype::raw, {}), gre)});
    CHECK(j.judgements[0].reasons.has(Reason::mirror_nested));
}

TEST_CASE("mirror: an enclave's own datagram to the mirror's port is nested only if it wraps, and never taken for the mirror's") {
    MirrorSetup s = setup_of(Kind::tzsp);
    CraftedFrame query = udp(v4(mail, 49152), v4(resolver, 53), dns_query({7, "example.net", dns_type::mx}));
    const std::string policy = behind_mirror(stock_policy, s);
    CHECK(describe(judge(policy, {wrap(query, s)}).judgements[0]) == "allow");
    CraftedFrame to_port = udp(v4(mail, 49152), v4(resolver, 37008), "no TZSP");
    CHECK(describe(judge(policy, {wrap(to_port, s)}).judgements[0]) == "grey no-rule");
}

TEST_CASE("mirror: the truncated bit makes the frame within truncated, whatever is left of it") {
    const std::size_t bit_at = tcp4_at + 8 + 2;
    const MirrorSetup three = setup_of(Kind::erspan3);
    const Judged j = judge(behind_mirror(stock_policy, three), {wrap(smtp_syn(), three), wrap(smtp_syn(), three, 1).flip(bit_at, 0x04)});
    CHECK(describe(j.judgements[0]) == "allow");
    CHECK(describe(j.judgements[1]) == "grey truncated");
    CHECK(describe(behind({mirrored(smtp_syn()).flip(bit_at, 0x04)}).last()) == "grey truncated");
    CHECK(describe(behind({mirrored(smtp_syn()).snap(70)}).last()) == "grey truncated");
}

TEST_CASE("mirror: the watcher may be whom the mirror's packets are addressed to, and nothing else") {
    // The sink's address is the watcher's own.
    const std::string policy = behind_mirror(stock_policy + "ignore = []\n", setup_of(Kind::erspan2));
    const std::string own = std::string(policy).replace(policy.find("\"192.0.2.66\""), 12, "\"192.0.2.253\", \"02:00:00:00:00:fd\"");
    const auto verdict = [&own](CraftedFrame f) { return describe(judge(own, {std::move(f)}).judgements[0]); };
    CHECK(verdict(mirrored(smtp_syn())) == "allow");
    MirrorSetup other = setup_of(Kind::erspan2);
    other.id = 11;
    CHECK(verdict(wrap(smtp_syn(), other)) == "grey mirror-unexpected");
    CHECK(verdict(arp_reply(v4(mirror_sink), v4(mirroring_switch))) == "grey self-traffic, mirror-unexpected");
    CHECK(verdict(icmp_error(v4(mirror_sink), v4(mirroring_switch), 3, 2, mirrored(smtp_syn()))) == "grey self-traffic, mirror-unexpected");
    CHECK(verdict(udp(v4(mirroring_switch, 1), v4(mirror_sink, 514), "no mirror")) == "grey mirror-unexpected");
    CHECK(verdict(udp(v4(mail, 1), v4(mirror_sink, 514), "not from the switch")) == "grey self-traffic, mirror-unexpected");
    CHECK(verdict(mirrored(udp(v4(mail, 1), v4(mirror_sink, 514), "within the enclave"))) == "grey self-traffic");
}

TEST_CASE("mirror: a filter that is blind to direction does not let the watcher's own packets pass for mirrored ones") {
    std::string policy = stock_policy + "mirror = { kind = \"erspan2\", outer = \"host 192.0.2.254 and host 192.0.2.66\" }\n";
    CraftedFrame f = mirrored(smtp_syn());
    f.set32(ip_at + 12, 0xc0000242).set32(ip_at + 16, 0xc00002fe).fix_ip();
    CHECK(describe(judge(policy, {f}).judgements[0]) == "grey self-traffic, mirror-unexpected");
}

TEST_CASE("mirror: packets that were lost on their way are counted by session, and unknown where nobody numbers") {
    CHECK(lost(numbered({7, 8, 9})) == 0u);
    CHECK(lost(numbered({7, 10, 11})) == 2u);
    CHECK(lost(numbered({1, 1'000'002, 1'000'003})) == 1'000'000u);
    CHECK(lost(numbered({1, 3'000'000'000, 3'000'000'001})) == 0u);  // so far ahead that nobody can say
    Frames two = numbered({1, 2, 4});
    for (CraftedFrame& f : numbered({100, 101, 105}, 2)) two.push_back(f);
    CHECK(lost(two) == 4u);
    CHECK_FALSE(lost({wrap(smtp_syn(), setup_of(Kind::vxlan))}, Kind::vxlan));
    CHECK_FALSE(lost({smtp_syn()}));
}

TEST_CASE("mirror: numbers that begin anew at 2^32 are no loss") {
    CHECK(lost(numbered({0xfffffffe, 0xffffffff, 0, 1})) == 0u);
    CHECK(lost(numbered({0xffffffff, 0, 1, 3})) == 1u);
    CHECK(lost(numbered({0xfffffffe, 1, 2})) == 2u);
    CHECK(lost(numbered({0xfffffffe, 1, 0xffffffff, 0, 2})) == 0u);  // and late over the end
}

TEST_CASE("mirror: packets out of order are late, not lost, and only those that were missed are taken back") {
    CHECK(lost(numbered({7, 9, 8, 10})) == 0u);
    CHECK(lost(numbered({7, 12, 8, 10, 13})) == 2u);
    CHECK(lost(numbered({9, 8, 10})) == 0u);             // before the first
    CHECK(lost(numbered({1, 5, 5, 5, 1, 1, 6})) == 3u);  // copies take nothing back
    CHECK(lost(numbered({1, 5, 2, 2, 2, 2, 6})) == 2u);  // nor does a late one twice
    CHECK(lost(numbered({1, 1030, 2, 1031})) == 1028u);  // too late to be known, and no new count
    CHECK(lost(numbered({5'000'000, 1, 5'000'001, 2, 5'000'002})) == 0u);
    CHECK(lost(numbered({1, 1030, 7, 1029, 1031})) == 1026u);
    std::vector<std::uint32_t> twice;
    for (std::uint32_t n = 1; n <= 200; ++n) twice.insert(twice.end(), {2 * n, 2 * n});
    CHECK(lost(numbered(twice)) == 199u);
}

TEST_CASE("mirror: a switch that begins to number anew has lost nothing by that, and its losses are counted again") {
    CHECK(lost(numbered({5'000'000, 1, 2, 4})) == 1u);
    CHECK(lost(numbered({5'000'000, 5'000'003, 1, 3, 4})) == 3u);
    std::vector<std::uint32_t> soon = {1, 2, 5};  // two lost
    for (std::uint32_t n = 6; n <= 500; ++n) soon.push_back(n);
    for (std::uint32_t n = 1; n <= 100; ++n) soon.push_back(n);
    CHECK(lost(numbered(soon)) == 0u);  // 3 and 4 seem late
    soon.insert(soon.end(), {110, 111});
    CHECK(lost(numbered(soon)) == 9u);
}

TEST_CASE("mirror: mode tcpdump asks about the frame as it was captured") {
    EngineOptions options;
    options.mode = Mode::tcpdump;
    const std::string policy = behind_mirror("[[allow]]\nname = 'gre'\nfilter = 'proto 47'\n", setup_of(Kind::erspan2));
    const Judged j = judge(policy, {mirrored(smtp_syn()), smtp_syn()}, options);
    CHECK(describe(j.judgements[0]) == "allow");
    CHECK(describe(j.judgements[1]) == "grey no-rule");
    CHECK(j.judgements[0].wrapped == 0);
}

TEST_CASE("mirror: in mode packet each frame within is judged alone") {
    EngineOptions options;
    options.mode = Mode::packet;
    const Judged j = judge(behind_mirror(stock_policy, setup_of(Kind::erspan2)), {mirrored(smtp_syn()), smtp_syn()}, options);
    CHECK(describe(j.judgements[0]) == "allow");
    CHECK(describe(j.judgements[1]) == "grey mirror-unexpected");
}

}  // namespace sw::craft

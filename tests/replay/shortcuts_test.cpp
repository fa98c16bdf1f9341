/// The short ways (common frames, segments in order) and the long way say the same of every frame.
#include <fmt/format.h>

#include <random>

#include "tests/replay/hostile.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/enclave_day.hpp"
#include "tests/support/judge.hpp"

namespace sw::craft {
namespace {

bool same_layers(const Packet& a, const Packet& b) {
    if (a.layer_count != b.layer_count) return false;
    for (std::size_t i = 0; i < a.layer_count; ++i) {
        const Layer &x = a.layers[i], &y = b.layers[i];
        if (x.kind != y.kind || x.offset != y.offset || x.len != y.len || x.caplen != y.caplen) return false;
    }
    return true;
}

/// The first field that differs, "" if none does.
std::string difference(const Packet& a, const Packet& b) {
    if (a.anomalies != b.anomalies) return fmt::format("anomalies {} and {}", describe(a.anomalies), describe(b.anomalies));
    if (a.network != b.network || a.transport != b.transport || a.ip_proto != b.ip_proto) return "protocols";
    if (a.plain != b.plain || a.fragment != b.fragment || a.checksum != b.checksum || a.ethertype != b.ethertype) return "shape";
    if (a.ip_src != b.ip_src || a.ip_dst != b.ip_dst || a.mac_src != b.mac_src || a.mac_dst != b.mac_dst || a.ttl != b.ttl)
        return "addresses";
    if (a.sport != b.sport || a.dport != b.dport) return "ports";
    if (a.tcp_seq != b.tcp_seq || a.tcp_ack != b.tcp_ack || a.tcp_flags != b.tcp_flags || a.tcp_window != b.tcp_window) return "tcp";
    if (a.tcp_has_window_scale != b.tcp_has_window_scale || a.tcp_window_scale != b.tcp_window_scale) return "window scale";
    if (a.l3_offset != b.l3_offset || a.l4_offset != b.l4_offset) return "offsets";
    if (a.payload_offset != b.payload_offset || a.payload_len != b.payload_len || a.payload_caplen != b.payload_caplen) return "payload";
    return same_layers(a, b) ? "" : "layers";
}

std::string difference(const Octets& frame, std::uint32_t len, std::uint16_t linktype) {
    Packet shortly, strictly;
    const auto size = static_cast<std::uint32_t>(frame.size());
    decode(frame.data(), size, len, {linktype, false}, shortly);
    decode_strictly(frame.data(), size, len, {linktype, false}, strictly);
    return difference(shortly, strictly);
}

std::string hex(const Octets& frame) { return fmt::format("{:02x}", fmt::join(frame, "")); }

EngineOptions the_long_way() {
    EngineOptions options;
    options.shortcuts = false;
    return options;
}

void expect_same_verdicts(const Judged& a, const Judged& b) {
    REQUIRE(a.judgements.size() == b.judgements.size());
    for (std::size_t i = 0; i < a.judgements.size(); ++i) {
        INFO("frame " << i << ": " << describe(a.judgements[i]) << " and " << describe(b.judgements[i]));
        REQUIRE(a.judgements[i].verdict == b.judgements[i].verdict);
        REQUIRE(a.judgements[i].rule == b.judgements[i].rule);
        REQUIRE(a.judgements[i].reasons == b.judgements[i].reasons);
        REQUIRE(a.judgements[i].finding == b.judgements[i].finding);
    }
}

}  // namespace

TEST_CASE("shortcuts: both ways of decoding agree on every frame of the day, on each with any octet changed, and cut anywhere") {
    std::mt19937_64 random(20261122);
    for (const CraftedFrame& f : enclave_day().frames) {
        const auto len = static_cast<std::uint32_t>(f.bytes.size());
        REQUIRE(difference(f.bytes, len, f.linktype) == "");
        for (std::size_t i = 0; i < std::min<std::size_t>(f.bytes.size(), 80); ++i) {
            Octets bent = f.bytes;
            bent[i] = static_cast<std::uint8_t>(random());
            INFO(hex(bent));
            REQUIRE(difference(bent, len, f.linktype) == "");
        }
        const Octets cut(f.bytes.begin(), f.bytes.begin() + static_cast<std::ptrdiff_t>(random() % (f.bytes.size() + 1)));
        REQUIRE(difference(cut, len, f.linktype) == "");
        REQUIRE(difference(cut, static_cast<std::uint32_t>(cut.size()), f.linktype) == "");
    }
}

TEST_CASE("shortcuts: the engine judges the day alike with and without them") {
    const Frames frames = enclave_day().frames;
    const std::string policy = SPAN_SOURCE_DIR "/rules/profiles/mail-enclave.toml";
    expect_same_verdicts(judge_file(policy, frames), judge_file(policy, frames, the_long_way()));
}

TEST_CASE("shortcuts: the engine judges every evasion alike with and without them") {
    for (auto part : {hostile_ipv4, hostile_tcp, hostile_udp, hostile_strangers, hostile_connections, hostile_late})
        for (const Hostile& h : part()) {
            INFO(h.name);
            expect_same_verdicts(judge(stock_policy, h.frames), judge(stock_policy, h.frames, the_long_way()));
        }
}

}  // namespace sw::craft

/// The short ways (common frames, segments in order) and the long way say the same of every frame.
#include <fmt/format.h>
#include <sys/mman.h>

#include <cstring>
#include <random>

#include "rules/packet/checksum.hpp"
#include "sensor/glance.hpp"
#include "sensor/wire.hpp"
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

/// Memory behind which nothing can be read.
class Brink {
public:
    Brink() {
        page_ = static_cast<std::uint8_t*>(::mmap(nullptr, 2 * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        REQUIRE(::mprotect(page_ + size, size, PROT_NONE) == 0);
    }
    ~Brink() { ::munmap(page_, 2 * size); }
    Brink(const Brink&) = delete;
    Brink& operator=(const Brink&) = delete;
    /// A copy that ends at the brink.
    const std::uint8_t* put(const Octets& octets) {
        REQUIRE(octets.size() <= size);
        return std::copy(octets.begin(), octets.end(), page_ + size - octets.size()) - octets.size();
    }

private:
    static constexpr std::size_t size = 4096;
    std::uint8_t* page_;
};

/// Both ways of glancing at one frame, which ends where its memory ends. What they disagree about, or "".
std::string glances_differ(const Octets& octets, std::uint16_t linktype) {
    static Brink brink;
    const auto size = static_cast<std::uint32_t>(octets.size());
    const Frame frame{brink.put(octets), size, size, Timestamp{}, 1, {linktype, false}};
    const Wire wire;
    const WireCheck check(wire);
    Glance a, b;
    glance_portably({&frame, 1}, check, &a);
    fastest_glance()({&frame, 1}, check, &b);
    if (a.is_common != b.is_common) return a.is_common ? "only the portable one calls it common" : "only the fast one calls it common";
    if (!a.is_common) return "";
    const CommonFrame &x = a.common, &y = b.common;
    if (x.src != y.src || x.dst != y.dst || x.sport != y.sport || x.dport != y.dport) return "ends";
    if (x.proto != y.proto || x.family != y.family || x.nothing != 0 || y.nothing != 0) return "protocol";
    if (x.ip_len != y.ip_len || x.header_len != y.header_len || x.data != y.data) return "lengths";
    const bool tcp = x.proto == 6;
    if (tcp && (x.tcp_seq != y.tcp_seq || x.tcp_ack != y.tcp_ack)) return "numbers";
    return tcp && (x.tcp_window != y.tcp_window || x.tcp_flags != y.tcp_flags || x.tcp_offset != y.tcp_offset) ? "flags" : "";
}

/// With its checksums as they must be, if it is IPv4 without options: what differs then differs in something else.
Octets mended(Octets frame) {
    if (frame.size() < 34 || frame[12] != 8 || frame[13] != 0 || frame[14] != 0x45) return frame;
    std::uint8_t* ip = &frame[14];
    const std::size_t total = load_be16(ip + 2), room = frame.size() - 14;
    const auto put = [](std::uint8_t* at, std::uint16_t raw) { std::memcpy(at, &raw, 2); };
    put(ip + 10, 0);
    put(ip + 10, static_cast<std::uint16_t>(~fold(sum_words(ip, 20))));
    const std::size_t sum_at = ip[9] == 6 ? 16 : 6;
    if (total > room || total < 20 + sum_at + 2 || (ip[9] != 6 && ip[9] != 17)) return frame;
    put(ip + 20 + sum_at, 0);
    const auto size = static_cast<std::uint16_t>(total - 20);
    put(ip + 20 + sum_at,
        static_cast<std::uint16_t>(~fold(sum_words(ip + 12, 8) + sum_of(ip[9]) + sum_of(size) + sum_words(ip + 20, size))));
    return frame;
}

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

TEST_CASE("shortcuts: both ways of glancing agree on every frame of the day, with any octet changed and the checksums mended, and cut") {
    std::mt19937_64 random(20261128);
    std::size_t common = 0;
    for (const CraftedFrame& f : enclave_day().frames) {
        REQUIRE(glances_differ(f.bytes, f.linktype) == "");
        for (std::size_t i = 0; i < std::min<std::size_t>(f.bytes.size(), 80); ++i) {
            Octets bent = f.bytes;
            bent[i] = random() % 2 == 0 ? static_cast<std::uint8_t>(random()) : static_cast<std::uint8_t>(bent[i] ^ 1u << random() % 8);
            INFO(hex(bent));
            REQUIRE(glances_differ(bent, f.linktype) == "");
            REQUIRE(glances_differ(mended(bent), f.linktype) == "");
        }
        const Octets cut(f.bytes.begin(), f.bytes.begin() + static_cast<std::ptrdiff_t>(random() % (f.bytes.size() + 1)));
        REQUIRE(glances_differ(cut, f.linktype) == "");
        common += difference(f.bytes, static_cast<std::uint32_t>(f.bytes.size()), f.linktype).empty() && f.bytes.size() > 60;
    }
    CHECK(common > 500);
}

TEST_CASE("shortcuts: both ways of glancing agree on segments of every length, padded and not, good and spoilt") {
    std::mt19937_64 random(7);
    std::size_t good = 0;
    for (std::uint32_t payload = 0; payload <= 1480; payload += payload < 300 ? 1 : 59)
        for (const bool tcp : {true, false}) {
            Octets frame(42 + (tcp ? 12 : 0) + payload);
            for (std::uint8_t& octet : frame) octet = static_cast<std::uint8_t>(random());
            const auto total = static_cast<std::uint16_t>(frame.size() - 14), size = static_cast<std::uint16_t>(total - 20);
            const std::uint8_t head[] = {0x02,
                                         0,
                                         0,
                                         0,
                                         0,
                                         1,
                                         0x02,
                                         0,
                                         0,
                                         0,
                                         0,
                                         2,
                                         8,
                                         0,
                                         0x45,
                                         0,
                                         static_cast<std::uint8_t>(total >> 8),
                                         static_cast<std::uint8_t>(total),
                                         1,
                                         2,
                                         0x40,
                                         0,
                                         64,
                                         static_cast<std::uint8_t>(tcp ? 6 : 17)};
            std::copy_n(head, sizeof head, frame.begin());
            const std::uint8_t ends[] = {192, 0, 2, 25, 198, 51, 100, 7, 0x9c, 0x40, 0, 25};
            std::copy_n(ends, sizeof ends, frame.begin() + 26);
            if (tcp) {
                frame[46] = 0x50;
                frame[47] = 0x18;
                frame[52] = frame[53] = 0;
            } else {
                frame[38] = static_cast<std::uint8_t>(size >> 8);
                frame[39] = static_cast<std::uint8_t>(size);
            }
            frame = mended(frame);
            for (const std::size_t pad : {0u, 1u, 6u, 18u}) {
                Octets padded = frame;
                padded.resize(frame.size() + pad);
                INFO(hex(padded));
                REQUIRE(glances_differ(padded, linktype::en10mb) == "");
                good += pad == 0 && difference(padded, static_cast<std::uint32_t>(padded.size()), linktype::en10mb).empty();
                padded.back() ^= 0x10;
                REQUIRE(glances_differ(padded, linktype::en10mb) == "");
                padded[20 + random() % (padded.size() - 20)] ^= 1;
                REQUIRE(glances_differ(padded, linktype::en10mb) == "");
            }
        }
    CHECK(good > 600);
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

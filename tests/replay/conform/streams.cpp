#include "tests/replay/conform/streams.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "rules/confine/confine.hpp"
#include "sensor/engine.hpp"
#include "tests/support/catch.hpp"

namespace sw::corpora {
namespace {

struct Group {
    std::string ends;
    FiveTuple tuple;  ///< initiator first
    const Service* service = nullptr;
    std::vector<Frame> frames;
    std::uint64_t octets = 0;
};

const Service* service_at(const std::vector<Service>& services, std::uint8_t proto, std::uint16_t port) {
    const auto at = std::find_if(services.begin(), services.end(), [&](const Service& s) { return s.proto == proto && s.port == port; });
    return at == services.end() ? nullptr : &*at;
}

std::string ends_of(const FiveTuple& t) {
    return fmt::format("{} {}.{} > {}.{}", t.proto == 6 ? "tcp" : "udp", to_string(t.src), t.sport, to_string(t.dst), t.dport);
}

/// What is said is judged here, not links, tags nor clocks: the packet without its link header, a millisecond after the one before.
Frame packet_alone(const Frame& frame, const Packet& p, std::size_t number) {
    Frame f = frame;
    f.data += p.l3_offset;
    f.caplen -= p.l3_offset;
    f.len -= p.l3_offset;
    f.link = {linktype::raw, false};
    f.ts = Timestamp{} + std::chrono::milliseconds(number);
    return f;
}

/// Frames by conversation; where both ports are services, whoever sent the SYN or came first opened it.
std::vector<Group> grouped(const Capture& capture, const std::vector<Service>& services) {
    std::vector<Group> groups;
    for (const Frame& frame : capture.frames) {
        Packet p;
        decode(frame.data, frame.caplen, frame.len, frame.link, p);
        if ((p.transport != Transport::tcp && p.transport != Transport::udp) || p.later_fragment) continue;
        FiveTuple t = p.five_tuple(), back{t.dst, t.src, t.dport, t.sport, t.proto};
        auto g = std::find_if(groups.begin(), groups.end(), [&](const Group& x) { return x.tuple == t || x.tuple == back; });
        if (g == groups.end()) {
            const Service* to = service_at(services, t.proto, t.dport);
            const Service* from = service_at(services, t.proto, t.sport);
            if (to == nullptr && from == nullptr) continue;
            const bool answers =
                to == nullptr || (from != nullptr && (p.tcp_flags & (tcp_flag::syn | tcp_flag::ack)) == (tcp_flag::syn | tcp_flag::ack));
            const FiveTuple& opened = answers ? back : t;
            groups.push_back({ends_of(opened), opened, answers ? from : to, {}, 0});
            g = groups.end() - 1;
        }
        g->frames.push_back(packet_alone(frame, p, g->frames.size()));
        g->octets += p.payload_caplen;
    }
    return groups;
}

std::string policy_for(const Service& s) {
    std::string ignore;
    for (std::size_t i = 0; i < reason_count; ++i)
        if (const ReasonInfo& r = info(static_cast<Reason>(i)); r.kind == ReasonKind::anomaly && r.slug != "fragment")
            ignore += fmt::format("\"{}\",", r.slug);
    return fmt::format("[[allow]]\nname = \"r\"\nfilter = \"{} and dst port {}\"\nspeaks = \"{}\"\n[wire]\nignore = [{}]\n",
                       s.proto == 6 ? "tcp" : "udp", s.port, s.speaks, ignore);
}

Stream judged(const Group& g) {
    mark_unconfined();
    const PolicyLoad load = parse_policy("test.toml", policy_for(*g.service));
    REQUIRE(load.policy);
    EngineOptions options;
    options.max_flows = 64;
    options.conform = {64, 1u << 20};
    options.grace = std::chrono::hours(24 * 365);
    Engine engine(*load.policy, options);
    std::vector<Judgement> out(g.frames.size());
    std::size_t n = 0;
    const auto done = engine.judge(g.frames, out, n);
    Stream s{g.ends, g.service->speaks, "clean", ""};
    if (!done) {
        s.verdict = done.error().text;
        return s;
    }
    const Speech& speech = engine.speech().at(0);
    if (speech.midstream > 0 || speech.conversations == 0) s.verdict = "midstream";
    if (speech.unverifiable > 0) s.verdict = "unverifiable";
    for (const Finding& f : engine.findings().all()) {
        if (!f.breach) continue;
        s.verdict = fmt::format("{}: {}", info(f.breach->breach.reason).slug, f.breach->kind());
        s.words = f.breach->words();
        break;
    }
    return s;
}

}  // namespace

std::vector<Stream> streams_of(const Capture& capture, const std::vector<Service>& services) {
    std::vector<Stream> all;
    for (const Group& g : grouped(capture, services))
        if (g.octets > 0) all.push_back(judged(g));
    return all;
}

}  // namespace sw::corpora

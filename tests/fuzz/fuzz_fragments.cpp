// Fragments in any order, size and shape: what is put together is exactly what was sent, octet for octet, and only where no two pieces
// share an octet; memory stays within its limits.
// Input: records of eight octets. First: 0x01 IPv6, 0x02 last, 0x04 another time to live, 0x08 a raw fragment that spoils. Then the
// identification (one octet), the offset in units of eight (two), the size (two, modulo 1,600), a fill octet, and milliseconds to wait.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <vector>

#include "sensor/flow/fragments.hpp"

namespace {

using sw::Fragments;

[[noreturn]] void broken(const char* what) {
    std::fprintf(stderr, "%s\n", what);
    std::abort();
}

struct Record {
    bool v6, last, other_ttl, spoils;
    std::uint8_t id, fill, wait;
    std::uint32_t begin, size;
};

Record record_of(const std::uint8_t* d) {
    return {(d[0] & 1) != 0,
            (d[0] & 2) != 0,
            (d[0] & 4) != 0,
            (d[0] & 8) != 0,
            d[1],
            d[6],
            d[7],
            (sw::load_be16(d + 2) & 0x1fffu) * 8u,
            sw::load_be16(d + 4) % 1600u};
}

/// A RAW packet: the payload is fill, fill + 1, and so on.
std::vector<std::uint8_t> packet_of(const Record& r) {
    std::vector<std::uint8_t> p;
    const auto put16 = [&p](std::uint32_t v) { p.insert(p.end(), {static_cast<std::uint8_t>(v >> 8), static_cast<std::uint8_t>(v)}); };
    const std::uint8_t ttl = r.other_ttl ? 63 : 64;
    if (r.v6) {
        p = {0x60, 0, 0, 0};
        put16(r.size + 8);
        p.insert(p.end(), {44, ttl});
        for (const std::uint8_t end : {std::uint8_t{1}, std::uint8_t{2}})
            p.insert(p.end(), {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, end});
        p.insert(p.end(), {253, 0});
        put16(r.begin | (r.last ? 0u : 1u));
        p.insert(p.end(), {0, 0, 0, r.id});
    } else {
        p = {0x45, 0};
        put16(r.size + 20);
        put16(r.id);
        put16(r.begin / 8 | (r.last ? 0u : 0x2000u));
        p.insert(p.end(), {ttl, 253, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2});
    }
    for (std::uint32_t i = 0; i < r.size; ++i) p.push_back(static_cast<std::uint8_t>(r.fill + i));
    return p;
}

/// What was sent of a datagram, octet by octet, since it last ended.
struct Reference {
    std::map<std::uint32_t, std::uint8_t> octets;
    bool overlap = false;
};

void check_whole(const sw::Datagram& d, const Reference& sent) {
    if (sent.overlap) broken("a datagram whose pieces overlap was put together");
    const sw::Piece* first = nullptr;
    for (const sw::Piece& p : d.pieces)
        if (p.begin == 0) first = &p;
    if (first == nullptr) broken("whole without a first piece");
    sw::Packet packet;
    sw::decode(first->octets.data(), first->frame.caplen, first->frame.len, first->frame.link, packet);
    std::vector<std::uint8_t> whole;
    if (!assemble(d, packet, whole)) {
        if (sent.octets.size() < 65'000) broken("a short datagram is too long");
        return;
    }
    const std::size_t header = packet.network == sw::Network::ipv6 ? 40 : 20;
    if (whole.size() != header + sent.octets.size()) broken("not as long as what was sent");
    for (const auto& [at, octet] : sent.octets)
        if (at >= sent.octets.size() || whole[header + at] != octet) broken("other octets than were sent");
    sw::Packet again;
    sw::decode(whole.data(), static_cast<std::uint32_t>(whole.size()), static_cast<std::uint32_t>(whole.size()), first->frame.link, again);
    if (again.fragment) broken("a fragment still");
    if (again.anomalies.has(sw::Reason::bad_checksum) || again.anomalies.has(sw::Reason::ip_length)) broken("its header is wrong");
}

class Run {
public:
    void take(const Record& r) {
        now_ = now_ + std::chrono::milliseconds(r.wait);
        for (sw::Datagram d; fragments_.overdue(now_, index_, false, d);) sent_.erase(name_of(d.pieces.front()));
        const std::vector<std::uint8_t> octets = packet_of(r);
        sw::Frame frame;
        frame.data = octets.data();
        frame.caplen = frame.len = static_cast<std::uint32_t>(octets.size());
        frame.link.linktype = sw::linktype::raw;
        sw::Packet packet;
        sw::decode(frame.data, frame.caplen, frame.len, frame.link, packet);
        if (!packet.fragment || packet.anomalies.has(sw::Reason::fragment_overlong)) return;
        ++index_;
        r.spoils ? spoil(packet, r) : judge(packet, frame, r);
        if (fragments_.octets() > Fragments::most_octets || fragments_.waiting() > Fragments::most_datagrams ||
            fragments_.spoiled() > Fragments::most_spoiled)
            broken("beyond its limits");
    }

private:
    void spoil(const sw::Packet& packet, const Record& r) {
        fragments_.spoil(packet, 0, now_);
        sent_.erase({r.v6, r.id});
    }

    void judge(const sw::Packet& packet, const sw::Frame& frame, const Record& r) {
        sw::Fragment f;
        f.packet = &packet;
        f.captured = &frame;
        f.index = index_;
        Reference& sent = sent_[{r.v6, r.id}];
        for (std::uint32_t i = 0; i < r.size; ++i)
            sent.overlap = !sent.octets.emplace(r.begin + i, static_cast<std::uint8_t>(r.fill + i)).second || sent.overlap;
        const Fragments::Taken t = fragments_.take(f, now_);
        if (t.fate == Fragments::Taken::Fate::held) return;
        if (t.fate == Fragments::Taken::Fate::complete) check_whole(t.datagram, sent);
        sent_.erase({r.v6, r.id});
    }

    using Name = std::pair<bool, std::uint8_t>;  ///< IPv6, identification
    static Name name_of(const sw::Piece& p) {
        const bool v6 = p.octets[0] >> 4 == 6;
        return {v6, p.octets[v6 ? 47 : 5]};
    }

    Fragments fragments_{{}};
    sw::Timestamp now_;
    std::uint64_t index_ = 0;
    std::map<Name, Reference> sent_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Run run;
    for (; size >= 8; data += 8, size -= 8) run.take(record_of(data));
    return 0;
}

#pragma once
/// libpcap's reading of a capture file, to hold ours against.
#include <pcap/pcap.h>

#include <algorithm>
#include <cstdio>

#include "tests/unit/capture/capture_files.hpp"

namespace sw::test {

struct ByLibpcap {
    bool opened = false, clean = false;
    int snapshot = 0;
    std::string error;
    std::vector<Copy> frames;
};

/// 0 where libpcap cannot say. It reads the two halves of a pcap time as signed in this byte order and as unsigned in the
/// other; unsigned is what the format means.
inline std::int64_t time_of(const pcap_pkthdr& h, bool pcap) {
    const std::int64_t seconds = pcap && h.ts.tv_sec < 0 ? h.ts.tv_sec + (std::int64_t{1} << 32) : h.ts.tv_sec;
    std::int64_t ns;
    if (h.ts.tv_usec < 0 || __builtin_mul_overflow(seconds, std::int64_t{1'000'000'000}, &ns) ||
        __builtin_add_overflow(ns, h.ts.tv_usec, &ns))
        return 0;
    return ns;
}

inline ByLibpcap read_by_libpcap(UniqueFd fd) {
    ByLibpcap result;
    char why[PCAP_ERRBUF_SIZE] = "";
    std::FILE* file = ::fdopen(::dup(fd.get()), "r");
    pcap_t* p = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, why);
    result.error = why;
    if (p == nullptr) {
        std::fclose(file);
        return result;
    }
    result.opened = true;
    result.snapshot = pcap_snapshot(p);
    pcap_pkthdr* h;
    const u_char* data;
    int code;
    while ((code = pcap_next_ex(p, &h, &data)) == 1) {
        Copy c;
        c.data.assign(data, data + h->caplen);
        c.caplen = h->caplen;
        c.len = h->len;
        c.ts = {time_of(*h, pcap_major_version(p) != 1)};
        result.frames.push_back(std::move(c));
    }
    result.clean = code == PCAP_ERROR_BREAK;
    if (!result.clean) result.error = pcap_geterr(p);
    pcap_close(p);
    return result;
}

/// libpcap's arithmetic overflows for clocks finer than 2^-34 s, which damage may claim; the seconds still hold.
enum class Clock { exact, seconds };

inline bool same_time(Timestamp ours, Timestamp theirs, Clock clock) {
    constexpr std::int64_t second = 1'000'000'000;
    if (theirs.ns == 0 || ours == theirs) return true;
    return clock == Clock::seconds && ours.ns / second == theirs.ns / second;
}

/// "" or how ours differs. libpcap cuts at its snapshot length, where we have all octets; and knows no time of a simple
/// packet, where we take the one before.
inline std::string difference(const Copy& ours, const Copy& theirs, int snapshot, Clock clock) {
    const bool cut = theirs.caplen == static_cast<std::uint32_t>(snapshot) && ours.caplen > theirs.caplen;
    if (!cut && ours.caplen != theirs.caplen) return "caplen";
    if (ours.len != theirs.len) return "len";
    if (!same_time(ours.ts, theirs.ts, clock)) return "time";
    // libpcap turns the byte order of host-order fields inside such frames; we leave that to the decoder.
    if (!ours.link.swapped && !std::equal(theirs.data.begin(), theirs.data.end(), ours.data.begin())) return "data";
    return {};
}

inline std::string difference(const Drained& ours, const ByLibpcap& theirs, Clock clock = Clock::exact) {
    if (!ours.refused.empty()) return theirs.opened ? "we refuse it: " + ours.refused : "";
    if (ours.frames.size() < theirs.frames.size()) return "we deliver fewer frames: " + (ours.stop ? ours.stop->why : "no stop");
    for (std::size_t i = 0; i < theirs.frames.size(); ++i)
        if (const auto what = difference(ours.frames[i], theirs.frames[i], theirs.snapshot, clock); !what.empty())
            return "frame " + std::to_string(i + 1) + " differs in " + what;
    if (theirs.clean && ours.frames.size() != theirs.frames.size()) return "libpcap ends cleanly with fewer frames";
    if (theirs.clean && ours.stop) return "we stop where libpcap ends cleanly: " + ours.stop->why;
    return {};
}

}  // namespace sw::test

#include "sensor/capture/pcap_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sensor/capture/reader.hpp"

namespace sw {

namespace {

// Left out: the formats that patched libpcaps wrote under the standard magic (AIX, Nokia, the SuSE of 1999). Only guessing
// over several records tells them apart, and a guess about evidence is worse than a stop that says why.
constexpr std::uint32_t magic_micro = 0xa1b2c3d4, magic_nano = 0xa1b23c4d, magic_modified = 0xa1b2cd34;

std::optional<bool> swapped_magic(const std::uint8_t* octets) {
    for (const bool swapped : {false, true}) {
        const std::uint32_t magic = load32(octets, swapped);
        if (magic == magic_micro || magic == magic_nano || magic == magic_modified) return swapped;
    }
    return std::nullopt;
}

/// The longest frame that we believe in: what the header says, and at least what libpcap takes whatever it says (much of
/// what wrote too small a snaplen is old and honest). Above it the record is garbage, and all after it would be.
std::uint32_t caplen_limit(std::uint16_t linktype, std::uint32_t snaplen) {
    constexpr std::uint16_t dbus = 231, usbpcap = 249, ebhscr = 279;
    std::uint32_t least = 256 * 1024;
    if (linktype == dbus) least = CaptureReader::max_frame;
    if (linktype == ebhscr) least = 8 << 20;
    if (linktype == usbpcap) least = 1 << 20;
    return snaplen <= CaptureReader::max_frame ? std::max(least, snaplen) : least;
}

/// Each record's header says where the next is, so the loop waits for memory at every step unless it is asked for early:
/// 2.5 ns a frame instead of 4. An address, not a pointer, since it may lie behind the window; nothing is read there.
void prefetch(const std::uint8_t* at) {
    constexpr std::uintptr_t ahead = 768;
    __builtin_prefetch(reinterpret_cast<const void*>(reinterpret_cast<std::uintptr_t>(at) + ahead));
}

}  // namespace

bool PcapParser::knows(const std::uint8_t* octets) { return swapped_magic(octets).has_value(); }

Result<PcapParser> PcapParser::open(Window& window) {
    window.want(file_header_octets);
    if (window.size() < file_header_octets)
        return unexpected(fmt::format("the pcap file header is cut: {} octets expected, {} there", file_header_octets, window.size()));
    const std::uint8_t* header = window.data();
    const bool swapped = *swapped_magic(header);
    const std::uint32_t magic = load32(header, swapped);
    const unsigned major = load16(header + 4, swapped), minor = load16(header + 6, swapped);
    const bool dg_ux = major == 543 && minor == 0;
    if (!dg_ux && (major != 2 || minor > 4))
        return unexpected(fmt::format("pcap version {}.{} is not known here (2.0 to 2.4 are)", major, minor));

    PcapParser p;
    // The upper half of the field holds the FCS length and reserved bits.
    p.link_ = {.linktype = static_cast<std::uint16_t>(load32(header + 20, swapped)), .swapped = swapped};
    p.datalinks_ = {p.link_};
    p.header_octets_ = magic == magic_modified ? 24 : 16;
    p.fraction_ns_ = magic == magic_nano ? 1 : 1000;
    if (dg_ux || minor < 3)
        p.order_ = Lengths::len_first;
    else if (minor == 3)
        p.order_ = Lengths::by_size;
    p.caplen_limit_ = caplen_limit(p.link_.linktype, load32(header + 16, swapped));
    window.consume(file_header_octets);
    return p;
}

template <bool swapped>
PcapParser::Record PcapParser::lengths(const std::uint8_t* header) const {
    Record r{.caplen = load32(header + 8, swapped), .len = load32(header + 12, swapped)};
    if (order_ != Lengths::caplen_first && (order_ == Lengths::len_first || r.caplen > r.len)) std::swap(r.caplen, r.len);
    return r;
}

template <bool swapped>
std::size_t PcapParser::parse_records(Window& window, std::span<Frame> out) {
    const std::uint8_t* at = window.data();
    std::size_t left = window.size(), n = 0;
    for (; n < out.size() && left >= header_octets_; ++n) {
        prefetch(at);
        const Record r = lengths<swapped>(at);
        if (r.caplen > left - header_octets_ || r.caplen > caplen_limit_) break;
        const std::int64_t seconds = load32(at, swapped), fraction = load32(at + 4, swapped);
        Frame& f = out[n];
        f.data = at + header_octets_;
        f.caplen = r.caplen;
        f.len = r.len;
        f.ts.ns = seconds * 1'000'000'000 + fraction * fraction_ns_;
        f.number = delivered_ + n + 1;
        f.link = link_;
        at += header_octets_ + r.caplen;
        left -= header_octets_ + r.caplen;
    }
    delivered_ += n;
    window.consume(window.size() - left);
    return n;
}

Parsed PcapParser::parse(Window& window, std::span<Frame> out) {
    Parsed parsed{.frames = link_.swapped ? parse_records<true>(window, out) : parse_records<false>(window, out), .why = {}};
    if (parsed.frames > 0 || window.size() < header_octets_) return parsed;
    const Record r = link_.swapped ? lengths<true>(window.data()) : lengths<false>(window.data());
    if (r.caplen > caplen_limit_)
        parsed.why = fmt::format("a record claims a caplen of {}; here at most {} can be true", r.caplen, caplen_limit_);
    return parsed;
}

std::string PcapParser::torn(const Window& window) const {
    if (window.size() < header_octets_)
        return fmt::format("record header cut: {} octets expected, {} there", header_octets_, window.size());
    const Record r = link_.swapped ? lengths<true>(window.data()) : lengths<false>(window.data());
    return fmt::format("frame cut: {} octets expected, {} there", r.caplen, window.size() - header_octets_);
}

}  // namespace sw

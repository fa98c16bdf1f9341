#include "sensor/capture/pcapng_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sensor/capture/pcapng_format.hpp"
#include "sensor/capture/reader.hpp"

namespace sw {

using namespace pcapng;

namespace {

/// Room for the largest frame and as many options as libpcap grants.
constexpr std::uint32_t max_block = CaptureReader::max_frame + 128 * 1024 + 32;

std::optional<bool> swapped_section(const std::uint8_t* block) {
    for (const bool swapped : {false, true})
        if (load32(block + 8, swapped) == byte_order_magic) return swapped;
    return std::nullopt;
}

/// Version 1.2 is 1.0 with more block types. As libpcap, of a later section we judge only the major version.
std::string judge_version(unsigned major, unsigned minor, bool first) {
    if (major == 1 && (minor == 0 || minor == 2 || !first)) return {};
    return fmt::format("pcapng section version {}.{} is not known here (1.0 and 1.2 are)", major, minor);
}

std::string judge_total(std::uint32_t total, std::uint32_t least) {
    if (total < least) return fmt::format("a block claims a length of {}; its type needs {} or more", total, least);
    if (total % 4 != 0) return fmt::format("a block claims a length of {}, which is not a multiple of 4", total);
    if (total > max_block) return fmt::format("a block claims a length of {}; at most {} is read", total, max_block);
    return {};
}

struct Clock {
    std::optional<std::uint8_t> tsresol;
    std::optional<std::int64_t> tsoffset;
};

/// Only what changes a frame's time is read, and that strictly: with a doubtful clock no time would be evidence.
std::string read_clock(Bytes options, bool swapped, Clock& clock) {
    while (options.size() >= 4) {
        const std::uint16_t code = load16(options.data(), swapped), len = load16(options.data() + 2, swapped);
        if (code == opt_end) return {};
        const std::size_t room = 4 + padded(len);
        if (room > options.size())
            return fmt::format("option {} of an interface is cut: {} octets expected, {} there", code, len, options.size() - 4);
        const std::uint8_t* value = options.data() + 4;
        if (code == if_tsresol) {
            if (len != 1 || clock.tsresol) return "an interface's if_tsresol is not one octet, given once";
            clock.tsresol = *value;
        } else if (code == if_tsoffset) {
            if (len != 8 || clock.tsoffset) return "an interface's if_tsoffset is not eight octets, given once";
            clock.tsoffset = static_cast<std::int64_t>(load64(value, swapped));
        }
        options = options.subspan(room);
    }
    return {};
}

}  // namespace

bool PcapngParser::knows(const std::uint8_t* octets) { return load32(octets, false) == section_header; }

Result<PcapngParser> PcapngParser::open(Window& window) {
    window.want(section_octets);
    if (window.size() < section_octets)
        return unexpected(
            fmt::format("the pcapng section header is cut: at least {} octets expected, {} there", section_octets, window.size()));
    const std::uint8_t* block = window.data();
    const auto swapped = swapped_section(block);
    if (!swapped)
        return unexpected("not a capture file: it begins like pcapng, but without the byte-order magic (was it copied in text mode?)");
    std::string why = judge_total(load32(block + 4, *swapped), section_octets);
    if (why.empty()) why = judge_version(load16(block + 12, *swapped), load16(block + 14, *swapped), true);
    if (!why.empty()) return unexpected(std::move(why));
    return PcapngParser();
}

std::string PcapngParser::next_block(const Window& window, Block& block) const {
    block.total = 0;
    if (window.size() < smallest_block) return {};
    const std::uint8_t* at = window.data();
    block.swapped = swapped_;
    block.type = load32(at, swapped_);
    std::uint32_t least = smallest_block;
    if (block.type == section_header) {  // its type reads the same in both orders; its body says which one rules from here
        const auto swapped = swapped_section(at);
        if (!swapped) return "a section header has no byte-order magic";
        block.swapped = *swapped;
        least = section_octets;
    }
    const std::uint32_t total = load32(at + 4, block.swapped);
    if (std::string why = judge_total(total, least); !why.empty()) return why;
    if (window.size() < total) return {};
    const std::uint32_t trailer = load32(at + total - 4, block.swapped);
    // libpcap overlooks a wrong one behind the very first header, and so do we: nothing depends on it.
    if (trailer != total && begun_) return fmt::format("a block's two lengths differ: {} in front, {} behind", total, trailer);
    block.total = total;
    block.body = {at + 8, total - smallest_block};
    return {};
}

Parsed PcapngParser::parse(Window& window, std::span<Frame> out) {
    Parsed parsed;
    while (parsed.frames < out.size()) {
        Block block;
        bool filled = false;
        std::string why = next_block(window, block);
        if (why.empty() && block.total == 0) break;
        if (why.empty()) why = take(block, &out[parsed.frames], filled);
        if (!why.empty()) {
            if (parsed.frames == 0) parsed.why = std::move(why);
            break;  // with frames in hand: the next call finds the same
        }
        parsed.frames += filled;
        window.consume(block.total);
    }
    return parsed;
}

std::string PcapngParser::take(const Block& block, Frame* frame, bool& filled) {
    filled = false;
    switch (block.type) {
        case section_header:
            return take_section(block);
        case interface_description:
            return take_interface(block);
        case enhanced_packet:
            filled = true;
            return take_enhanced(block, *frame);
        case simple_packet:
            filled = true;
            return take_simple(block, *frame);
        case obsolete_packet:
            filled = true;
            return take_obsolete(block, *frame);
        default:
            return {};
    }
}

std::string PcapngParser::take_section(const Block& block) {
    const std::uint8_t* body = block.body.data();
    std::string why = judge_version(load16(body + 4, block.swapped), load16(body + 6, block.swapped), !begun_);
    if (!why.empty()) return why;
    begun_ = true;
    swapped_ = block.swapped;
    interfaces_.clear();
    return {};
}

std::string PcapngParser::take_interface(const Block& block) {
    if (block.body.size() < 8) return "an interface description is cut: its block has no room for it";
    if (interfaces_.size() == max_interfaces) return fmt::format("a section describes more than {} interfaces", max_interfaces);
    const std::uint8_t* body = block.body.data();
    Clock clock;
    if (std::string why = read_clock(block.body.subspan(8), swapped_, clock); !why.empty()) return why;
    interfaces_.push_back({.snaplen = load32(body + 4, swapped_),
                           .link = {.linktype = load16(body, swapped_), .swapped = swapped_},
                           .time = TimeScale(clock.tsresol.value_or(6), clock.tsoffset.value_or(0))});
    return {};
}

std::string PcapngParser::take_enhanced(const Block& block, Frame& frame) {
    if (block.body.size() < 20) return "an enhanced packet block has no room for its fields";
    const std::uint8_t* body = block.body.data();
    return deliver({.interface = load32(body, swapped_),
                    .caplen = load32(body + 12, swapped_),
                    .len = load32(body + 16, swapped_),
                    .ticks = std::uint64_t{load32(body + 4, swapped_)} << 32 | load32(body + 8, swapped_),
                    .room = block.body.subspan(20)},
                   frame);
}

std::string PcapngParser::take_obsolete(const Block& block, Frame& frame) {
    if (block.body.size() < 20) return "an (obsolete) packet block has no room for its fields";
    const std::uint8_t* body = block.body.data();
    return deliver({.interface = load16(body, swapped_),
                    .caplen = load32(body + 12, swapped_),
                    .len = load32(body + 16, swapped_),
                    .ticks = std::uint64_t{load32(body + 4, swapped_)} << 32 | load32(body + 8, swapped_),
                    .room = block.body.subspan(20)},
                   frame);
}

std::string PcapngParser::take_simple(const Block& block, Frame& frame) {
    if (block.body.size() < 4) return "a simple packet block has no room for its length";
    const std::uint32_t len = load32(block.body.data(), swapped_);
    const std::uint32_t snaplen = interfaces_.empty() ? 0 : interfaces_[0].snaplen;
    return deliver(
        {.interface = 0, .caplen = snaplen == 0 ? len : std::min(len, snaplen), .len = len, .timed = false, .room = block.body.subspan(4)},
        frame);
}

std::string PcapngParser::deliver(const Packet& packet, Frame& frame) {
    if (packet.interface >= interfaces_.size())
        return fmt::format("a packet came in on interface {}, and the section describes {} so far", packet.interface, interfaces_.size());
    if (packet.caplen > CaptureReader::max_frame)
        return fmt::format("a packet claims a caplen of {}; at most {} is read", packet.caplen, CaptureReader::max_frame);
    if (packet.caplen > packet.room.size())
        return fmt::format("a packet claims a caplen of {}; its block has {}", packet.caplen, packet.room.size());
    Interface& interface = interfaces_[packet.interface];
    if (!interface.delivered) {
        interface.delivered = true;
        const std::size_t bit = 2u * interface.link.linktype + interface.link.swapped;
        if (!known_[bit]) datalinks_.push_back(interface.link);
        known_.set(bit);
    }
    if (packet.timed) last_ = interface.time.at(packet.ticks);
    // Field by field: built whole and copied, a frame costs 8 ns more (the wide loads wait for the narrow stores).
    frame.data = packet.room.data();
    frame.caplen = packet.caplen;
    frame.len = packet.len;
    frame.ts = last_;
    frame.number = ++delivered_;
    frame.link = interface.link;
    return {};
}

std::string PcapngParser::torn(const Window& window) const {
    if (window.size() < smallest_block)
        return fmt::format("block header cut: at least {} octets expected, {} there", smallest_block, window.size());
    const bool new_section = load32(window.data(), swapped_) == section_header;
    const bool swapped = new_section ? swapped_section(window.data()).value_or(swapped_) : swapped_;
    return fmt::format("block cut: {} octets expected, {} there", load32(window.data() + 4, swapped), window.size());
}

}  // namespace sw

#pragma once
/// The pcapng format: sections of blocks, each section with its own byte order and interfaces.
/// source: draft-ietf-opsawg-pcapng; writer: sensor/capture/pcapng_writer.hpp
#include <bitset>
#include <span>
#include <vector>

#include "rules/base/result.hpp"
#include "sensor/capture/parser.hpp"
#include "sensor/capture/time_scale.hpp"

namespace sw {

class PcapngParser {
public:
    /// Interfaces of one section; a new section starts anew.
    static constexpr std::size_t max_interfaces = 65'536;

    /// Does the file begin with the type of a section header? octets: at least 4
    static bool knows(const std::uint8_t* octets);
    /// Judge the first section header, and leave it in the window.
    /// errors: header cut, no byte-order magic, length or version impossible
    static Result<PcapngParser> open(Window& window);

    Parsed parse(Window& window, std::span<Frame> out);
    /// What is wrong with the octets left in the window, now that no more will come.
    std::string torn(const Window& window) const;
    const std::vector<Datalink>& datalinks() const { return datalinks_; }

private:
    struct Interface {
        std::uint32_t snaplen = 0;  ///< 0: no limit
        Datalink link;
        TimeScale time;
        bool delivered = false;
    };
    struct Block {
        std::uint32_t type = 0;
        std::uint32_t total = 0;  ///< octets with the two lengths; 0: not all of it is in the window yet
        bool swapped = false;
        Bytes body;
    };
    /// Where a block's frame is.
    struct Packet {
        std::uint32_t interface = 0, caplen = 0, len = 0;
        std::uint64_t ticks = 0;
        bool timed = true;
        Bytes room;  ///< the block's octets from the frame on
    };

    // Each returns what is wrong, or "". None changes anything when it returns an error: parse() may ask twice.
    std::string next_block(const Window& window, Block& block) const;
    std::string take(const Block& block, Frame* frame, bool& filled);
    std::string take_section(const Block& block);
    std::string take_interface(const Block& block);
    std::string take_enhanced(const Block& block, Frame& frame);
    std::string take_simple(const Block& block, Frame& frame);
    std::string take_obsolete(const Block& block, Frame& frame);
    std::string deliver(const Packet& packet, Frame& frame);

    bool begun_ = false;  ///< the first section header is behind us
    bool swapped_ = false;
    std::vector<Interface> interfaces_;
    Timestamp last_;
    std::uint64_t delivered_ = 0;
    std::vector<Datalink> datalinks_;
    std::bitset<2 * 65'536> known_;  ///< which datalinks datalinks_ has
};

}  // namespace sw

#pragma once
/// The pcap format: a file header of 24 octets, then records of 16 (modified: 24) octets and the frame.
/// source: draft-ietf-opsawg-pcap; the variants: https://wiki.wireshark.org/Development/LibpcapFileFormat
#include <optional>
#include <span>
#include <vector>

#include "rules/base/result.hpp"
#include "sensor/capture/parser.hpp"

namespace sw {

class PcapParser {
public:
    static constexpr std::size_t file_header_octets = 24;

    /// Is this one of the magic numbers, in either byte order? octets: at least 4
    static bool knows(const std::uint8_t* octets);
    /// Consume the file header.
    /// errors: header cut, version not 2.0 to 2.4 (or 543.0, which DG/UX wrote)
    static Result<PcapParser> open(Window& window);

    Parsed parse(Window& window, std::span<Frame> out);
    /// What is wrong with the octets left in the window, now that no more will come.
    std::string torn(const Window& window) const;
    const std::vector<Datalink>& datalinks() const { return datalinks_; }

private:
    /// Version 2.3 swapped the two lengths, and some files that say 2.3 were written before it.
    enum class Lengths { caplen_first, len_first, by_size };

    template <bool swapped>
    std::size_t parse_records(Window& window, std::span<Frame> out);
    struct Record {
        std::uint32_t caplen, len;
    };
    template <bool swapped>
    Record lengths(const std::uint8_t* header) const;

    Datalink link_;
    std::size_t header_octets_ = 16;
    std::int64_t fraction_ns_ = 1000;
    Lengths order_ = Lengths::caplen_first;
    std::uint32_t caplen_limit_ = 0;
    std::uint64_t delivered_ = 0;
    std::vector<Datalink> datalinks_;
};

}  // namespace sw

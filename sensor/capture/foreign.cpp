#include "sensor/capture/foreign.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace sw {

namespace {

using namespace std::string_view_literals;

struct Foreign {
    std::string_view magic, name, fix;
};

constexpr std::string_view convert = "convert it with editcap -F pcapng";

constexpr std::array foreign{
    Foreign{"\xfd"sv
            "7zXZ",
            "xz-compressed", "decompress it with xz -d"},
    Foreign{"BZh", "bzip2-compressed", "decompress it with bzip2 -d"},
    Foreign{"\x04\x22\x4d\x18"sv, "lz4-compressed", "decompress it with lz4 -d"},
    Foreign{"\x1f\x9d"sv, "compress(1)-compressed", "decompress it with uncompress"},
    Foreign{"PK\x03\x04"sv, "a zip archive", "unpack it"},
    Foreign{"snoop", "a snoop capture", convert},
    Foreign{"GMBU", "a Network Monitor capture", convert},
    Foreign{"RTSS", "a Network Monitor capture", convert},
    Foreign{"TRSNIFF", "a Sniffer capture", convert},
    Foreign{"XCP\0"sv, "a NetXRay capture", convert},
    Foreign{"\x4d\x3c\x2b\xa1"sv, "pcap in Navtel's variant", convert},
    Foreign{"\xcd\x34\xb2\xa1"sv, "pcap in Mesquita's variant", convert},
};

}  // namespace

std::string explain_foreign(Bytes head) {
    const auto begins = [head](const Foreign& f) {
        return head.size() >= f.magic.size() && std::equal(f.magic.begin(), f.magic.end(), head.begin(),
                                                           [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
    };
    if (const auto* f = std::find_if(foreign.begin(), foreign.end(), begins); f != foreign.end())
        return fmt::format("not a capture file that is read here: it is {}; {}", f->name, f->fix);
    return fmt::format("not a capture file: it begins with {:02x} {:02x} {:02x} {:02x}; pcap and pcapng are read, plain, gzip or zstd",
                       head[0], head[1], head[2], head[3]);
}

}  // namespace sw

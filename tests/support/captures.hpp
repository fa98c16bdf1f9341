#pragma once
/// Crafted frames as capture files, so that people can open in Wireshark what the tests replay.
#include <string>

#include "tests/support/craft.hpp"

namespace sw::craft {

/// A classic pcap, little-endian, microseconds (nanoseconds are cut off). The frames are of one linktype.
/// source: draft-ietf-opsawg-pcap
Octets pcap(const Frames& frames);

/// false: the file cannot be written, or read.
bool write_file(const std::string& path, const Octets& content);
bool read_file(const std::string& path, Octets& content);

}  // namespace sw::craft

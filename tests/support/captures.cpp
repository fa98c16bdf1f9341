#include "tests/support/captures.hpp"

#include <fstream>
#include <iterator>

namespace sw::craft {
namespace {

void put(Octets& out, std::uint32_t v, int octets) {
    for (int i = 0; i < octets; ++i) out.push_back(static_cast<std::uint8_t>(v >> (8 * i)));
}

}  // namespace

Octets pcap(const Frames& frames) {
    constexpr std::uint32_t magic = 0xa1b2c3d4, snaplen = 262144;
    Octets out;
    put(out, magic, 4);
    put(out, 2, 2);
    put(out, 4, 2);
    put(out, 0, 4);
    put(out, 0, 4);
    put(out, snaplen, 4);
    put(out, frames.empty() ? 1 : frames.front().linktype, 4);
    for (const CraftedFrame& f : frames) {
        put(out, static_cast<std::uint32_t>(f.ts.ns / 1'000'000'000), 4);
        put(out, static_cast<std::uint32_t>(f.ts.ns / 1000 % 1'000'000), 4);
        put(out, static_cast<std::uint32_t>(f.bytes.size()), 4);
        put(out, f.len, 4);
        out.insert(out.end(), f.bytes.begin(), f.bytes.end());
    }
    return out;
}

bool write_file(const std::string& path, const Octets& content) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    for (const std::uint8_t octet : content) file.put(static_cast<char>(octet));
    file.close();
    return file.good();
}

bool read_file(const std::string& path, Octets& content) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return false;
    content.assign(std::istreambuf_iterator<char>(file), {});
    return true;
}

}  // namespace sw::craft

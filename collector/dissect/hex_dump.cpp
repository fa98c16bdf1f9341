#include <fmt/format.h>

#include <algorithm>

#include "collector/dissect/dissect.hpp"

namespace sw {
namespace {

constexpr std::size_t row_octets = 16;

std::string row(Bytes octets, std::size_t offset) {
    std::string hex, text;
    for (std::size_t i = 0; i < row_octets; ++i) {
        if (i == row_octets / 2) hex += ' ';
        if (i >= octets.size()) {
            hex += "   ";
            continue;
        }
        hex += fmt::format(" {:02x}", octets[i]);
        text += octets[i] >= 0x20 && octets[i] < 0x7f ? static_cast<char>(octets[i]) : '.';
    }
    return fmt::format("{:04x} {}  {}\n", offset, hex, text);
}

}  // namespace

std::string hex_dump(Bytes octets, std::size_t most) {
    const std::size_t shown = std::min(octets.size(), most);
    std::string out;
    for (std::size_t at = 0; at < shown; at += row_octets) out += row(octets.subspan(at, std::min(row_octets, shown - at)), at);
    if (shown < octets.size()) out += fmt::format("... and {} more\n", octets.size() - shown);
    return out;
}

}  // namespace sw

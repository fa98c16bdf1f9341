#include "collector/logs/incoming_line.hpp"

#include <array>

namespace sw {
namespace {

constexpr std::array<std::string_view, 7> words{"mirror", "socket", "udp", "tcp", "tls", "self", "file"};

}  // namespace

std::string_view to_string(LogVia via) { return words[static_cast<std::size_t>(via)]; }

std::optional<LogVia> log_via_from(std::string_view word) {
    for (std::size_t i = 0; i < words.size(); ++i)
        if (words[i] == word) return static_cast<LogVia>(i);
    return std::nullopt;
}

}  // namespace sw

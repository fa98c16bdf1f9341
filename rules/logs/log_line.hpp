#pragma once
/// A log line as this room sees it: raw octets, borrowed from the caller for the call.
#include <cstdint>
#include <string_view>

#include "rules/base/time.hpp"

namespace sw {

struct LogLine {
    std::string_view host;     ///< what the collector calls the source: its name in [names], else its address. Never the claimed host
    std::string_view program;  ///< RFC 5424's APP-NAME, RFC 3164's tag; may be empty
    std::string_view proc_id;  ///< may be empty
    std::string_view text;     ///< the message without its header; any octets
    std::uint8_t facility = 1, severity = 5;
    Timestamp received;  ///< by the watcher's clock, or packet time
};

inline constexpr std::uint8_t facility_kern = 0;

/// Of a line's text that is judged as a template: longer ones are never known (LogReason::too_long).
inline constexpr std::size_t max_template_octets = 8192;
/// Of host, program and proc_id together.
inline constexpr std::size_t max_origin_octets = 512;

}  // namespace sw

#pragma once
/// A log line on its way in: octets, and what its way here says about it. What it claims about itself is read later.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "rules/base/bytes.hpp"
#include "rules/base/time.hpp"
#include "rules/packet/address.hpp"

namespace sw {

/// How a line came.
enum class LogVia : std::uint8_t {
    mirror,  ///< read off the span port, on its way to an address that nobody owns
    socket,  ///< the collector's own UDP socket
    udp,     ///< syslog-ng, as the next three
    tcp,
    tls,
    self,  ///< what syslog-ng says itself
    file,  ///< logs replay
};
std::string_view to_string(LogVia via);
std::optional<LogVia> log_via_from(std::string_view word);

/// Borrowed for the call.
struct IncomingLine {
    LogVia via = LogVia::file;
    Address source;                ///< family 0: none
    std::string_view mac;          ///< mirror: the sender's on that network, or ""
    Timestamp received;            ///< packet time, or the receiver's clock; of a file the line's own time
    std::chrono::seconds zone{0};  ///< of a file: of stamps that name none
    Bytes octets;                  ///< hostile
    std::string_view broken;       ///< "", or why this is no message but what a spool holds in place of one
};

/// How far a journal of lines is in the store, and what stood there.
struct LogPosition {
    std::string journal;
    std::uint64_t segment = 0, offset = 0;
    std::string mark;  ///< octets by which a file is known again; "" for none
    bool complete = false;
};

}  // namespace sw

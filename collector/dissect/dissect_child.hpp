#pragma once
/// The other side of Dissector's pipes. Private to this room.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "rules/base/bytes.hpp"
#include "rules/base/unique_fd.hpp"
#include "sensor/capture/frame.hpp"

namespace sw::dissecting {

inline constexpr std::size_t max_request = 64u << 10;  ///< octets of a frame
inline constexpr std::size_t max_answer = 64u << 10;   ///< octets of an answer, lengths of lines included
inline constexpr int patience_ms = 20'000;             ///< for a child that neither works nor ends

/// How a child ended; the first octet of every answer.
enum class Outcome : std::uint8_t { ready, done, cpu_limit, memory, crashed, stuck, too_long, no_process };

/// Both travel between processes of one machine, as they lie in memory.
struct Request {
    std::uint32_t size = 0;  ///< octets that follow
    std::uint16_t linktype = 0;
    std::uint16_t swapped = 0;
};
struct Answer {
    std::uint32_t size = 0;  ///< octets that follow: lines, each behind its length (std::uint16_t)
    Outcome outcome = Outcome::done;
    std::uint8_t unused[3] = {};
};

/// All of it, in time. false: end of file, an error, or patience is over.
bool read_all(int fd, void* into, std::size_t size, int timeout_ms);
bool write_all(int fd, const void* from, std::size_t size);

/// A process that does nothing but this, until its requests end. Never returns.
[[noreturn]] void supervise(UniqueFd requests, UniqueFd answers, bool unconfined);

/// libtins' view, a line a layer; octets from the wire stand in it as they are. Whatever libtins does about a hostile frame
/// (hang, recurse, throw other things) happens here.
std::vector<std::string> tins_lines(const Frame& frame);

}  // namespace sw::dissecting

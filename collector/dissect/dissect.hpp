#pragma once
/// Hostile octets for people: one tcpdump-like line, a hex dump, and libtins' view of the layers. Everything is escaped.
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "rules/base/bytes.hpp"
#include "rules/base/result.hpp"
#include "rules/base/unique_fd.hpp"
#include "sensor/capture/frame.hpp"

namespace sw {

/// "23:20:00.123456 IP 198.51.100.7.40000 > 192.0.2.25.465: Flags [S], seq 1, win 64240, length 0". By our own decoder; what
/// it objects to stands behind in brackets. ASCII only.
std::string packet_line(const Frame& frame);

/// Rows of 16 octets: offset, hex, printable ASCII; at most `most` octets, then how many more there are.
std::string hex_dump(Bytes octets, std::size_t most);

/// libtins in another process, because it can be made to hang, to recurse and to throw (design 2): a supervisor is forked
/// before the caller confines itself, gives everything up but its two pipes, and forks a child for each frame with one second of
/// CPU, 64 MiB more of memory and a stack of 8 MiB. tins/ is included in dissect_tins.cpp only.
class Dissector {
public:
    /// Fork while this process has one thread and is not confined yet. unconfined: as --unconfined, for debugging only
    /// errors: no process or pipe, or it cannot be confined (code environment)
    static Result<Dissector> start(bool unconfined = false);
    Dissector(Dissector&& other) noexcept : pid_(std::exchange(other.pid_, -1)), to_(std::move(other.to_)), from_(std::move(other.from_)) {}
    Dissector& operator=(Dissector&& other) noexcept {
        std::swap(pid_, other.pid_);
        std::swap(to_, other.to_);
        std::swap(from_, other.from_);
        return *this;
    }
    ~Dissector();  ///< ends the supervisor

    /// Indented lines, one a layer with its fields, or one line in brackets that says why there are none ("ended by its CPU limit").
    /// ASCII only. At most the frame's first 64 KiB are looked at, and at most 64 KiB of text come back.
    /// cost: a fork; at most 20 s where the frame takes libtins hostage on a busy machine, commonly below 2 s
    std::vector<std::string> dissect(const Frame& frame);

    pid_t supervisor() const { return pid_; }

private:
    Dissector(pid_t pid, UniqueFd to, UniqueFd from) : pid_(pid), to_(std::move(to)), from_(std::move(from)) {}

    pid_t pid_;
    UniqueFd to_, from_;
};

}  // namespace sw

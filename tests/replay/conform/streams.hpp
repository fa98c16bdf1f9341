#pragma once
/// Conversations of captures that others made, each judged alone by the machine of its port.
#include <string>
#include <vector>

#include "tests/replay/corpora/captures.hpp"

namespace sw::corpora {

/// What is asked of a port.
struct Service {
    std::uint8_t proto = 6;
    std::uint16_t port = 0;
    std::string speaks;
};

struct Stream {
    std::string ends;  ///< "tcp 192.0.2.1.40000 > 192.0.2.25.25": who opened it first
    std::string speaks;
    std::string
        verdict;  ///< "clean"; a reason and, behind it, what was wrong; "unverifiable"; "midstream": its beginning is not in the capture
    std::string words;  ///< of a breach, for people
};

/// In the order of their first frames; anomalies of frames, link headers and time stamps are ignored. Those in which nothing was said are
/// left out.
std::vector<Stream> streams_of(const Capture& capture, const std::vector<Service>& services);

}  // namespace sw::corpora

#pragma once
/// What the engine tells of conversations under judgement.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sensor/capture/frame.hpp"

namespace sw {

/// What a rule's conversations came to. Each is counted once in `conversations` when its first octet comes.
struct Speech {
    std::uint64_t conversations = 0;
    std::uint64_t encrypted = 0;     ///< went over to ciphertext, as far as their protocol tells
    std::uint64_t breached = 0;      ///< did not speak it
    std::uint64_t unverifiable = 0;  ///< could not be judged to the end: octets of them were not captured
    std::uint64_t midstream = 0;     ///< never judged: picked up in the middle (grace)
};

struct ConformanceLimits {
    std::uint32_t conversations = 1u << 17;
    std::size_t machine_octets = std::size_t{96} << 20;
};

/// A frame with octets of its own.
struct HeldFrame {
    Frame frame;  ///< data points into octets
    std::vector<std::uint8_t> octets;
};

}  // namespace sw

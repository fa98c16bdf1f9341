#pragma once
/// Frames of conversations under judgement, held for a while: if a conversation turns out to be wrong, what was allowed of it before
/// is evidence. A ring of fixed size: the newest frame takes the place of the oldest, whoseever they are.
#include <cstdint>
#include <vector>

#include "sensor/conform/speech.hpp"
#include "sensor/flow/mapped_array.hpp"

namespace sw {

class HeldFrames {
public:
    static constexpr std::uint32_t most_octets = 4u << 20, most_frames = 1u << 14;
    /// A frame of a conversation, and by it those before: 0 is none.
    using Place = std::uint64_t;

    /// before: the conversation's frame held last. Frames longer than 16 KiB are not held.
    Place hold(const Frame& frame, Place before);
    /// The frames of a conversation that are still there, oldest first, at most `most` of the newest.
    std::vector<HeldFrame> of(Place last, std::size_t most) const;

private:
    static constexpr std::uint32_t longest = 16u << 10;
    struct Entry {
        Frame frame;
        Place before;
        std::uint64_t at;  ///< octets held before it since the beginning
    };
    bool is_there(Place place) const;

    MappedArray<std::uint8_t> octets_{most_octets};
    MappedArray<Entry> entries_{most_frames};
    std::uint64_t head_ = 0;  ///< octets held since the beginning
    Place newest_ = 0;
};

}  // namespace sw

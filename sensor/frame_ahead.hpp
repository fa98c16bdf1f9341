#pragma once
/// Frames and first glances at them, a few batches ahead: the second core reads and checks while the first judges. Order and
/// contents are the reader's; no verdict depends on the timing.
#include <array>
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "sensor/capture/reader.hpp"
#include "sensor/engine.hpp"

namespace sw {

class FrameAhead {
public:
    static constexpr std::size_t buffers = 8;           ///< that the reader must have been opened with
    static constexpr std::size_t frames_a_batch = 256;  ///< waking the other thread costs some 5 us

    /// Is the second thread worth its start? For plain files of some MiB (compressed ones have theirs already), where there is a
    /// second core.
    static bool pays(const CaptureReader& reader, std::uint64_t file_octets);

    /// reader and engine must outlive it; until it is gone, the reader is its own. Throws std::system_error where no thread can
    /// be had.
    FrameAhead(CaptureReader& reader, const Engine& engine);
    ~FrameAhead();

    struct Batch {
        std::array<Frame, frames_a_batch> frames;
        std::array<Glance, frames_a_batch> glances;
        std::size_t size = 0;  ///< 0: the end
        std::uint64_t turn = 0, position = 0;
    };
    /// lifetime: until the next call
    const Batch& next();

private:
    static constexpr std::size_t batches = 8;
    void run();

    CaptureReader* reader_;
    const Engine* engine_;
    std::vector<Batch> ring_;
    alignas(64) std::atomic<std::uint32_t> filled_ = 0;
    alignas(64) std::atomic<std::uint32_t> taken_ = 0;  ///< batches given back
    alignas(64) std::uint32_t in_hand_ = 0;             ///< 1: next() gave ring_[taken_]
    std::atomic<bool> quit_ = false;
    std::thread thread_;
};

}  // namespace sw

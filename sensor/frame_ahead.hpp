#pragma once
/// Frames and first glances at them, a few batches ahead: the second core reads and checks while the first judges, and leaves the
/// checks to the first where that one would wait. Order and contents are the reader's; no verdict depends on the timing.
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <span>
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

    /// To the other core and back. Each frame takes two or three such ways, many at a time: cores that share a cache need 50 ns, those
    /// that do not 300 and more, and then one thread alone is faster (measured: mail 230 ns a frame against 320).
    static constexpr std::chrono::nanoseconds near = std::chrono::nanoseconds{150};

    /// reader and engine must outlive it; until it is gone, the reader is its own. Throws std::system_error where no thread can
    /// be had.
    FrameAhead(CaptureReader& reader, const Engine& engine, std::chrono::nanoseconds limit = near);
    ~FrameAhead();

    struct Batch {
        std::array<Frame, frames_a_batch> frames;
        std::array<Glance, frames_a_batch> glances;
        std::size_t size = 0;    ///< 0: the end
        bool looked_at = false;  ///< glances is set; else whoever judges looks itself
        std::uint64_t turn = 0, position = 0;

        std::span<const Frame> read() const { return {frames.data(), size}; }
        std::span<const Glance> seen() const { return {glances.data(), looked_at ? size : 0}; }
    };
    /// Is the other core near, and free? Else whoever has asked for nothing yet goes on alone with the reader, which is untouched.
    bool is_near() const { return is_near_; }
    /// lifetime: until the next call
    const Batch& next();

private:
    static constexpr std::size_t batches = 8;
    void run();
    std::chrono::nanoseconds to_and_fro();
    void answer();

    CaptureReader* reader_;
    const Engine* engine_;
    std::vector<Batch> ring_;
    alignas(64) std::atomic<std::uint32_t> filled_ = 0;
    alignas(64) std::atomic<std::uint32_t> taken_ = 0;  ///< batches given back
    alignas(64) std::uint32_t in_hand_ = 0;             ///< 1: next() gave ring_[taken_]
    alignas(64) std::atomic<std::uint32_t> ball_ = 0;
    std::atomic<std::uint32_t> wanted_ = 0;  ///< 1: somebody asked for frames
    std::atomic<bool> quit_ = false;
    bool is_near_ = false;
    std::thread thread_;
};

}  // namespace sw

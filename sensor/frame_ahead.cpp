#include "sensor/frame_ahead.hpp"

#include <pthread.h>

#include <algorithm>
#include <csignal>

#include "sensor/other_core.hpp"

namespace sw {
namespace {

using Clock = std::chrono::steady_clock;

/// Until it is no longer `old`. Sleeping and waking cost some 20 us where the processor is a virtual one, so look for so long first,
/// if somebody is kept waiting.
std::uint32_t wait_for_change(const std::atomic<std::uint32_t>& value, std::uint32_t old, int looks = 20'000) {
    for (; looks > 0; --looks)
        if (const std::uint32_t now = value.load(std::memory_order_acquire); now != old) return now;
    value.wait(old, std::memory_order_acquire);
    return value.load(std::memory_order_acquire);
}

/// Where the ring is full there is work for a while, and half of it is done before anybody is woken.
constexpr int full_ring_looks = 500;
constexpr std::uint32_t rallies = 8, strokes = 8;  // of the shortest rally the mean counts

}  // namespace

bool FrameAhead::pays(const CaptureReader& reader, std::uint64_t file_octets) {
    return !reader.compressed() && file_octets >= 4u << 20 && std::thread::hardware_concurrency() > 1;
}

FrameAhead::FrameAhead(CaptureReader& reader, const Engine& engine, std::chrono::nanoseconds limit)
    : reader_(&reader), engine_(&engine), ring_(batches) {
    // Signals are for the thread that reports; this one must not take them.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
        thread_ = std::thread([this, maker = this_core()] {
            leave_core(maker);
            run();
        });
    } catch (...) {
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
        throw;
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    // A new thread waits for its maker's core, if only to leave it.
    std::this_thread::sleep_for(std::chrono::microseconds{20});
    is_near_ = to_and_fro() < limit;
}

FrameAhead::~FrameAhead() {
    quit_ = true;
    wanted_ = 1;
    wanted_.notify_one();
    taken_.fetch_add(batches);
    taken_.notify_one();
    thread_.join();
}

/// Odd numbers go there, even ones come back. A thread that does not answer within a millisecond has no core of its own.
std::chrono::nanoseconds FrameAhead::to_and_fro() {
    auto shortest = std::chrono::nanoseconds::max();
    auto began = Clock::now();
    const auto end = began + std::chrono::milliseconds{1};
    for (std::uint32_t i = 0; i <= rallies * strokes; ++i) {
        ball_.store(2 * i + 1, std::memory_order_release);
        for (std::uint32_t looks = 1; ball_.load(std::memory_order_acquire) != 2 * i + 2; ++looks)
            if (looks % 1024 == 0 && Clock::now() > end) return std::chrono::nanoseconds::max();
        if (i % strokes != 0) continue;
        const auto now = Clock::now();
        if (i > 0) shortest = std::min<std::chrono::nanoseconds>(shortest, (now - began) / strokes);
        began = now;
    }
    return shortest;
}

void FrameAhead::answer() {
    for (std::uint32_t i = 0; i <= rallies * strokes; ++i) {
        while (ball_.load(std::memory_order_acquire) != 2 * i + 1)
            if (wanted_.load(std::memory_order_relaxed) != 0) return;
        ball_.store(2 * i + 2, std::memory_order_release);
    }
}

void FrameAhead::run() {
    answer();
    wait_for_change(wanted_, 0);
    for (std::uint32_t filled = 0;; ++filled) {
        // Wait for a free batch, and until nobody looks at the buffer that reading on may overwrite.
        std::uint32_t taken = taken_.load(std::memory_order_acquire);
        for (;; taken = wait_for_change(taken_, taken, full_ring_looks)) {
            if (quit_) return;
            const bool free = filled - taken < batches;
            if (free && (filled == taken || ring_[taken % batches].turn + buffers - 1 > reader_->turns())) break;
        }
        Batch& b = ring_[filled % batches];
        b.size = reader_->next(b.frames);
        b.turn = reader_->turns();
        b.position = reader_->position();
        // Whoever would wait for it can look as well.
        b.looked_at = filled - taken_.load(std::memory_order_relaxed) > 2;
        if (b.looked_at) engine_->glance(b.read(), b.glances);
        filled_.store(filled + 1, std::memory_order_release);
        filled_.notify_one();
        if (b.size == 0) return;
    }
}

const FrameAhead::Batch& FrameAhead::next() {
    if (in_hand_ == 1) {
        const std::uint32_t taken = taken_.fetch_add(1, std::memory_order_release) + 1;
        // Waking costs as much as judging a hundred frames, so it is put off until half of the ring is free.
        if (filled_.load(std::memory_order_relaxed) - taken <= batches / 2) taken_.notify_one();
    } else {
        wanted_ = 1;
        wanted_.notify_one();
    }
    in_hand_ = 1;
    const std::uint32_t taken = taken_.load(std::memory_order_relaxed);
    std::uint32_t filled = filled_.load(std::memory_order_acquire);
    while (filled == taken) filled = wait_for_change(filled_, filled);
    // They come from another core's cache: ask for the whole batch at once, not for one line after the other.
    const Batch& b = ring_[taken % batches];
    for (const Glance& g : b.seen()) __builtin_prefetch(&g);
    return b;
}

}  // namespace sw

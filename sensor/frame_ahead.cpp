#include "sensor/frame_ahead.hpp"

#include <pthread.h>

#include <csignal>

namespace sw {

bool FrameAhead::pays(const CaptureReader& reader, std::uint64_t file_octets) {
    return !reader.compressed() && file_octets >= 4u << 20 && std::thread::hardware_concurrency() > 1;
}

FrameAhead::FrameAhead(CaptureReader& reader, const Engine& engine) : reader_(&reader), engine_(&engine), ring_(batches) {
    // Signals are for the thread that reports; this one must not take them.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
        thread_ = std::thread([this] { run(); });
    } catch (...) {
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
        throw;
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

FrameAhead::~FrameAhead() {
    quit_ = true;
    taken_.fetch_add(batches);
    taken_.notify_one();
    thread_.join();
}

void FrameAhead::run() {
    for (std::uint32_t filled = 0;; ++filled) {
        // Wait for a free batch, and until nobody looks at the buffer that reading on may overwrite.
        for (;;) {
            const std::uint32_t taken = taken_.load(std::memory_order_acquire);
            if (quit_) return;
            const bool free = filled - taken < batches;
            if (free && (filled == taken || ring_[taken % batches].turn + buffers - 1 > reader_->turns())) break;
            taken_.wait(taken, std::memory_order_acquire);
        }
        Batch& b = ring_[filled % batches];
        b.size = reader_->next(b.frames);
        b.turn = reader_->turns();
        b.position = reader_->position();
        engine_->glance(std::span(b.frames.data(), b.size), b.glances);
        filled_.store(filled + 1, std::memory_order_release);
        filled_.notify_one();
        if (b.size == 0) return;
    }
}

const FrameAhead::Batch& FrameAhead::next() {
    if (in_hand_ == 1) {
        taken_.fetch_add(1, std::memory_order_release);
        taken_.notify_one();
    }
    in_hand_ = 1;
    const std::uint32_t taken = taken_.load(std::memory_order_relaxed);
    std::uint32_t filled;
    while ((filled = filled_.load(std::memory_order_acquire)) == taken) filled_.wait(filled, std::memory_order_acquire);
    // They come from another core's cache: ask for the whole batch at once, not for one line after the other.
    const Batch& b = ring_[taken % batches];
    for (std::size_t i = 0; i < b.size; ++i) __builtin_prefetch(&b.glances[i]);
    return b;
}

}  // namespace sw

#include "sensor/capture/read_ahead.hpp"

#include <csignal>
#include <cstring>

namespace sw {

ReadAhead::ReadAhead(std::unique_ptr<ByteSource> source, bool (*cancelled)())
    : source_(std::move(source)), cancelled_(cancelled), position_(source_->position()) {
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

ReadAhead::~ReadAhead() {
    {
        const std::lock_guard lock(mutex_);
        quit_ = true;
        source_->give_up();
    }
    changed_.notify_all();
    thread_.join();
}

void ReadAhead::run() {
    for (bool more = true; more;) {
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return quit_ || filled_ - taken_ < pieces; });
            if (quit_) return;
        }
        Piece& p = ring_[filled_ % pieces];
        p.size = source_->read(p.octets);
        p.position = source_->position();
        more = p.size > 0;
        {
            const std::lock_guard lock(mutex_);
            ++filled_;
        }
        changed_.notify_all();
    }
}

std::size_t ReadAhead::read(std::span<std::uint8_t> out) {
    {
        std::unique_lock lock(mutex_);
        while (filled_ == taken_) {
            if (cancelled_ != nullptr && cancelled_()) return 0;
            changed_.wait_for(lock, std::chrono::milliseconds{100});
        }
    }
    Piece& p = ring_[taken_ % pieces];
    position_ = p.position;
    if (p.size == 0) {
        failure_ = source_->failure();
        return 0;
    }
    const std::size_t n = std::min(out.size(), p.size - used_);
    std::memcpy(out.data(), p.octets.data() + used_, n);
    used_ += n;
    if (used_ < p.size) return n;
    used_ = 0;
    {
        const std::lock_guard lock(mutex_);
        ++taken_;
    }
    changed_.notify_all();
    return n;
}

}  // namespace sw

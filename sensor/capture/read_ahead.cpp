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
        p.size = source_->read(std::span(p.octets).subspan(room));
        p.position = source_->position();
        more = p.size > 0;
        {
            const std::lock_guard lock(mutex_);
            ++filled_;
        }
        changed_.notify_all();
    }
}

/// false: the reading was cancelled
bool ReadAhead::wait_for(std::size_t number) {
    std::unique_lock lock(mutex_);
    while (filled_ <= number) {
        if (cancelled_ != nullptr && cancelled_()) return false;
        changed_.wait_for(lock, std::chrono::milliseconds{100});
    }
    return true;
}

/// The piece in hand is used up: the thread may fill it again.
void ReadAhead::release() {
    used_ = 0;
    lent_ = false;
    {
        const std::lock_guard lock(mutex_);
        ++taken_;
    }
    changed_.notify_all();
}

std::size_t ReadAhead::read(std::span<std::uint8_t> out) {
    if (lent_) release();
    if (!wait_for(taken_)) return 0;
    const Piece& p = ring_[taken_ % pieces];
    position_ = p.position;
    if (p.size == 0) {
        failure_ = source_->failure();
        return 0;
    }
    const std::size_t n = std::min(out.size(), p.size - used_);
    std::memcpy(out.data(), p.octets.data() + room + used_, n);
    used_ += n;
    if (used_ == p.size) release();
    return n;
}

bool ReadAhead::lend(std::span<std::uint8_t> rest, std::span<std::uint8_t>& out) {
    if (rest.size() > room) return false;
    const std::size_t number = taken_ + (lent_ ? 1 : 0);
    out = rest;
    if (!wait_for(number)) return true;
    Piece& p = ring_[number % pieces];
    position_ = p.position;
    if (p.size == 0) {
        failure_ = source_->failure();
        return true;
    }
    const std::size_t from = lent_ ? 0 : used_;
    std::uint8_t* start = p.octets.data() + room + from - rest.size();
    std::memcpy(start, rest.data(), rest.size());
    out = {start, rest.size() + p.size - from};
    if (lent_) release();
    lent_ = true;
    return true;
}

}  // namespace sw

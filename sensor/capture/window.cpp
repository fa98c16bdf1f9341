#include "sensor/capture/window.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace sw {

Window Window::open(UniqueFd fd, bool (*cancelled)(), std::size_t buffers) {
    Window w;
    w.buffers_ = std::vector<Buffer>(buffers);
    w.storage_ = w.buffers_[0].octets.get();
    w.cancelled_ = cancelled;
    auto file = std::make_unique<FileSource>(std::move(fd), cancelled);
    while (w.end_ < 4) {  // a pipe may give the magic octet by octet
        const std::size_t got = file->read({w.storage_ + w.end_, piece - w.end_});
        if (got == 0) break;
        w.end_ += got;
    }
    const Compression kind = compression_of(w.octets());
    w.compressed_ = kind != Compression::none;
    switch (kind) {
        case Compression::none:
            w.source_ = std::move(file);
            return w;
        case Compression::gzip:
            w.source_ = gzip_source(std::move(file), w.octets());
            break;
        case Compression::zstd:
            w.source_ = zstd_source(std::move(file), w.octets());
            break;
    }
    w.end_ = 0;
    return w;
}

/// What was not consumed goes to the front of our own buffer, or of the next one where frames may still look at this.
void Window::move_to_front() {
    const std::size_t rest = size(), next = used_ ? (current_ + 1) % buffers_.size() : current_;
    std::size_t needed = buffers_[next].capacity;
    while (needed <= rest) needed *= 2;
    std::unique_ptr<std::uint8_t[]> outgrown;
    if (needed > buffers_[next].capacity) {
        outgrown = std::exchange(buffers_[next].octets, std::make_unique_for_overwrite<std::uint8_t[]>(needed));
        buffers_[next].capacity = needed;
    }
    std::memmove(buffers_[next].octets.get(), data(), rest);
    turns_ += used_;
    used_ = false;
    current_ = next;
    storage_ = buffers_[next].octets.get();
    base_ += at_;
    at_ = 0;
    end_ = rest;
}

/// Take the next piece where it lies. false: what is left over is too long to go in front of it.
bool Window::borrow(bool& more) {
    const std::size_t rest = size();
    std::span<std::uint8_t> both;
    if (!ahead_->lend({storage_ + at_, rest}, both)) return false;
    more = both.size() > rest;
    if (!more) return true;
    storage_ = both.data();
    base_ += at_;
    at_ = 0;
    end_ = both.size();
    return true;
}

bool Window::refill() {
    if (compressed_ && ++refills_ == pieces_alone) {
        auto ahead = std::make_unique<ReadAhead>(std::move(source_), cancelled_);
        ahead_ = ahead.get();
        source_ = std::move(ahead);
    }
    bool more = false;
    if (ahead_ != nullptr && borrow(more)) return more;
    move_to_front();
    const std::size_t got = source_->read({storage_ + end_, std::min(buffers_[current_].capacity - end_, piece)});
    end_ += got;
    return got > 0;
}

}  // namespace sw

#include "sensor/capture/window.hpp"

#include <algorithm>
#include <cstring>

namespace sw {

Window Window::open(UniqueFd fd, bool (*cancelled)()) {
    Window w;
    w.cancelled_ = cancelled;
    auto file = std::make_unique<FileSource>(std::move(fd), cancelled);
    while (w.end_ < 4) {  // a pipe may give the magic octet by octet
        const std::size_t got = file->read({w.buffer_.get() + w.end_, piece - w.end_});
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

/// What was not consumed goes to the front of our own buffer, with room for more behind it.
void Window::move_to_front() {
    const std::size_t rest = size();
    std::size_t needed = capacity_;
    while (needed <= rest) needed *= 2;
    if (needed > capacity_) {
        auto larger = std::make_unique_for_overwrite<std::uint8_t[]>(needed);
        std::memcpy(larger.get(), data(), rest);
        buffer_ = std::move(larger);
        capacity_ = needed;
    } else {
        std::memmove(buffer_.get(), data(), rest);
    }
    storage_ = buffer_.get();
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
    const std::size_t got = source_->read({buffer_.get() + end_, std::min(capacity_ - end_, piece)});
    end_ += got;
    return got > 0;
}

}  // namespace sw

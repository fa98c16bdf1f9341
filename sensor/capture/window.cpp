#include "sensor/capture/window.hpp"

#include <algorithm>
#include <cstring>

#include "sensor/capture/read_ahead.hpp"

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

void Window::move_to_front() {
    const std::size_t rest = size();
    if (rest == capacity_) {
        auto larger = std::make_unique_for_overwrite<std::uint8_t[]>(2 * capacity_);
        std::memcpy(larger.get(), data(), rest);
        buffer_ = std::move(larger);
        capacity_ *= 2;
    } else {
        std::memmove(buffer_.get(), data(), rest);
    }
    base_ += at_;
    at_ = 0;
    end_ = rest;
}

bool Window::refill() {
    move_to_front();
    if (++refills_ == pieces_alone) source_ = std::make_unique<ReadAhead>(std::move(source_), cancelled_);
    const std::size_t got = source_->read({buffer_.get() + end_, std::min(capacity_ - end_, piece)});
    end_ += got;
    return got > 0;
}

}  // namespace sw

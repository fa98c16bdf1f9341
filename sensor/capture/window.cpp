#include "sensor/capture/window.hpp"

#include <algorithm>
#include <cstring>

namespace sw {

Window Window::open(UniqueFd fd) {
    Window w;
    auto file = std::make_unique<FileSource>(std::move(fd));
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
    const std::size_t got = source_->read({buffer_.get() + end_, std::min(capacity_ - end_, piece)});
    end_ += got;
    return got > 0;
}

}  // namespace sw

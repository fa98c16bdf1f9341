#include "sensor/capture/compressed_source.hpp"

#include <algorithm>

namespace sw {

namespace {
constexpr std::size_t input_octets = 64 * 1024;
}

CompressedSource::CompressedSource(std::unique_ptr<FileSource> file, std::span<const std::uint8_t> head)
    : file_(std::move(file)), input_(head.begin(), head.end()) {
    waiting_ = input_;
}

std::size_t CompressedSource::read(std::span<std::uint8_t> out) {
    std::size_t made = 0;
    while (made == 0 && failure_.empty()) {
        if (waiting_.empty() && !pending_ && !fill()) break;
        made = step(out);
    }
    return made;
}

bool CompressedSource::fill() {
    input_.resize(std::max(input_.size(), input_octets));
    const std::size_t got = file_->read(input_);
    waiting_ = std::span(input_).first(got);
    if (got > 0) return true;
    failure_ = file_->failure();
    if (failure_.empty() && inside_) failure_ = "the compressed file is cut: it ends in the middle of its stream";
    return false;
}

}  // namespace sw

#pragma once
/// The reader's one buffer: the octets of the (decompressed) file that are read and not yet consumed. Frames are
/// views into it, so it moves them only in refill().
/// memory: 256 KiB (and what ReadAhead takes), doubled while one record does not fit, and only as far as octets really come
#include <cstdint>
#include <memory>

#include "rules/base/bytes.hpp"
#include "rules/base/result.hpp"
#include "sensor/capture/byte_source.hpp"
#include "sensor/capture/read_ahead.hpp"

namespace sw {

class Window {
public:
    static constexpr std::size_t piece = 256 * 1024;
    static constexpr int pieces_alone = 4;  ///< a compressed file of more pieces than this is worth a thread that decompresses ahead

    /// Read the first piece and tell the compression from it.
    static Window open(UniqueFd fd, bool (*cancelled)());

    const std::uint8_t* data() const { return storage_ + at_; }
    std::size_t size() const { return end_ - at_; }
    Bytes octets() const { return {data(), size()}; }
    void consume(std::size_t n) { at_ += n; }

    /// Read once more; what was not consumed moves to the front. false: the end, or failure().
    bool refill();
    /// refill() until n octets are there or the file ends.
    void want(std::size_t n) {
        while (size() < n && refill()) {
        }
    }

    /// Of data() in the decompressed file.
    std::uint64_t offset() const { return base_ + at_; }
    /// Octets used of the file as stored.
    std::uint64_t position() const { return compressed_ ? source_->position() : offset(); }
    const std::string& failure() const { return source_->failure(); }

private:
    void move_to_front();
    bool borrow(bool& more);

    std::unique_ptr<ByteSource> source_;
    bool compressed_ = false;
    bool (*cancelled_)() = nullptr;
    int refills_ = 0;
    std::unique_ptr<std::uint8_t[]> buffer_ = std::make_unique_for_overwrite<std::uint8_t[]>(piece);
    std::size_t capacity_ = piece;
    std::uint8_t* storage_ = buffer_.get();  ///< buffer_, or a piece that ahead_ lent
    ReadAhead* ahead_ = nullptr;             ///< source_, once it reads ahead
    std::size_t at_ = 0, end_ = 0;
    std::uint64_t base_ = 0;  ///< of storage_[0] in the decompressed file
};

}  // namespace sw

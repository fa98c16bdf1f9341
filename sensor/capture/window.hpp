#pragma once
/// The reader's one buffer: the octets of the (decompressed) file that are read and not yet consumed. Frames are
/// views into it, so it moves them only in refill().
/// memory: 256 KiB (and what ReadAhead takes), doubled while one record does not fit, and only as far as octets really come
#include <cstdint>
#include <memory>
#include <vector>

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
    /// buffers: so many turns() later the octets of a buffer are overwritten (1: at the next)
    static Window open(UniqueFd fd, bool (*cancelled)(), std::size_t buffers);

    const std::uint8_t* data() const { return storage_ + at_; }
    std::size_t size() const { return end_ - at_; }
    Bytes octets() const { return {data(), size()}; }
    void consume(std::size_t n) {
        at_ += n;
        used_ = true;
    }

    /// Read once more; what was not consumed moves to the front. false: the end, or failure().
    bool refill();
    /// refill() until n octets are there or the file ends.
    void want(std::size_t n) {
        while (size() < n && refill()) {
        }
    }

    /// How often consumed octets were left behind in their buffer.
    std::uint64_t turns() const { return turns_; }

    /// Of data() in the decompressed file.
    std::uint64_t offset() const { return base_ + at_; }
    /// Octets used of the file as stored.
    std::uint64_t position() const { return compressed_ ? source_->position() : offset(); }
    bool compressed() const { return compressed_; }
    const std::string& failure() const { return source_->failure(); }

private:
    void move_to_front();
    bool borrow(bool& more);

    std::unique_ptr<ByteSource> source_;
    bool compressed_ = false;
    bool (*cancelled_)() = nullptr;
    int refills_ = 0;
    struct Buffer {
        std::unique_ptr<std::uint8_t[]> octets = std::make_unique_for_overwrite<std::uint8_t[]>(piece);
        std::size_t capacity = piece;
    };
    std::vector<Buffer> buffers_;  ///< taken in turn
    std::size_t current_ = 0;
    std::uint64_t turns_ = 0;
    bool used_ = false;                ///< something of the current buffer was consumed
    std::uint8_t* storage_ = nullptr;  ///< the current buffer, or a piece that ahead_ lent
    ReadAhead* ahead_ = nullptr;       ///< source_, once it reads ahead
    std::size_t at_ = 0, end_ = 0;
    std::uint64_t base_ = 0;  ///< of storage_[0] in the decompressed file
};

}  // namespace sw

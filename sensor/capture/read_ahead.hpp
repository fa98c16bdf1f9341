#pragma once
/// A source read by a thread of its own, a few pieces ahead: the second core decompresses while the first judges. (For plain
/// files it was measured to cost more than it saves: the octets change cores.) Order and contents are those of the source; no verdict
/// depends on the timing.
#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "sensor/capture/byte_source.hpp"

namespace sw {

class ReadAhead final : public ByteSource {
public:
    /// memory: 4 pieces of 256 KiB and room in front of each. Throws std::system_error where no thread can be had.
    ReadAhead(std::unique_ptr<ByteSource> source, bool (*cancelled)());
    /// Waits for a read in progress; a source that waits for a pipe is woken by its own time limit (FileSource).
    ~ReadAhead() override;

    std::size_t read(std::span<std::uint8_t> out) override;

    /// The next octets without copying them: rest (what the caller has not used of what it was lent before, or anything) moves
    /// in front of the next piece, and out is both. At the end, out is rest where it stands.
    /// lifetime: out is valid until the next read() or lend()
    /// false: rest is too long for that; nothing happened, use read()
    bool lend(std::span<std::uint8_t> rest, std::span<std::uint8_t>& out);

    std::uint64_t position() const override { return position_; }

private:
    static constexpr std::size_t pieces = 4, piece = 256 * 1024, room = 64 * 1024;
    struct Piece {
        std::vector<std::uint8_t> octets = std::vector<std::uint8_t>(room + piece);  ///< room in front for lend()
        std::size_t size = 0;                                                        ///< 0: the end
        std::uint64_t position = 0;
    };
    void run();
    bool wait_for(std::size_t number);
    void release();

    std::unique_ptr<ByteSource> source_;
    bool (*cancelled_)() = nullptr;
    std::array<Piece, pieces> ring_;
    std::size_t filled_ = 0, taken_ = 0;  ///< pieces so far; filled_ - taken_ are waiting
    std::size_t used_ = 0;                ///< octets of the piece in hand
    bool lent_ = false;                   ///< the piece in hand is with the caller
    std::uint64_t position_ = 0;
    bool quit_ = false;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::thread thread_;
};

}  // namespace sw

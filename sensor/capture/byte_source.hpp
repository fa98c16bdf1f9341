#pragma once
/// Octets of a file in order, as stored or decompressed. One virtual call a 256 KiB piece, never one a frame.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "rules/base/unique_fd.hpp"

namespace sw {

class ByteSource {
public:
    ByteSource() = default;
    ByteSource(const ByteSource&) = delete;
    ByteSource& operator=(const ByteSource&) = delete;
    virtual ~ByteSource() = default;

    /// Put at least one octet into out (never empty). 0: the end, or failure(). Blocks only while it has nothing.
    virtual std::size_t read(std::span<std::uint8_t> out) = 0;
    /// Octets of the file as stored that were used up.
    virtual std::uint64_t position() const = 0;
    /// Stop waiting for octets: read() in progress or to come returns 0 soon. From any thread.
    virtual void give_up() { given_up_ = true; }
    bool given_up() const { return given_up_; }

    /// Why no more can come, in plain words; empty while all is well.
    const std::string& failure() const { return failure_; }

protected:
    std::string failure_;

private:
    std::atomic<bool> given_up_ = false;
};

/// read(2), of a file or a pipe. A pipe is waited for a tenth of a second at a time, so that give_up() is heard.
class FileSource final : public ByteSource {
public:
    FileSource(UniqueFd fd, bool (*cancelled)());
    std::size_t read(std::span<std::uint8_t> out) override;
    std::uint64_t position() const override { return position_; }

private:
    bool wait();

    UniqueFd fd_;
    bool (*cancelled_)() = nullptr;
    bool may_block_ = false;
    std::uint64_t position_ = 0;
};

/// What head, the octets already read of file, begins with.
enum class Compression { none, gzip, zstd };
Compression compression_of(std::span<const std::uint8_t> head);

/// Many members or frames in a row are one stream, as cat(1) joins them. head: the octets already read of file.
/// memory: 64 KiB of input and the decoder's window (gzip 32 KiB; zstd at most 8 MiB, the least that RFC 8878 section
///         3.1.1.1.2 asks of a decoder: a frame that claims more is refused)
std::unique_ptr<ByteSource> gzip_source(std::unique_ptr<FileSource> file, std::span<const std::uint8_t> head);
std::unique_ptr<ByteSource> zstd_source(std::unique_ptr<FileSource> file, std::span<const std::uint8_t> head);

}  // namespace sw

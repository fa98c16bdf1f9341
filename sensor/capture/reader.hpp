#pragma once
/// Reads capture files: pcap (micro- and nanoseconds, both byte orders, the modified formats) and pcapng (many
/// sections and interfaces), plain, gzip or zstd, told apart by content. One pass, from a file or a pipe.
/// source: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng, https://wiki.wireshark.org/Development/LibpcapFileFormat
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rules/base/result.hpp"
#include "rules/base/unique_fd.hpp"
#include "sensor/capture/frame.hpp"

namespace sw {

/// Why reading ended before the end of the file. All frames before it were delivered.
struct ReadStop {
    std::uint64_t frame = 0;   ///< number of the last frame delivered
    std::uint64_t offset = 0;  ///< octet in the (decompressed) file where the trouble begins
    std::string why;           ///< "stopped at frame N, offset X: why" is made from the three
};

class CaptureReader {
public:
    /// Take a descriptor that is open for reading. The first octets tell the format.
    /// errors: not a capture file, unsupported version or compression: code input, the text names the fix
    /// memory: a 256 KiB buffer (grows to one frame, at most max_frame), whatever the file claims; for compressed files,
    ///         from the second MiB on, 1.25 MiB that a thread decompresses ahead into; a decoder's window of
    ///         at most 8 MiB
    /// cancelled: asked while a pipe keeps us waiting, from any thread; once true, next() returns 0 soon
    /// buffers: for callers that keep frames longer than until the next call; see turns()
    static Result<CaptureReader> open(UniqueFd fd, bool (*cancelled)() = nullptr, std::size_t buffers = 1);

    CaptureReader(CaptureReader&&) noexcept;
    CaptureReader& operator=(CaptureReader&&) noexcept;
    ~CaptureReader();

    /// Fill out with the next frames, in file order. 0: the end, or stopped(). Never blocks for more once it has one
    /// frame and the source is a pipe.
    /// lifetime: the frames' data lives until the next call; of a plain file opened with n buffers, until turns() is n more than
    ///           after the call that gave them
    std::size_t next(std::span<Frame> out);
    /// How often the frames' buffer changed. One call of next() adds at most one.
    std::uint64_t turns() const;
    bool compressed() const;

    /// Set when the file ended early: torn, or claiming what cannot be.
    const std::optional<ReadStop>& stopped() const;
    /// Datalinks in the order of first appearance, of interfaces that delivered a frame or (pcap) that the header names.
    const std::vector<Datalink>& datalinks() const;
    /// Octets consumed of the file as stored (for progress).
    std::uint64_t position() const;

    static constexpr std::uint32_t max_frame = 16u << 20;

private:
    class Impl;
    explicit CaptureReader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace sw

#include <fmt/format.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <new>

#include "sensor/capture/compressed_source.hpp"

namespace sw {

namespace {

constexpr int window_log_max = 23;

class ZstdSource final : public CompressedSource {
public:
    ZstdSource(std::unique_ptr<FileSource> file, std::span<const std::uint8_t> head)
        : CompressedSource(std::move(file), head), decoder_(ZSTD_createDCtx()) {
        if (!decoder_ || ZSTD_isError(ZSTD_DCtx_setParameter(decoder_.get(), ZSTD_d_windowLogMax, window_log_max))) throw std::bad_alloc();
    }

private:
    struct Free {
        void operator()(ZSTD_DCtx* d) const { ZSTD_freeDCtx(d); }
    };
    std::size_t step(std::span<std::uint8_t> out) override;
    std::unique_ptr<ZSTD_DCtx, Free> decoder_;
};

std::size_t ZstdSource::step(std::span<std::uint8_t> out) {
    ZSTD_inBuffer in{waiting_.data(), waiting_.size(), 0};
    ZSTD_outBuffer made{out.data(), out.size(), 0};
    const std::size_t hint = ZSTD_decompressStream(decoder_.get(), &made, &in);
    waiting_ = waiting_.subspan(in.pos);
    if (ZSTD_isError(hint)) {
        const bool large = ZSTD_getErrorCode(hint) == ZSTD_error_frameParameter_windowTooLarge;
        failure_ =
            fmt::format("zstd: the stream {}", large ? "needs a window above 8 MiB; compress it with zstd -19 or less, without --long"
                                                     : fmt::format("is damaged ({})", ZSTD_getErrorName(hint)));
    }
    inside_ = hint != 0;
    pending_ = inside_ && made.pos == made.size;
    return made.pos;
}

}  // namespace

std::unique_ptr<ByteSource> zstd_source(std::unique_ptr<FileSource> file, std::span<const std::uint8_t> head) {
    return std::make_unique<ZstdSource>(std::move(file), head);
}

}  // namespace sw

#include <fmt/format.h>
#include <zlib.h>

#include <new>

#include "sensor/capture/compressed_source.hpp"

namespace sw {

namespace {

class GzipSource final : public CompressedSource {
public:
    GzipSource(std::unique_ptr<FileSource> file, std::span<const std::uint8_t> head) : CompressedSource(std::move(file), head) {
        constexpr int gzip_only = 16 + MAX_WBITS;
        if (inflateInit2(&z_, gzip_only) != Z_OK) throw std::bad_alloc();
    }
    ~GzipSource() override { inflateEnd(&z_); }

private:
    std::size_t step(std::span<std::uint8_t> out) override;
    z_stream z_{};
};

std::size_t GzipSource::step(std::span<std::uint8_t> out) {
    if (!inside_ && inflateReset(&z_) != Z_OK) failure_ = "gzip: cannot begin the next member";
    inside_ = true;
    // zlib's own type lacks const where ZLIB_CONST is not set; it never writes there.
    z_.next_in = const_cast<Bytef*>(waiting_.data());
    z_.avail_in = static_cast<uInt>(waiting_.size());
    z_.next_out = out.data();
    z_.avail_out = static_cast<uInt>(out.size());
    const int code = inflate(&z_, Z_NO_FLUSH);
    waiting_ = waiting_.last(z_.avail_in);
    pending_ = z_.avail_out == 0;
    switch (code) {
        case Z_OK:
        case Z_BUF_ERROR:
            break;  // the latter: nothing was pending after all
        case Z_STREAM_END:
            pending_ = inside_ = false;
            break;
        default:
            failure_ = fmt::format("gzip: the stream is damaged ({})", z_.msg ? z_.msg : zError(code));
    }
    return out.size() - z_.avail_out;
}

}  // namespace

std::unique_ptr<ByteSource> gzip_source(std::unique_ptr<FileSource> file, std::span<const std::uint8_t> head) {
    return std::make_unique<GzipSource>(std::move(file), head);
}

}  // namespace sw

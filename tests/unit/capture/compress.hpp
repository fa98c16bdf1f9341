#pragma once
/// Octets compressed, as people keep captures and logs.
#include <zlib.h>
#include <zstd.h>

#include "tests/support/catch.hpp"
#include "tests/unit/capture/capture_files.hpp"

namespace sw::test {

inline Octets gzip(const Octets& plain) {
    z_stream z{};
    REQUIRE(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    Octets out(deflateBound(&z, static_cast<uLong>(plain.size())) + 64);
    z.next_in = const_cast<Bytef*>(plain.data());
    z.avail_in = static_cast<uInt>(plain.size());
    z.next_out = out.data();
    z.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END);
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}

inline Octets zstd(const Octets& plain, int window_log = 0) {
    ZSTD_CCtx* c = ZSTD_createCCtx();
    if (window_log > 0) {
        ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, window_log);
        ZSTD_CCtx_setParameter(c, ZSTD_c_contentSizeFlag, 0);
    }
    Octets out(ZSTD_compressBound(plain.size()));
    ZSTD_inBuffer in{plain.data(), plain.size(), 0};
    ZSTD_outBuffer made{out.data(), out.size(), 0};
    // Begun without its size, so that the frame states its window.
    ZSTD_inBuffer nothing{plain.data(), 0, 0};
    if (window_log > 0) ZSTD_compressStream2(c, &made, &nothing, ZSTD_e_flush);
    REQUIRE(ZSTD_compressStream2(c, &made, &in, ZSTD_e_end) == 0);
    ZSTD_freeCCtx(c);
    out.resize(made.pos);
    return out;
}

}  // namespace sw::test

// With AVX2 or AVX-512, where the processor has it. The last vector may overlap the one before: to look twice is to see the same.
#include <immintrin.h>

#include <algorithm>

#include "sensor/conform/smtp/smtp_look.hpp"

namespace sw::smtp {
namespace {

[[gnu::target("avx2")]] Look look_avx2(const std::uint8_t* p, std::size_t size) {
    constexpr std::size_t width = 32;
    if (size < width) return look_portably(p, size);
    const __m256i cr = _mm256_set1_epi8('\r'), lf = _mm256_set1_epi8('\n'), dot = _mm256_set1_epi8('.');
    __m256i odd = _mm256_setzero_si256(), all = odd, least = cr;
    for (std::size_t i = 0;; i = std::min(i + width, size - width)) {
        const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + i));
        const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + i + 1));
        const __m256i alone = _mm256_xor_si256(_mm256_cmpeq_epi8(a, cr), _mm256_cmpeq_epi8(b, lf));
        const __m256i dotted = _mm256_and_si256(_mm256_cmpeq_epi8(a, lf), _mm256_cmpeq_epi8(b, dot));
        odd = _mm256_or_si256(odd, _mm256_or_si256(alone, dotted));
        least = _mm256_min_epu8(least, b);
        all = _mm256_or_si256(all, b);
        if (i + width == size) break;
    }
    odd = _mm256_or_si256(odd, _mm256_cmpeq_epi8(least, _mm256_setzero_si256()));
    return {_mm256_testz_si256(odd, odd) == 0, _mm256_movemask_epi8(all) != 0};
}

[[gnu::target("avx512bw")]] Look look_avx512(const std::uint8_t* p, std::size_t size) {
    constexpr std::size_t width = 64;
    if (size < width) return look_avx2(p, size);
    const __m512i cr = _mm512_set1_epi8('\r'), lf = _mm512_set1_epi8('\n'), dot = _mm512_set1_epi8('.');
    __mmask64 odd = 0;
    __m512i all = _mm512_setzero_si512(), least = cr;
    for (std::size_t i = 0;; i = std::min(i + width, size - width)) {
        const __m512i a = _mm512_loadu_si512(p + i), b = _mm512_loadu_si512(p + i + 1);
        odd |= _mm512_cmpeq_epi8_mask(a, cr) ^ _mm512_cmpeq_epi8_mask(b, lf);
        odd |= _mm512_mask_cmpeq_epi8_mask(_mm512_cmpeq_epi8_mask(a, lf), b, dot);
        least = _mm512_min_epu8(least, b);
        all = _mm512_or_si512(all, b);
        if (i + width == size) break;
    }
    odd |= _mm512_testn_epi8_mask(least, least);
    return {odd != 0, _mm512_movepi8_mask(all) != 0};
}

}  // namespace

std::span<LookAt* const> looks() {
    static constexpr LookAt* all[] = {look_portably, look_avx2, look_avx512};
    return std::span(all).first(__builtin_cpu_supports("avx512bw") ? 3 : __builtin_cpu_supports("avx2") ? 2 : 1);
}

}  // namespace sw::smtp

// The same by AVX2, where the processor has it.
#include "rules/packet/common_avx2.hpp"
#include "sensor/glance.hpp"
#include "sensor/wire.hpp"

namespace sw {
namespace {

[[gnu::target("avx2")]] void glance_avx2(std::span<const Frame> frames, const WireCheck& wire, Glance* out) {
    for (const Frame& frame : frames) {
        Glance& g = *out++;
        g.ts = frame.ts;
        g.link = frame.link;
        g.is_common = whole_ethernet(frame) && read_common_avx2(frame.data, frame.len, g.common) && wire.clean(g.common);
    }
}

}  // namespace

GlanceAt* fastest_glance() { return __builtin_cpu_supports("avx2") ? glance_avx2 : glance_portably; }

}  // namespace sw

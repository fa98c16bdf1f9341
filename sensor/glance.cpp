#include "sensor/glance.hpp"

#include "sensor/wire.hpp"

namespace sw {

void glance_portably(std::span<const Frame> frames, const WireCheck& wire, Glance* out) {
    for (const Frame& frame : frames) {
        Glance& g = *out++;
        g.ts = frame.ts;
        g.link = frame.link;
        g.is_common = whole_ethernet(frame) && read_common(frame.data, frame.len, g.common) && wire.clean(g.common);
    }
}

}  // namespace sw

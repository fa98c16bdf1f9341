#pragma once
/// What a look at one frame alone says: the part of judging that needs no state, so another thread can do it ahead.
#include <span>

#include "rules/packet/common_frame.hpp"
#include "sensor/capture/frame.hpp"

namespace sw {

class WireCheck;

struct alignas(64) Glance {
    CommonFrame common;
    Timestamp ts;
    Datalink link;
    bool is_common = false;  ///< `common` is set; else judging decodes the frame wholly
};

/// out.size() >= frames.size()
using GlanceAt = void(std::span<const Frame> frames, const WireCheck& wire, Glance* out);
/// The portable one, and the one that suits this processor best: they differ in nothing but time.
GlanceAt glance_portably;
GlanceAt* fastest_glance();

/// Only such frames may be common.
inline bool whole_ethernet(const Frame& frame) { return (frame.link.linktype == linktype::en10mb) & (frame.caplen == frame.len); }

}  // namespace sw

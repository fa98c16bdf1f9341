// Frames that a mirror wrapped: what is judged is the frame within, what was captured is the evidence.
#include "sensor/engine_impl.hpp"

namespace sw {
namespace {

/// No rules exist for this link, so a frame on it is grey by what was found, and no rule is asked.
constexpr Datalink unread{0xffff, false};

}  // namespace

Result<Done> Engine::Impl::prepare(Datalink captured) {
    if (mirror_ != nullptr)
        if (auto done = mirror_->prepare(captured); !done) return done;
    const auto index = link_index(mirror_ != nullptr ? mirror_->inner_link() : captured);
    if (!index) return Unexpected{index.error()};
    return Done{};
}

void Engine::Impl::see(const Frame& frame, Seen& seen) const {
    if (mirror_ == nullptr) {
        seen.opened.frame = frame;
        return read(frame, seen.packet, seen.untagged);
    }
    mirror_->open(frame, seen.opened);
    read(seen.opened.frame, seen.packet, seen.untagged);
    mirror_->note(seen.opened, seen.packet);
}

bool Engine::Impl::is_common_within(const Opened& opened, CommonFrame& common) const {
    const Frame& f = opened.frame;
    const bool plain = shortcut_ && opened.refused.empty() && opened.wrapped.flaws.empty() && opened.wrapped.wrapping.from == 0;
    if (!plain || f.link.linktype != linktype::en10mb || f.caplen != f.len || !read_common(f.data, f.len, common)) return false;
    const bool may_nest = common.proto == 17 && common.dport == policy.wire.mirror.format.port;
    return !may_nest && wire_.clean(common);
}

void Engine::Impl::glance_within(const Opened& opened, Glance& g) const {
    g.ts = opened.frame.ts;
    g.link = opened.refused.empty() ? opened.frame.link : unread;
    g.is_common = is_common_within(opened, g.common);
}

/// Open the batch. How many frames can be: those before the first whose link the mirror's filter does not compile for. Glances
/// that came with them are kept.
std::size_t Engine::Impl::open(std::span<const Frame> captured, const Glance*& glances, std::optional<Error>& error) {
    for (std::size_t i = 0; i < captured.size(); ++i) {
        if (carrier_ != captured[i].link) {
            if (auto done = mirror_->prepare(captured[i].link); !done) {
                error = done.error();
                if (glances == nullptr) glances = glances_.data();
                return i;
            }
            carrier_ = captured[i].link;
        }
        mirror_->open(captured[i], opened_[i]);
        inner_[i] = opened_[i].frame;
        if (glances == nullptr) glance_within(opened_[i], glances_[i]);
    }
    if (glances == nullptr) glances = glances_.data();
    return captured.size();
}

void Engine::Impl::account_mirror(std::size_t frames, std::span<Judgement> out) {
    MirrorCounters& m = counters.mirror;
    for (std::size_t i = 0; i < frames; ++i) {
        out[i].wrapped = static_cast<std::uint16_t>(opened_[i].wrapped.wrapping.octets());
        ++(opened_[i].refused.empty() ? m.frames : m.refused);
        sequence_.take(opened_[i].wrapped);
    }
    m.lost = sequence_.lost();
}

}  // namespace sw

#include "sensor/mirror_sequence.hpp"

#include <algorithm>

namespace sw {

void MirrorSequence::take(const Wrapped& w) {
    if (!w.sequence) return;
    numbered_ = true;
    const auto is_it = [&w](const Session& s) { return s.id == w.id && s.sender == w.sender; };
    auto session = std::find_if(sessions_.begin(), sessions_.end(), is_it);
    if (session == sessions_.end()) {
        crowded_ = crowded_ || sessions_.size() == most_sessions;
        if (sessions_.size() < most_sessions) begin(sessions_.emplace_back(Session{.sender = w.sender, .id = w.id}), *w.sequence);
        return;
    }
    if (*w.sequence - session->next <= most_lost)
        ahead(*session, *w.sequence);
    else if (session->next - *w.sequence <= window)
        behind(*session, *w.sequence);
    else
        stray(*session, *w.sequence, enough_far);
}

void MirrorSequence::begin(Session& s, std::uint32_t number) {
    s.next = number + 1;
    s.strangers = 0;
    s.missing.reset();
}

void MirrorSequence::ahead(Session& s, std::uint32_t number) {
    const std::uint32_t between = number - s.next;
    lost_ += between;
    if (between >= window) s.missing.set();
    for (std::uint32_t i = 1; i <= std::min(between, window); ++i) s.missing.set((number - i) % window);
    s.missing.reset(number % window);
    s.next = number + 1;
    s.strangers = 0;
}

/// Late, or a copy; or of a sender that began anew, so shortly after it had begun that its numbers look like copies.
void MirrorSequence::behind(Session& s, std::uint32_t number) {
    if (!s.missing.test(number % window)) return stray(s, number, enough_known);
    s.missing.reset(number % window);
    --lost_;
}

void MirrorSequence::stray(Session& s, std::uint32_t number, std::uint32_t enough) {
    const bool rises = s.strangers > 0 && number - s.strange - 1 < window;
    const std::uint32_t before = s.strange;
    s.strangers = rises ? s.strangers + 1 : 1;
    s.strange = number;
    if (s.strangers < enough) return;
    begin(s, before);
    ahead(s, number);
}

}  // namespace sw

#include "sensor/conform/held_frames.hpp"

#include <algorithm>
#include <cstring>

namespace sw {

HeldFrames::Place HeldFrames::hold(const Frame& frame, Place before) {
    if (frame.caplen > longest) return before;
    // A frame lies in one piece: what is left at the ring's end is passed over.
    const std::uint64_t offset = head_ % most_octets;
    if (offset + frame.caplen > most_octets) head_ += most_octets - offset;
    ++newest_;
    entries_[newest_ % most_frames] = {frame, before, head_};
    std::memcpy(&octets_[head_ % most_octets], frame.data, frame.caplen);
    head_ += frame.caplen;
    return newest_;
}

bool HeldFrames::is_there(Place place) const {
    if (place == 0 || newest_ - place >= most_frames) return false;
    return head_ - entries_[place % most_frames].at <= most_octets;
}

std::vector<HeldFrame> HeldFrames::of(Place last, std::size_t most) const {
    std::vector<HeldFrame> list;
    for (Place p = last; list.size() < most && is_there(p); p = entries_[p % most_frames].before) {
        const Entry& e = entries_[p % most_frames];
        const std::uint8_t* octets = &octets_[e.at % most_octets];
        HeldFrame& held = list.emplace_back(HeldFrame{e.frame, {octets, octets + e.frame.caplen}});
        held.frame.data = held.octets.data();
    }
    std::reverse(list.begin(), list.end());
    return list;
}

}  // namespace sw

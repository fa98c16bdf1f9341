#include "sensor/conform/stream_machine.hpp"

namespace sw {

std::optional<Breach> StreamMachine::octets(Side from, Bytes octets, Timestamp now, Listener& listener) {
    std::uint64_t& at = offsets_[static_cast<unsigned>(from)];
    while (!octets.empty() && !satisfied()) {
        const std::size_t taken = take(from, octets, {now, listener});
        at += taken;
        octets = octets.subspan(taken);
        if (fault_) return breach_of(fault_->reason, from, at, octets, fault_->state, fault_->expected);
    }
    return std::nullopt;
}

std::optional<Breach> StreamMachine::end(Side from, bool reset, Timestamp now, Listener& listener) {
    if (reset) return std::nullopt;  // a host may always be cut off
    ends(from, {now, listener});
    if (!fault_) return std::nullopt;
    return breach_of(fault_->reason, from, offset(from), {}, fault_->state, fault_->expected);
}

bool StreamMachine::gap(Side from, std::uint64_t octets) {
    if (!skip(from, octets)) return false;
    offsets_[static_cast<unsigned>(from)] += octets;
    return true;
}

}  // namespace sw

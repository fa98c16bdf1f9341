#include "sensor/conform/stream_machine.hpp"

namespace sw {
namespace {

/// Adds what came before the next machine to its offsets.
class Shifted final : public Listener {
public:
    Shifted(Listener& listener, const std::uint64_t (&offsets)[2]) : listener_(listener), offsets_(offsets) {}
    void told(Side by, Told what, std::string_view value, std::uint64_t offset) override {
        listener_.told(by, what, value, offset + offsets_[static_cast<unsigned>(by)]);
    }

private:
    Listener& listener_;
    const std::uint64_t (&offsets_)[2];
};

}  // namespace

std::optional<Breach> StreamMachine::octets(Side from, Bytes octets, Timestamp now, Listener& listener) {
    const Hearing hearing{now, listener};
    std::uint64_t& at = offsets_[static_cast<unsigned>(from)];
    while (!octets.empty() && !satisfied()) {
        if (next_ != nullptr) return pass_on(from, octets, hearing);
        const std::size_t taken = take(from, octets, hearing);
        at += taken;
        octets = octets.subspan(taken);
        if (fault_) return breach_of(fault_->reason, from, at, octets, fault_->state, fault_->expected);
    }
    return std::nullopt;
}

std::optional<Breach> StreamMachine::end(Side from, bool reset, Timestamp now, Listener& listener) {
    const Hearing hearing{now, listener};
    if (next_ != nullptr) {
        Shifted shifted(listener, offsets_);
        return in_own_place(next_->end(from, reset, now, shifted));
    }
    ends(from, reset, hearing);
    if (!fault_) return std::nullopt;
    return breach_of(fault_->reason, from, offset(from), {}, fault_->state, fault_->expected);
}

bool StreamMachine::gap(Side from, std::uint64_t octets) {
    if (next_ != nullptr) return next_->gap(from, octets);
    if (!misses(from, octets)) return false;
    offsets_[static_cast<unsigned>(from)] += octets;
    return true;
}

void StreamMachine::hand_over(Machine& next) { next_ = &next; }

std::optional<Breach> StreamMachine::pass_on(Side from, Bytes octets, const Hearing& hearing) {
    Shifted shifted(hearing.listener, offsets_);
    return in_own_place(next_->octets(from, octets, hearing.now, shifted));
}

std::optional<Breach> StreamMachine::in_own_place(std::optional<Breach> breach) const {
    if (breach) breach->offset += offsets_[static_cast<unsigned>(breach->side)];
    return breach;
}

}  // namespace sw

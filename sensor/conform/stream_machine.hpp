#pragma once
/// What the machines of streams share: where each side stands, and how the first wrong octet becomes a breach.
#include "rules/base/bytes.hpp"
#include "sensor/conform/machine.hpp"

namespace sw {

/// came: from offset on; none: the side ended there.
inline Breach breach_of(Reason reason, Side side, std::uint64_t offset, Bytes came, std::string_view state, std::string_view expected) {
    Breach out{reason, side, offset, state, expected, {}, 0};
    out.show(came);
    return out;
}

/// A machine that takes its stream piece by piece. A piece ends where the machine likes; it is never asked to wait for more.
class StreamMachine : public Machine {
public:
    std::optional<Breach> octets(Side from, Bytes octets, Timestamp now, Listener& listener) override;
    std::optional<Breach> end(Side from, bool reset, Timestamp now, Listener& listener) override;
    bool gap(Side from, std::uint64_t octets) override;
    bool satisfied() const override { return false; }

protected:
    struct Hearing {
        Timestamp now;
        Listener& listener;
    };

    /// Take some octets of what came, at least one. returns how many; after wrong() the octet behind those is the wrong one.
    virtual std::size_t take(Side from, Bytes octets, const Hearing& hearing) = 0;
    /// This side ends (FIN). wrong(), if it must not here.
    virtual void ends(Side from, const Hearing& hearing) = 0;
    /// This many octets may be missing from this side without harm, if the machine counts them as taken.
    virtual bool skip(Side, std::uint64_t) { return false; }

    /// Not what the protocol allows: to be returned by take(). Both texts static.
    std::size_t wrong(std::string_view state, std::string_view expected, std::size_t taken = 0) {
        return wrong(Reason::not_speaking, state, expected, taken);
    }
    std::size_t wrong(Reason reason, std::string_view state, std::string_view expected, std::size_t taken = 0) {
        fault_ = {reason, state, expected};
        return taken;
    }

    /// Of the octet that take() is asked about.
    std::uint64_t offset(Side side) const { return offsets_[static_cast<unsigned>(side)]; }

private:
    struct Fault {
        Reason reason = Reason::not_speaking;
        std::string_view state, expected;
    };
    std::uint64_t offsets_[2] = {0, 0};
    std::optional<Fault> fault_;
};

}  // namespace sw

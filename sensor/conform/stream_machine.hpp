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
    std::optional<Breach> octets(Side from, Bytes octets, Timestamp now, Listener& listener) final;
    std::optional<Breach> end(Side from, bool reset, Timestamp now, Listener& listener) final;
    bool gap(Side from, std::uint64_t octets) final;

protected:
    struct Hearing {
        Timestamp now;
        Listener& listener;
    };

    /// Take some octets of what came, at least one. returns how many; after wrong() the octet behind those is the wrong one.
    virtual std::size_t take(Side from, Bytes octets, const Hearing& hearing) = 0;
    /// This side ends, by FIN or RST. wrong(), if it must not here.
    virtual void ends(Side from, bool reset, const Hearing& hearing) = 0;
    /// So many octets are missing. false: no way to go on.
    virtual bool misses(Side, std::uint64_t) { return false; }

    /// Not what the protocol allows: to be returned by take(). Both texts static.
    std::size_t wrong(std::string_view state, std::string_view expected, std::size_t taken = 0) {
        return wrong(Reason::not_speaking, state, expected, taken);
    }
    std::size_t wrong(Reason reason, std::string_view state, std::string_view expected, std::size_t taken = 0) {
        fault_ = {reason, state, expected};
        return taken;
    }

    /// Of the first octet that take() is asked about.
    std::uint64_t offset(Side side) const { return offsets_[static_cast<unsigned>(side)]; }

    /// From the next octet of either side on another machine judges (TLS behind STARTTLS). It stays the caller's.
    void hand_over(Machine& next);
    bool handed_over() const { return next_ != nullptr; }

private:
    std::optional<Breach> pass_on(Side from, Bytes octets, const Hearing& hearing);
    std::optional<Breach> in_own_place(std::optional<Breach> breach) const;

    struct Fault {
        Reason reason = Reason::not_speaking;
        std::string_view state, expected;
    };
    std::uint64_t offsets_[2] = {0, 0};  ///< after hand_over: where each side was then
    std::optional<Fault> fault_;
    Machine* next_ = nullptr;
};

}  // namespace sw

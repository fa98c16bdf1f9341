#pragma once
/// What the conversations of one rule must speak. Made once a rule, from the rule; makes a machine for each conversation.
#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>

#include "rules/packet/address.hpp"
#include "rules/policy/policy.hpp"
#include "sensor/conform/machine.hpp"

namespace sw {

/// Whose conversation a machine is made for.
struct Opening {
    bool datagrams = false;       ///< UDP; else a stream
    bool may_have_begun = false;  ///< within the grace: what came before the first datagram may have been missed
    Address initiator{};          ///< budgets that a rule sets are each initiator's own
    std::uint16_t port = 0;       ///< the responder's
};

class Protocol {
public:
    /// A machine that needs more is a machine to be made smaller.
    static constexpr std::size_t most_octets = 2048;

    virtual ~Protocol() = default;
    virtual std::size_t machine_octets() const = 0;  ///< at most most_octets
    /// A machine in memory of machine_octets(), aligned as operator new aligns. Whoever asked for it destroys it.
    virtual Machine* make(void* memory, const Opening& opening) = 0;
    /// UDP: how long a conversation may be silent and still be the same.
    virtual Duration idle() const { return std::chrono::seconds(30); }
    /// Another trace begins: what conversations of a rule share is forgotten. No machine is left.
    virtual void forget() {}
};

/// A protocol whose machines are made of what the rule says (Demands), or of nothing.
/// M is constructible from (const Demands&); Demands outlives the machines.
template <class M, class Demands>
class ProtocolOf final : public Protocol {
    static_assert(sizeof(M) <= most_octets && alignof(M) <= alignof(std::max_align_t));

public:
    explicit ProtocolOf(Demands demands) : demands_(std::move(demands)) {}
    std::size_t machine_octets() const override { return sizeof(M); }
    Machine* make(void* memory, const Opening&) override { return new (memory) M(demands_); }

private:
    Demands demands_;
};

/// A protocol whose machines want to know whether their beginning may have been missed, and for how long its conversations
/// may be silent.
template <class M>
class TunnelOf final : public Protocol {
    static_assert(sizeof(M) <= most_octets && alignof(M) <= alignof(std::max_align_t));

public:
    std::size_t machine_octets() const override { return sizeof(M); }
    Machine* make(void* memory, const Opening& opening) override { return new (memory) M(opening); }
    Duration idle() const override { return M::idle; }
};

/// By Rule::speaks; nullptr where the rule names no protocol. Policy and rule must outlive it.
/// hash_key: SipHash; verdicts do not depend on it
/// errors: none; the policy's reader has refused what no machine exists for
std::unique_ptr<Protocol> protocol_of(const Rule& rule, const Policy& policy, const std::array<std::uint8_t, 16>& hash_key);

}  // namespace sw

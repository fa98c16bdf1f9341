#pragma once
/// What the conversations of one rule must speak. Made once a rule, from the rule; makes a machine for each conversation.
#include <cstddef>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>

#include "rules/policy/policy.hpp"
#include "sensor/conform/machine.hpp"

namespace sw {

class Protocol {
public:
    /// A machine that needs more is a machine to be made smaller.
    static constexpr std::size_t most_octets = 2048;

    virtual ~Protocol() = default;
    virtual std::size_t machine_octets() const = 0;  ///< at most most_octets
    /// A machine in memory of machine_octets(), aligned as operator new aligns. Whoever asked for it destroys it.
    virtual Machine* make(void* memory, bool datagrams) = 0;
};

/// A protocol whose machines are made of what the rule says (Demands), or of nothing.
/// M is constructible from (const Demands&); Demands outlives the machines.
template <class M, class Demands>
class ProtocolOf final : public Protocol {
    static_assert(sizeof(M) <= most_octets && alignof(M) <= alignof(std::max_align_t));

public:
    explicit ProtocolOf(Demands demands) : demands_(std::move(demands)) {}
    std::size_t machine_octets() const override { return sizeof(M); }
    Machine* make(void* memory, bool) override { return new (memory) M(demands_); }

private:
    Demands demands_;
};

/// By Rule::speaks; nullptr where the rule names no protocol. Policy and rule must outlive it.
/// errors: none; the policy's reader has refused what no machine exists for
std::unique_ptr<Protocol> protocol_of(const Rule& rule, const Policy& policy);

}  // namespace sw

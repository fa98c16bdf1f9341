#pragma once
/// Machines without an engine: made by their protocols, asked octet by octet.
#include <memory>
#include <string>
#include <string_view>

#include "sensor/conform/protocol.hpp"

namespace sw::test {

/// Forgets what it is told, but for the last word.
struct Silent final : Listener {
    void told(Side, Told what, std::string_view value, std::uint64_t) override {
        last = what;
        text = value;
    }
    Told last{};
    std::string text;
};

/// One conversation of a protocol of its own.
class Conversation {
public:
    explicit Conversation(Protocol& protocol, const Opening& opening = {})
        : memory_(std::make_unique<std::byte[]>(protocol.machine_octets())), machine_(protocol.make(memory_.get(), opening)) {}
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;
    ~Conversation() { machine_->~Machine(); }

    std::optional<Breach> says(Side from, std::string_view octets, Timestamp now = {}) {
        return machine_->octets(from, {reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()}, now, listener);
    }
    std::optional<Breach> client(std::string_view octets, Timestamp now = {}) { return says(Side::initiator, octets, now); }
    std::optional<Breach> server(std::string_view octets, Timestamp now = {}) { return says(Side::responder, octets, now); }
    std::optional<Breach> end(Side from) { return machine_->end(from, false, {}, listener); }
    Machine& machine() { return *machine_; }
    Silent listener;

private:
    std::unique_ptr<std::byte[]> memory_;
    Machine* machine_;
};

inline std::unique_ptr<Protocol> protocol(const std::string& speaks, const Rule& like = {}) {
    static const Policy policy;
    Rule rule = like;
    rule.kind = RuleKind::allow;
    rule.speaks = speaks;
    return protocol_of(rule, policy, {});
}

}  // namespace sw::test

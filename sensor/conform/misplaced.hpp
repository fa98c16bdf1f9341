#pragma once
/// A protocol over a transport that it does not have (NTP over TCP, SMTP over UDP, any in a ping): the first octet is wrong already.
#include "rules/policy/spoken.hpp"
#include "sensor/conform/protocol.hpp"

namespace sw {

class MisplacedMachine final : public Machine {
public:
    /// Both static: "over UDP", "a TCP stream".
    MisplacedMachine(std::string_view where, std::string_view expected) : where_(where), expected_(expected) {}
    std::optional<Breach> octets(Side from, std::span<const std::uint8_t> octets, Timestamp, Listener&) override {
        Breach out{Reason::not_speaking, from, 0, where_, expected_, {}, 0};
        out.show(octets.first(std::min<std::size_t>(octets.size(), 1)));
        return out;
    }
    std::optional<Breach> end(Side, bool, Timestamp, Listener&) override { return std::nullopt; }
    bool gap(Side, std::uint64_t) override { return false; }

private:
    std::string_view where_, expected_;
};

/// What another protocol makes, where its transport is the one that it has.
class OverOneTransport final : public Protocol {
public:
    OverOneTransport(std::unique_ptr<Protocol> protocol, Carrier carrier) : protocol_(std::move(protocol)), carrier_(carrier) {}
    std::size_t machine_octets() const override { return std::max(protocol_->machine_octets(), sizeof(MisplacedMachine)); }
    Machine* make(void* memory, const Opening& opening) override {
        if (opening.datagrams == (carrier_ == Carrier::udp)) return protocol_->make(memory, opening);
        if (opening.datagrams) return new (memory) MisplacedMachine("over UDP", "a TCP stream");
        return new (memory) MisplacedMachine("over TCP", "a UDP datagram");
    }
    Duration idle() const override { return protocol_->idle(); }
    void forget() override { protocol_->forget(); }

private:
    std::unique_ptr<Protocol> protocol_;
    Carrier carrier_;
};

}  // namespace sw

#pragma once
/// A protocol over a transport that it does not have (NTP over TCP, SMTP over UDP): the first octet is wrong already.
#include "sensor/conform/protocol.hpp"

namespace sw {

class MisplacedMachine final : public Machine {
public:
    explicit MisplacedMachine(bool datagrams) : datagrams_(datagrams) {}
    std::optional<Breach> octets(Side from, std::span<const std::uint8_t> octets, Timestamp, Listener&) override {
        Breach out{
            Reason::not_speaking, from, 0, datagrams_ ? "over UDP" : "over TCP", datagrams_ ? "a TCP stream" : "a UDP datagram", {}, 0};
        out.show(octets.first(std::min<std::size_t>(octets.size(), 1)));
        return out;
    }
    std::optional<Breach> end(Side, bool, Timestamp, Listener&) override { return std::nullopt; }
    bool gap(Side, std::uint64_t) override { return false; }
    bool satisfied() const override { return false; }

private:
    bool datagrams_;
};

/// What another protocol makes, where its transport is the one that it has.
class OverOneTransport final : public Protocol {
public:
    OverOneTransport(std::unique_ptr<Protocol> protocol, bool datagrams) : protocol_(std::move(protocol)), datagrams_(datagrams) {}
    std::size_t machine_octets() const override { return std::max(protocol_->machine_octets(), sizeof(MisplacedMachine)); }
    Machine* make(void* memory, const Opening& opening) override {
        if (opening.datagrams != datagrams_) return new (memory) MisplacedMachine(opening.datagrams);
        return protocol_->make(memory, opening);
    }
    Duration idle() const override { return protocol_->idle(); }
    void forget() override { protocol_->forget(); }

private:
    std::unique_ptr<Protocol> protocol_;
    bool datagrams_;
};

}  // namespace sw

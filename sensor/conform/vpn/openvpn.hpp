#pragma once
/// OpenVPN over UDP, and over TCP behind lengths. The initiator is the client.
#include "sensor/conform/datagram_machine.hpp"
#include "sensor/conform/protocol.hpp"
#include "sensor/conform/stream_machine.hpp"
#include "sensor/conform/vpn/openvpn_packet.hpp"

namespace sw {

class OpenVpnDatagrams final : public DatagramMachine {
public:
    explicit OpenVpnDatagrams(bool begun) : packets_(begun) {}

private:
    std::optional<Fault> datagram(Side from, Bytes octets, Timestamp now, Listener& listener) override;

    openvpn::Packets packets_;
};

class OpenVpnStream final : public StreamMachine {
public:
    OpenVpnStream() : packets_(false) {}
    bool in_content() const override { return packets_.agreed(); }

private:
    struct End {
        std::uint8_t head[2 + openvpn::Packets::head_octets] = {};  ///< the length, and the first octets
        std::uint8_t head_size = 0;
        std::uint32_t left = 0;  ///< of the packet behind its head
    };
    std::size_t take(Side from, Bytes octets, const Hearing& hearing) override;
    void ends(Side from, bool reset, const Hearing& hearing) override;
    bool misses(Side from, std::uint64_t octets) override;

    openvpn::Packets packets_;
    End ends_[2];
};

class OpenVpnProtocol final : public Protocol {
public:
    std::size_t machine_octets() const override { return std::max(sizeof(OpenVpnDatagrams), sizeof(OpenVpnStream)); }
    Machine* make(void* memory, const Opening& opening) override;
    Duration idle() const override { return std::chrono::seconds(180); }
};

}  // namespace sw

#pragma once
/// SSH 2 (RFC 4253): identification lines, packets in clear, key exchange; with NEWKEYS a side goes over to what nobody can read.
/// The initiator is the client.
#include "sensor/conform/ssh/ssh_ident.hpp"
#include "sensor/conform/ssh/ssh_packet.hpp"
#include "sensor/conform/stream_machine.hpp"

namespace sw {

class SshMachine final : public StreamMachine {
public:
    struct Demands {};
    explicit SshMachine(const Demands&) : ends_{End(false), End(true)} {}

private:
    enum class Stage : std::uint8_t {
        ident,    ///< RFC 4253 4.2
        packets,  ///< 6, 7: without keys
        opaque,   ///< behind NEWKEYS
        refusal,  ///< the server's last words to a client that showed no identification
        gone,     ///< behind DISCONNECT, or refused
    };
    struct End {
        explicit End(bool server) : ident(server) {}
        ssh::IdentReader ident;
        ssh::PacketReader packet;
        Stage stage = Stage::ident;
        bool spoken = false;
        bool kexinit = false;      ///< its KEXINIT was complete
        std::uint8_t packets = 0;  ///< in clear so far
        std::uint8_t refusal = 0;  ///< octets
    };

    std::size_t take(Side from, Bytes octets, const Hearing& hearing) override;
    void ends(Side from, bool reset, const Hearing& hearing) override;
    bool misses(Side from, std::uint64_t octets) override;

    std::size_t ident(End& end, Side from, std::uint8_t octet, const Hearing& hearing);
    std::size_t packets(End& end, Side from, Bytes octets, const Hearing& hearing);
    std::string_view may_come(const End& end, std::uint8_t type) const;
    void received(End& end, Side from, const Hearing& hearing);
    std::size_t refusal(End& end, std::uint8_t octet);
    End& end_of(Side side) { return ends_[static_cast<unsigned>(side)]; }

    static constexpr unsigned most_packets = 32;  ///< of a side before its keys

    End ends_[2];
};

}  // namespace sw

#include "sensor/conform/ssh/ssh.hpp"

namespace sw {

namespace message = ssh::message;

namespace {

constexpr std::string_view before_ident = "before the identification", before_keys = "before the keys", at_end = "behind the end";

}  // namespace

std::size_t SshMachine::take(Side from, Bytes octets, const Hearing& hearing) {
    End& end = end_of(from);
    end.spoken = true;
    // "Protocol mismatch.": what a server says behind its own identification to a client that showed none.
    const bool refuses = from == Side::responder && end_of(Side::initiator).stage == Stage::gone && !end_of(Side::initiator).ident.done();
    if (refuses && end.stage == Stage::packets && end.packet.at_start()) end.stage = Stage::refusal;
    switch (end.stage) {
        case Stage::ident:
            return ident(end, from, octets[0], hearing);
        case Stage::packets:
            return packets(end, from, octets, hearing);
        case Stage::opaque:
            return octets.size();
        case Stage::refusal:
            return refusal(end, octets[0]);
        case Stage::gone:
            break;
    }
    return wrong(at_end, "nothing more");
}

std::size_t SshMachine::ident(End& end, Side from, std::uint8_t octet, const Hearing& hearing) {
    if (const auto expected = end.ident.take(octet); !expected.empty()) return wrong(before_ident, expected);
    if (end.ident.done()) {
        hearing.listener.told(from, Told::ident, end.ident.text(), offset(from) - end.ident.octets_before_end());
        end.stage = Stage::packets;
    } else if (from == Side::initiator && end.ident.was_empty()) {
        end.stage = Stage::gone;  // a probe: an empty line says nothing, the server refuses it, and nothing else may come
    }
    return 1;
}

std::size_t SshMachine::refusal(End& end, std::uint8_t octet) {
    if (octet == '\n') end.stage = Stage::gone;
    const bool text = (octet >= 0x20 && octet < 0x7f) || octet == '\r' || octet == '\n';
    return text && ++end.refusal < ssh::IdentReader::most_octets
               ? 1
               : wrong("behind a client without identification", "a line of text, or the end");
}

/// RFC 4253 7.1: from KEXINIT to NEWKEYS only what belongs to the key exchange, or is about the transport itself.
std::string_view SshMachine::may_come(const End& end, std::uint8_t type) const {
    if (type == message::disconnect) return {};
    if (!end.kexinit) return type == message::kexinit ? std::string_view{} : "KEXINIT first";
    if (type == message::newkeys) return ends_[0].kexinit && ends_[1].kexinit ? std::string_view{} : "KEXINIT of both sides before NEWKEYS";
    const bool of_transport = type == message::ignore || type == message::unimplemented || type == message::debug;
    const bool of_method = type >= message::first_of_method && type <= message::last_of_method;
    return of_transport || of_method ? std::string_view{} : "a message of the key exchange";
}

std::size_t SshMachine::packets(End& end, Side from, Bytes octets, const Hearing& hearing) {
    if (end.packet.at_start() && end.packets == most_packets) return wrong(before_keys, "keys within 32 packets");
    const auto taken = end.packet.take(octets);
    if (!taken.fault.empty()) return wrong(before_keys, taken.fault, taken.octets);
    if (end.packet.type_just_read())
        if (const auto expected = may_come(end, end.packet.type()); !expected.empty()) return wrong(before_keys, expected);
    if (end.packet.done()) received(end, from, hearing);
    return taken.octets;
}

void SshMachine::received(End& end, Side from, const Hearing& hearing) {
    ++end.packets;
    if (end.packet.type() == message::kexinit) end.kexinit = true;
    if (end.packet.type() == message::disconnect) end.stage = Stage::gone;
    if (end.packet.type() != message::newkeys) return;
    end.stage = Stage::opaque;
    if (ends_[0].stage != Stage::opaque || ends_[1].stage != Stage::opaque) return;
    seen_all();
    hearing.listener.told(from, Told::encrypted, {}, offset(from));
}

bool SshMachine::misses(Side from, std::uint64_t) { return end_of(from).stage == Stage::opaque; }

void SshMachine::ends(Side from, bool reset, const Hearing&) {
    const End &end = end_of(from), &client = end_of(Side::initiator), &server = end_of(Side::responder);
    if (!client.spoken && server.ident.done() && (from == Side::initiator || reset)) {
        wrong(reset ? Reason::client_reset : Reason::client_silent, "behind the server's identification", "the client's");
    } else if (!reset && end.stage == Stage::ident && !end.ident.at_line_start()) {
        wrong(before_ident, "the rest of the line");
    } else if (!reset && end.stage == Stage::packets && !end.packet.at_start()) {
        wrong(before_keys, "the rest of the packet");
    }
}

}  // namespace sw

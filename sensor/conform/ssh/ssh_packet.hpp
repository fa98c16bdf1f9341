#pragma once
/// Packets without keys (RFC 4253 6), octet by octet.
#include <cstdint>
#include <string_view>

#include "rules/base/bytes.hpp"

namespace sw::ssh {

/// Numbers of messages (RFC 4250 4.1.2).
namespace message {
inline constexpr std::uint8_t disconnect = 1, ignore = 2, unimplemented = 3, debug = 4, kexinit = 20, newkeys = 21, first_of_method = 30,
                              last_of_method = 49;
}

class PacketReader {
public:
    static constexpr std::uint32_t least_octets = 16, most_octets = 35'000;  ///< of a packet with its length (RFC 4253 6, 6.1)

    struct Taken {
        std::size_t octets;
        std::string_view fault;  ///< "" or what belonged where the next octet is
    };
    /// Some of the octets, at least one if nothing is wrong.
    Taken take(Bytes octets);
    bool done() const { return part_ == Part::done; }
    bool at_start() const { return part_ == Part::done || (part_ == Part::length && at_ == 0); }
    /// As soon as it was read, until the packet is done: for whoever knows which may come now. 0: not yet.
    std::uint8_t type() const { return type_; }
    bool type_just_read() const { return fresh_; }

private:
    enum class Part : std::uint8_t { length, padding_length, type, payload, padding, done };
    /// KEXINIT (RFC 4253 7.1): cookie, ten lists of names, a boolean, four octets of zero.
    enum class Field : std::uint8_t { cookie, list_size, list, follows, reserved, end };

    std::string_view head(std::uint8_t octet);
    std::string_view begin_payload(std::uint8_t octet);
    std::string_view kexinit(std::uint8_t octet);
    void next_field(Field field, std::uint32_t octets) {
        field_ = field;
        left_in_field_ = octets;
    }

    Part part_ = Part::length;
    Field field_ = Field::cookie;
    bool fresh_ = false;
    std::uint8_t at_ = 0, padding_ = 0, type_ = 0, lists_ = 0;
    std::uint32_t length_ = 0, left_ = 0, left_in_field_ = 0;
};

}  // namespace sw::ssh

#include "sensor/conform/misspoken.hpp"

#include <fmt/format.h>

namespace sw {

std::string quoted(std::span<const std::uint8_t> octets) {
    std::string out = "\"";
    for (const std::uint8_t o : octets) {
        switch (o) {
            case '\r':
                out += "\\r";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\t':
                out += "\\t";
                break;
            case '"':
            case '\\':
                out.append(1, '\\').append(1, static_cast<char>(o));
                break;
            default:
                out += o >= 0x20 && o < 0x7f ? std::string(1, static_cast<char>(o)) : fmt::format("\\x{:02x}", o);
        }
    }
    return out + "\"";
}

std::string Misspoken::kind() const { return fmt::format("{}: {}: {}", protocol, breach.state, breach.expected); }

std::string Misspoken::words() const {
    const std::string_view who = breach.side == Side::initiator ? "initiator" : "responder";
    const std::string what = breach.came_size == 0 ? "ended" : "sent " + quoted({breach.came.data(), breach.came_size});
    return fmt::format("{}, {}: at octet {} the {} {} where {} belongs", protocol, breach.state, breach.offset, who, what, breach.expected);
}

}  // namespace sw

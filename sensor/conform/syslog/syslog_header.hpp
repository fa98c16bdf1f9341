#pragma once
/// The front of a syslog message, octet by octet: as much of RFC 5424 section 6 and RFC 3164 section 4.1 as tells a log line
/// from anything else. What it says is for whoever keeps logs.
#include <cstdint>
#include <string_view>

namespace sw::syslog {

class HeaderReader {
public:
    static constexpr unsigned most_octets = 8'192;

    void begin() { *this = {}; }
    /// "" or what belonged in the octet's place.
    std::string_view take(std::uint8_t octet);
    /// The message may end here.
    bool may_end() const { return part_ == Part::text || part_ == Part::field_end; }
    bool at_start() const { return octets_ == 0; }

private:
    enum class Part : std::uint8_t {
        open, priority,
        version,                        ///< of RFC 5424, or the first octet of a stamp
        stamp, stamp_end,               ///< RFC 3164: Mmm dd hh:mm:ss; and RFC 3339, which senders of today put in its place
        field, field_end,               ///< RFC 5424: stamp, host, application, process, message id; structured data
        element, quoted, escape,        ///< of structured data
        text
    };
    std::string_view priority(std::uint8_t octet);
    std::string_view version(std::uint8_t octet);
    std::string_view stamp(std::uint8_t octet);
    std::string_view field(std::uint8_t octet);
    std::string_view structured(std::uint8_t octet);

    Part part_ = Part::open;
    std::uint8_t digits_ = 0, at_ = 0, field_ = 0, value_ = 0;
    std::string_view pattern_;
    std::uint32_t octets_ = 0, field_octets_ = 0;
};

}  // namespace sw::syslog

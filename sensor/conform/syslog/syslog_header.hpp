#pragma once
/// The front of a syslog message, octet by octet: as much of RFC 5424 6 and RFC 3164 4.1 as tells a log line from anything
/// else. What it says is for whoever keeps logs.
#include <cstdint>
#include <string_view>

#include "sensor/conform/word_match.hpp"

namespace sw::syslog {

class HeaderReader {
public:
    /// "" or what belonged in the octet's place.
    std::string_view take(std::uint8_t octet);
    /// The message may end here.
    bool may_end() const { return part_ == Part::text || part_ == Part::behind_data; }
    /// What follows is text.
    bool in_text() const { return part_ == Part::text; }
    bool at_start() const { return part_ == Part::open; }

private:
    enum class Part : std::uint8_t {
        open,
        priority,
        first,  ///< behind the priority: a version, or a stamp
        version,
        stamp,       ///< RFC 3164: Mmm dd hh:mm:ss, or RFC 3339, which senders of today put there
        stamp_tail,  ///< of RFC 3339: fraction and zone
        field,       ///< RFC 5424: stamp, host, application, process, message id
        data,        ///< structured data begins
        element,     ///< within brackets
        quoted,
        escaped,
        behind_data,
        text
    };
    std::string_view priority(std::uint8_t octet);
    std::string_view first(std::uint8_t octet);
    std::string_view stamp(std::uint8_t octet);
    std::string_view stamp_tail(std::uint8_t octet);
    std::string_view field(std::uint8_t octet);
    std::string_view data(std::uint8_t octet);

    Part part_ = Part::open;
    bool zulu_ = false, any_ = false;
    std::uint8_t at_ = 0, field_ = 0, value_ = 0;
    std::string_view pattern_;
    WordMatch month_;
};

}  // namespace sw::syslog

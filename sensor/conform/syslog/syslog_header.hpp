#pragma once
/// The front of a syslog message, octet by octet: as much of RFC 5424 6 and RFC 3164 4.1, and of what is sent in its name, as tells
/// a log line from anything else. The collector's parser takes the same shapes for a header (docs/decisions/0035). What a line says is
/// for whoever keeps logs.
#include <cstdint>
#include <string_view>

namespace sw::syslog {

class HeaderReader {
public:
    /// "" or what belonged in the octet's place.
    std::string_view take(std::uint8_t octet);
    /// The message may end here.
    bool may_end() const;

private:
    enum class Part : std::uint8_t {
        open,
        priority,
        first,  ///< behind the priority: a second one, a version, or a stamp
        version,
        nil,       ///< RFC 5424: a hyphen for a stamp
        month,     ///< RFC 3164: Mmm dd [yyyy] hh:mm:ss[.ffffff][:]
        day,       ///< one digit or two, behind one blank or two
        hour,      ///< or a year
        clock,     ///< minutes and seconds
        fraction,  ///< and what may end the stamp
        iso,       ///< RFC 3339, which senders of today put in messages of RFC 3164, too
        iso_fraction,
        zone,
        behind_stamp,
        field,    ///< RFC 5424: host, application, process, message id
        data,     ///< structured data begins
        element,  ///< the name of an element, then those of its parameters
        parameter,
        equals,
        quoted,
        escaped,
        behind_value,
        behind_data,
        text
    };
    std::string_view priority(std::uint8_t octet);
    std::string_view first(std::uint8_t octet);
    std::string_view version(std::uint8_t octet);
    std::string_view stamp(std::uint8_t octet);
    std::string_view month(std::uint8_t octet);
    std::string_view day(std::uint8_t octet);
    std::string_view hour(std::uint8_t octet);
    std::string_view fraction(std::uint8_t octet);
    std::string_view iso(std::uint8_t octet);
    std::string_view zone(std::uint8_t octet);
    std::string_view behind_stamp(std::uint8_t octet);
    std::string_view field(std::uint8_t octet);
    std::string_view data(std::uint8_t octet);
    std::string_view name(std::uint8_t octet);
    void go(Part part) {
        part_ = part;
        at_ = 0;
    }

    Part part_ = Part::open;
    bool twice_ = false;  ///< the second priority was read
    bool year_ = false, blank_ = false;
    bool ietf_ = false;  ///< RFC 5424
    std::uint8_t at_ = 0, field_ = 0, value_ = 0;
    std::uint32_t word_ = 0;  ///< letters of the month
};

}  // namespace sw::syslog

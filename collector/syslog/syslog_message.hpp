#pragma once
/// One syslog message as it was really sent: RFC 5424, RFC 3164, or neither. Reading it never fails: what cannot be read as a
/// header is text, and what was odd is said. Where readers differ, docs/decisions/0023 says which reading is ours.
#include <cstdint>
#include <optional>
#include <string_view>

#include "rules/base/time.hpp"
#include "rules/logs/log_line.hpp"

namespace sw {

enum class SyslogFormat : std::uint8_t { rfc5424, rfc3164 };

/// What a sender that keeps to its RFC would not have sent. One bit each.
enum class SyslogOddity : std::uint8_t {
    no_pri,              ///< no <N> in front: user.notice (RFC 3164 4.3.3)
    pri_invalid,         ///< <999>, <07>, <x>: no priority; the digits count as text
    pri_twice,           ///< <13><34>...: the first counts
    no_stamp,            ///< RFC 3164 without a time; an RFC 5424 nil time ("-") is not odd
    stamp_invalid,       ///< something like a time that is none: 31 February, 25:00
    no_host,             ///< RFC 3164 without a host
    no_tag,              ///< RFC 3164 without a program
    field_too_long,      ///< a header field of RFC 5424 beyond its limit (6); taken as it is
    structured_invalid,  ///< structured data that breaks the grammar: the message is text from there on
    utf8_invalid,        ///< RFC 5424 text behind a byte order mark that is not UTF-8
    control_octets,      ///< C0 but TAB, DEL, or C1: in any part of the message
    text_not_utf8,       ///< text that is not UTF-8 (RFC 3164 never promised it)
    bidi_octets,         ///< bidirectional controls, which turn a line around on a screen
    newline,             ///< CR or LF inside the message: somebody may want it to look like two
    too_long,            ///< more than 65,535 octets: the rest was not read
};
inline constexpr std::size_t syslog_oddity_count = 15;
std::string_view to_string(SyslogOddity o);

class SyslogOddities {
public:
    constexpr void add(SyslogOddity o) { bits_ = static_cast<std::uint16_t>(bits_ | 1u << static_cast<unsigned>(o)); }
    constexpr bool has(SyslogOddity o) const { return (bits_ >> static_cast<unsigned>(o) & 1u) != 0; }
    constexpr bool empty() const { return bits_ == 0; }
    constexpr std::uint16_t bits() const { return bits_; }
    constexpr bool operator==(const SyslogOddities&) const = default;
    /// NUL, escape sequences, line breaks, bidi: what the finding log-control-bytes is about.
    bool has_control() const;

private:
    std::uint16_t bits_ = 0;
};

/// Everything borrows from the octets that were parsed; nothing is unescaped.
struct SyslogMessage {
    SyslogFormat format = SyslogFormat::rfc3164;
    std::uint8_t facility = 1, severity = 5;  ///< user.notice if the message has no (valid) priority
    std::optional<Timestamp> claimed;         ///< the sender's time; unset if absent or invalid
    bool claimed_zone = false;                ///< it named its zone; else it was read in the zone that the caller supposed
    std::string_view stamp;                   ///< as sent, or empty
    std::string_view host;                    ///< claimed; empty if absent
    std::string_view app_name, proc_id, msg_id;
    std::string_view structured_data;          ///< RFC 5424 6.3, with its brackets; empty if "-"
    std::string_view text;                     ///< without header, byte order mark, and line end
    std::optional<std::uint64_t> sequence_id;  ///< [meta sequenceId="N"] (RFC 5424 7.3.1)
    SyslogOddities odd;
    std::uint32_t odd_offset = 0;  ///< octet where the first of them is
};

/// Parse one message (RFC 5424 6; falls back to RFC 3164 4.1 and to what is sent in its name).
/// in:     octets    payload of one datagram or frame, any bytes
///         received  supplies the year that RFC 3164 omits: the nearest to it
///         zone      of stamps that name none, east of Greenwich
/// out:    message that borrows from octets
/// cost:   one pass, no allocation
SyslogMessage parse_syslog(std::string_view octets, Timestamp received, std::chrono::seconds zone = std::chrono::seconds{0});

/// One parameter of structured data (RFC 5424 6.3.3); an element without any is reported once, name and value empty.
struct StructuredParameter {
    std::string_view id, name;
    std::string_view value;  ///< as sent: \" \\ and \] still have their backslash
};

/// Walks the parameters of SyslogMessage::structured_data. while (const auto p = walk.next()) ...
class StructuredWalk {
public:
    explicit StructuredWalk(std::string_view structured_data) : rest_(structured_data) {}
    std::optional<StructuredParameter> next();

private:
    std::string_view rest_, id_;
};

/// What the log library judges. host: what the collector calls the source, not what the message claims.
inline LogLine to_log_line(const SyslogMessage& m, std::string_view host, Timestamp received) {
    return {host, m.app_name, m.proc_id, m.text, m.facility, m.severity, received};
}

}  // namespace sw

/// RFC 5424 6: VERSION SP TIMESTAMP SP HOSTNAME SP APP-NAME SP PROCID SP MSGID SP STRUCTURED-DATA [SP MSG]
#include <charconv>

#include "collector/syslog/header.hpp"
#include "collector/syslog/stamp.hpp"

namespace sw {
namespace {

struct FieldLimits {  // RFC 5424 6
    static constexpr std::size_t host = 255, app_name = 48, proc_id = 128, msg_id = 32;
};

/// Up to the next space, which is taken as well. "-" is nil.
std::string_view take_field(std::string_view& rest, std::size_t limit, OddityNotes& odd) {
    const std::size_t end = rest.find(' ');
    const std::string_view field = rest.substr(0, end);
    if (field.size() > limit) odd.add(SyslogOddity::field_too_long, field);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return field == "-" ? field.substr(1) : field;
}

/// The time, and the space behind it.
bool take_stamp(std::string_view& rest, SyslogMessage& m, OddityNotes& odd, std::chrono::seconds zone) {
    if (rest.starts_with("- ")) {
        rest.remove_prefix(2);
        return true;
    }
    const StampReading stamp = read_iso_stamp(rest, zone);
    if (stamp.octets == 0 || (stamp.octets < rest.size() && rest[stamp.octets] != ' ')) return false;
    m.stamp = rest.substr(0, stamp.octets);
    m.claimed = stamp.value;
    m.claimed_zone = stamp.zone;
    if (!stamp.value) odd.add(SyslogOddity::stamp_invalid, rest);
    rest.remove_prefix(stamp.octets == rest.size() ? stamp.octets : stamp.octets + 1);
    return true;
}

/// RFC 5424 7.3.1: from 1 to 2,147,483,647, then from 1 again. A greater one is none: whoever made it up must not make up how many are
/// missing.
void note_sequence(SyslogMessage& m) {
    constexpr std::uint64_t most_sequence = 2'147'483'647;
    StructuredWalk walk(m.structured_data);
    while (const auto p = walk.next()) {
        if (p->id != "meta" || p->name != "sequenceId") continue;
        std::uint64_t n = 0;
        const auto [end, error] = std::from_chars(p->value.data(), p->value.data() + p->value.size(), n);
        if (error == std::errc{} && end == p->value.data() + p->value.size() && n <= most_sequence) m.sequence_id = n;
        return;
    }
}

}  // namespace

bool read_5424(std::string_view rest, SyslogMessage& m, OddityNotes& odd, std::chrono::seconds zone) {
    if (!rest.starts_with("1 ")) return false;
    rest.remove_prefix(2);
    if (!take_stamp(rest, m, odd, zone)) return false;
    m.format = SyslogFormat::rfc5424;
    m.host = take_field(rest, FieldLimits::host, odd);
    m.app_name = take_field(rest, FieldLimits::app_name, odd);
    m.proc_id = take_field(rest, FieldLimits::proc_id, odd);
    m.msg_id = take_field(rest, FieldLimits::msg_id, odd);
    bool name_too_long = false;
    const std::size_t n = structured_data_octets(rest, name_too_long);
    if (n == 0 || (n < rest.size() && rest[n] != ' ')) {
        odd.add(SyslogOddity::structured_invalid, rest);
        m.text = rest;
        return true;
    }
    if (rest[0] == '[') m.structured_data = rest.substr(0, n);
    if (name_too_long) odd.add(SyslogOddity::field_too_long, rest);
    m.text = rest.substr(n == rest.size() ? n : n + 1);
    note_sequence(m);
    return true;
}

}  // namespace sw

/// RFC 3164 4.1, and what is really sent: no host, no tag, no time, an ISO time. What is not surely a header is text.
#include "collector/syslog/header.hpp"
#include "collector/syslog/stamp.hpp"

namespace sw {
namespace {

constexpr std::size_t most_tag_octets = 256;
constexpr std::size_t most_pid_octets = 128;

bool is_alnum(char c) { return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); }

/// A host name or address, as opposed to a tag, which has a '[' or ends in ':'.
bool is_host(std::string_view word) {
    if (word.empty() || word.size() > 255) return false;
    std::size_t colons = 0;
    for (char c : word) {
        if (c == ':') {
            ++colons;
        } else if (!is_alnum(c) && c != '.' && c != '-' && c != '_') {
            return false;
        }
    }
    if (colons == 0) return true;
    // An IPv6 address has at least two colons and never one alone at its end.
    return colons >= 2 && (!word.ends_with(':') || word.ends_with("::")) &&
           word.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
}

void take_stamp(std::string_view& rest, SyslogMessage& m, OddityNotes& odd, Timestamp received, std::chrono::seconds zone) {
    StampReading stamp = read_bsd_stamp(rest, received, zone);
    if (stamp.octets == 0) stamp = read_iso_stamp(rest, zone);
    if (stamp.octets == 0 || (stamp.octets < rest.size() && rest[stamp.octets] != ' ')) {
        odd.add(SyslogOddity::no_stamp, rest);
        return;
    }
    m.stamp = rest.substr(0, stamp.octets);
    m.claimed = stamp.value;
    m.claimed_zone = stamp.zone;
    if (!stamp.value) odd.add(SyslogOddity::stamp_invalid, rest);
    rest.remove_prefix(stamp.octets);
    if (!rest.empty()) rest.remove_prefix(1);
}

/// Only behind a time: else the first word of any text would be one.
void take_host(std::string_view& rest, SyslogMessage& m, OddityNotes& odd) {
    const std::size_t end = rest.find(' ');
    // What every BSD's syslogd says of itself has neither host nor tag.
    if (rest.starts_with("last message repeated ") || end == std::string_view::npos || !is_host(rest.substr(0, end))) {
        odd.add(SyslogOddity::no_host, rest);
        return;
    }
    m.host = rest.substr(0, end);
    rest.remove_prefix(end + 1);
}

/// Octets of "[pid]" at the front of s; 0: none.
std::size_t pid_octets(std::string_view s) {
    if (!s.starts_with('[')) return 0;
    const std::size_t end = s.find(']');
    if (end == std::string_view::npos || end < 2 || end > most_pid_octets) return 0;
    for (char c : s.substr(1, end - 1))
        if (c <= ' ' || c >= 0x7f || c == '[') return 0;
    return end + 1;
}

/// A program ends in ':' or in "[pid]". A word with a space behind it is text: a name that anybody's text can begin with is none.
void take_tag(std::string_view& rest, SyslogMessage& m, OddityNotes& odd) {
    constexpr std::string_view also = "_./%@+()#~!*$-";
    std::size_t n = 0;
    while (n < rest.size() && (is_alnum(rest[n]) || also.find(rest[n]) != std::string_view::npos)) ++n;
    const std::size_t pid = n == 0 ? 0 : pid_octets(rest.substr(n));
    std::size_t end = n + pid;
    const bool colon = end < rest.size() && rest[end] == ':';
    if (n == 0 || n > most_tag_octets || (!colon && (pid == 0 || (end < rest.size() && rest[end] != ' ')))) {
        odd.add(SyslogOddity::no_tag, rest);
        return;
    }
    m.app_name = rest.substr(0, n);
    if (pid != 0) m.proc_id = rest.substr(n + 1, pid - 2);
    if (colon) ++end;
    rest.remove_prefix(end);
    if (rest.starts_with(' ')) rest.remove_prefix(1);
}

}  // namespace

void read_3164(std::string_view rest, SyslogMessage& m, OddityNotes& odd, Timestamp received, std::chrono::seconds zone) {
    const std::string_view all = rest;
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    take_stamp(rest, m, odd, received, zone);
    if (m.stamp.empty()) {
        odd.add(SyslogOddity::no_host, rest);
    } else {
        take_host(rest, m, odd);
    }
    take_tag(rest, m, odd);
    // Where nothing was a header, its spaces are text, too.
    m.text = m.stamp.empty() && m.app_name.empty() ? all : rest;
}

}  // namespace sw

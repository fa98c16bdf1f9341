#pragma once
/// The two headers. Private to this room. Each takes from the front of rest what it reads.
#include <chrono>
#include <string_view>

#include "collector/syslog/syslog_message.hpp"

namespace sw {

/// Notes what is odd, and where it was first.
class OddityNotes {
public:
    OddityNotes(SyslogMessage& m, std::string_view all) : message_(m), all_(all) {}
    /// where: a view into the message
    void add(SyslogOddity o, std::string_view where) {
        const auto offset = static_cast<std::uint32_t>(where.data() - all_.data());
        if (message_.odd.empty() || offset < message_.odd_offset) message_.odd_offset = offset;
        message_.odd.add(o);
    }

private:
    SyslogMessage& message_;
    std::string_view all_;
};

/// False, and nothing is taken, if rest does not go on as RFC 5424 says: "1 ", then a time or "-".
bool read_5424(std::string_view rest, SyslogMessage& m, OddityNotes& odd, std::chrono::seconds zone);

void read_3164(std::string_view rest, SyslogMessage& m, OddityNotes& odd, Timestamp received, std::chrono::seconds zone);

/// Octets of the structured data at the front of s: 1 for "-", else that of its elements; 0: neither.
std::size_t structured_data_octets(std::string_view s, bool& name_too_long);

}  // namespace sw

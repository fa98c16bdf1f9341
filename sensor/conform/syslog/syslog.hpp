#pragma once
/// Syslog, one way (RFC 5424, RFC 3164): datagrams (RFC 5426) or messages in a stream (RFC 6587), each behind its length or up to
/// a line feed. Whoever receives them says nothing.
#include "sensor/conform/protocol.hpp"
#include "sensor/conform/stream_machine.hpp"
#include "sensor/conform/syslog/syslog_header.hpp"

namespace sw {

/// Each datagram is a message, of any size. A line's or a string's end may end it. Control octets are in none: a sender escapes them, or
/// wants them to do something to who reads. In a stream they are let pass, for there one line would be the end of all that follow.
class SyslogDatagrams final : public Machine {
public:
    std::optional<Breach> octets(Side from, Bytes octets, Timestamp now, Listener& listener) override;
    std::optional<Breach> end(Side, bool, Timestamp, Listener&) override { return std::nullopt; }
    bool gap(Side, std::uint64_t) override { return false; }
    bool each_alone() const override { return true; }

private:
    static Bytes without_end(Bytes message);
};

class SyslogStream final : public StreamMachine {
public:
    static constexpr std::uint32_t most_octets = 65'536;  ///< of a message; senders of today go beyond RFC 5424's 8,192

private:
    enum class Part : std::uint8_t { begin, count, counted, line };

    std::size_t take(Side from, Bytes octets, const Hearing& hearing) override;
    void ends(Side from, bool reset, const Hearing& hearing) override;
    bool misses(Side, std::uint64_t) override { return false; }
    std::size_t begin(std::uint8_t octet);

    Part part_ = Part::begin;
    std::uint32_t left_ = 0, size_ = 0;
    syslog::HeaderReader header_;
};

class SyslogProtocol final : public Protocol {
public:
    std::size_t machine_octets() const override { return std::max(sizeof(SyslogDatagrams), sizeof(SyslogStream)); }
    Machine* make(void* memory, const Opening& opening) override;
};

}  // namespace sw

#pragma once
/// Lines that must never be said, built in: black_line.def has them all, exactly as they are matched. No policy allows them and
/// nobody learns them.
#include <optional>
#include <string>
#include <string_view>

#include "rules/logs/log_line.hpp"

namespace sw {

enum class BlackClass : std::uint8_t {
    packet_filter_drop,  ///< pf, nftables, iptables dropped a packet: the host itself, or a firewall that logs drops (by host)
    kernel_failure,      ///< panic, oops, BUG, hardware error
    storage_failure,     ///< a disk, array or pool that is failing
};
std::string_view to_string(BlackClass c);

struct BlackLine {
    std::string_view slug;  ///< of the row: "iptables-drop", "kernel-panic" ...
    BlackClass cls = BlackClass::packet_filter_drop;
    std::string_view sentence;  ///< "a packet was dropped by nftables or iptables"
};

/// cost: a table look-up for programs that no row names, else one pass over the text
std::optional<BlackLine> black_line(const LogLine& line);

/// Flow fields of a packet-filter drop line, as far as the format has them: for comparing with the span's own frames.
struct DroppedPacket {
    std::string_view source, destination, protocol;  ///< as printed
    std::optional<std::uint16_t> source_port, destination_port;
};
std::optional<DroppedPacket> dropped_packet(const LogLine& line);

/// A program that was executed: what auditd (SYSCALL and EXECVE records), snoopy and lastcomm(1) report.
struct Execution {
    std::string user;        ///< name or number as printed; empty if the record has none
    std::string executable;  ///< path or name
    std::string arguments;   ///< their shape: typed holes as in templates
    bool operator==(const Execution&) const = default;
};
std::optional<Execution> execution(const LogLine& line);

}  // namespace sw

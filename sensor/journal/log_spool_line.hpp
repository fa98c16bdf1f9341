#pragma once
/// One line of a log spool: what syslog-ng writes by our template (systemd/syslog-ng.conf), a JSON object a message:
///   {"v":1,"recv":"1795132800.123456","src":"192.0.2.25","via":"udp","raw":"PDM0PmhlbGxv"}
/// raw is the message in base64, octet for octet: JSON has no way to say octets that are not UTF-8.
#include <memory>
#include <string>
#include <string_view>

#include "rules/base/time.hpp"
#include "rules/packet/address.hpp"

namespace sw {

struct LogSpoolLine {
    Timestamp received;        ///< by the receiver's clock
    Address source;            ///< of the peer; family 0: the receiver itself
    std::string_view via;      ///< udp, tcp, tls, self
    std::string_view message;  ///< raw octets
};

class LogSpoolReader {
public:
    LogSpoolReader();
    ~LogSpoolReader();
    LogSpoolReader(LogSpoolReader&&) noexcept;
    LogSpoolReader& operator=(LogSpoolReader&&) noexcept;

    /// line: without its line feed; its views live until the next call. What is wrong with it, or "".
    /// A line that begins anew behind a torn one is read from there: torn_octets() says where.
    std::string read(std::string_view line, LogSpoolLine& out);
    /// Octets of the line read last that belong to one that its writer did not finish.
    std::size_t torn_octets() const { return torn_; }

private:
    struct Impl;
    std::string read_whole(std::string_view line, LogSpoolLine& out);
    std::unique_ptr<Impl> impl_;
    std::size_t torn_ = 0;
};

}  // namespace sw

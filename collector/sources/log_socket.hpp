#pragma once
/// The collector's own UDP socket for syslog: opened, or handed over by the supervisor, before the process is confined; afterwards
/// it can only be read. What reading it is, is chosen by file: log_socket_linux.cpp, log_socket_openbsd.cpp.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rules/base/bytes.hpp"
#include "rules/base/result.hpp"
#include "rules/base/time.hpp"
#include "rules/base/unique_fd.hpp"
#include "rules/packet/address.hpp"

namespace sw {

struct Datagram {
    Address source;
    std::uint16_t port = 0;
    Timestamp received;  ///< when the kernel took it from the network
    Bytes octets;        ///< until the next call
    bool operator==(const Datagram& o) const;
};

class LogSocket {
public:
    static constexpr std::size_t batch = 256;       ///< datagrams a call
    static constexpr std::size_t largest = 65'536;  ///< octets of one
    static constexpr int buffer_octets = 32 << 20;  ///< of the kernel's queue; the default loses most of a burst

    /// in:     where  "192.0.2.66:514", "[2001:db8::66]:514"
    /// errors: no such address here, the port is taken or needs privileges (code environment); no address and port (code input)
    static Result<LogSocket> bind(const std::string& where);
    /// The one that the supervisor opened: $LISTEN_FDS, which is then removed so that no child takes it too. Nothing: there is none.
    /// errors: it is no UDP socket, or there are several (code input)
    static Result<std::optional<LogSocket>> from_environment();

    LogSocket(LogSocket&&) noexcept = default;
    LogSocket& operator=(LogSocket&&) noexcept = default;

    int descriptor() const { return fd_.get(); }
    /// "udp 192.0.2.66:514": for people. identity: the same socket, whoever holds it; no other one.
    const std::string& label() const { return label_; }
    const std::string& identity() const { return identity_; }
    std::uint16_t port() const { return port_; }
    const Address& address() const { return address_; }

    /// Look at the first datagrams that wait, and leave them where they are. May be called again only once all of them were
    /// taken. Never waits.
    Result<std::span<const Datagram>> peek();
    /// Take so many of those that peek() gave off the queue. What is taken besides, because it could not be seen (it was empty),
    /// is counted.
    Result<std::uint64_t> take(std::size_t datagrams);
    /// Dropped by the kernel because nobody read in time, since the socket was made; nothing: unknown.
    std::optional<std::uint32_t> dropped() const;

private:
    explicit LogSocket(UniqueFd fd) : fd_(std::move(fd)) {}
    Result<Done> prepare();

    UniqueFd fd_;
    std::string label_, identity_;
    Address address_;
    std::uint16_t port_ = 0;
    std::vector<std::uint8_t> octets_;
    std::vector<Datagram> peeked_;
};

}  // namespace sw

#pragma once
/// A UDP socket of the collector's on the loopback, and who sends to it.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "collector/sources/log_socket.hpp"
#include "rules/base/unique_fd.hpp"
#include "tests/support/catch.hpp"

namespace sw::test {

/// On a port that is free.
inline LogSocket bound_socket() {
    for (int port = 20'000 + ::getpid() % 20'000;; ++port) {
        auto socket = LogSocket::bind("127.0.0.1:" + std::to_string(port));
        if (socket) return std::move(*socket);
        REQUIRE(port < 60'000);
    }
}

class Sender {
public:
    explicit Sender(const LogSocket& to) : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in there{};
        there.sin_family = AF_INET;
        there.sin_port = htons(to.port());
        there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&there), sizeof there) == 0);
    }
    void send(std::string_view octets) const {
        REQUIRE(::send(fd_.get(), octets.data(), octets.size(), 0) == static_cast<ssize_t>(octets.size()));
    }
    /// What came back to it, an error of the network included.
    bool hears() const {
        char octet = 0;
        return ::recv(fd_.get(), &octet, 1, MSG_DONTWAIT) >= 0 || errno != EAGAIN;
    }

private:
    UniqueFd fd_;
};

}  // namespace sw::test

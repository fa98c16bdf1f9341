/// The collector's own socket: looked at, then taken; never written to.
#include "collector/sources/log_socket.hpp"

#include <fcntl.h>
#include <sys/wait.h>

#include <cerrno>
#include <functional>

#include "tests/unit/sources/sender.hpp"

namespace sw::test {
namespace {

using namespace std::string_literals;

std::string text(const Datagram& d) { return {d.octets.begin(), d.octets.end()}; }

std::string peeked(LogSocket& socket) {
    const auto all = socket.peek();
    REQUIRE(all);
    std::string out;
    for (const Datagram& d : *all) out += (out.empty() ? "" : "|") + text(d);
    return out;
}

std::string refusal(const std::string& where) {
    const auto socket = LogSocket::bind(where);
    return socket ? "" : socket.error().text;
}

/// What act says in a process that was started with descriptor as the first that its supervisor passes.
int in_child(int descriptor, const char* passed, const std::function<bool()>& act) {
    const pid_t child = ::fork();
    if (child == 0) {
        if (descriptor >= 0) ::dup2(descriptor, 3);
        ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
        ::setenv("LISTEN_FDS", passed, 1);
        ::_exit(act() ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("log socket: datagrams come whole, with their sender and the moment that the kernel took them") {
    LogSocket socket = bound_socket();
    const Sender sender(socket);
    const std::string odd = "a\0b\xff"s, large(60'000, 'x');
    sender.send(odd);
    sender.send(large);
    const auto all = socket.peek();
    REQUIRE(all);
    REQUIRE(all->size() == 2);
    CHECK(text((*all)[0]) == odd);
    CHECK(text((*all)[1]) == large);
    CHECK(to_string((*all)[0].source) == "127.0.0.1");
    CHECK((*all)[0].port != 0);
    CHECK((*all)[0].received.ns > 0);
    CHECK((*all)[0].received <= (*all)[1].received);
}

TEST_CASE("log socket: what was looked at stays until it is taken") {
    LogSocket socket = bound_socket();
    const Sender sender(socket);
    for (const char* t : {"one", "two", "three"}) sender.send(t);
    CHECK(peeked(socket) == "one|two|three");
    sender.send("four");
    CHECK(*socket.take(3) == 0);
    CHECK(peeked(socket) == "four");
    CHECK(*socket.take(1) == 0);
    CHECK(peeked(socket).empty());
}

TEST_CASE("log socket: more than a batch comes in batches") {
    LogSocket socket = bound_socket();
    const Sender sender(socket);
    const std::size_t sent = 2 * LogSocket::batch + 7;
    for (std::size_t i = 0; i < sent; ++i) sender.send(std::to_string(i));
    std::size_t got = 0;
    for (;;) {
        const auto all = socket.peek();
        REQUIRE(all);
        if (all->empty()) break;
        for (const Datagram& d : *all) CHECK(text(d) == std::to_string(got++));
        CHECK(*socket.take(all->size()) == 0);
    }
    CHECK(got == sent);
}

TEST_CASE("log socket: an empty datagram is one, also among others") {
    LogSocket socket = bound_socket();
    const Sender sender(socket);
    std::size_t came = 0;
    std::string texts;
    const auto drain = [&] {
        for (;;) {
            const auto all = socket.peek();
            REQUIRE(all);
            if (all->empty()) return;
            for (const Datagram& d : *all) texts += text(d);
            came += all->size();
            const auto unseen = socket.take(all->size());
            REQUIRE(unseen);
            came += *unseen;
        }
    };
    sender.send("a");
    sender.send("");
    sender.send("b");
    drain();
    sender.send("");
    sender.send("c");
    drain();
    sender.send("d");
    drain();
    CHECK(texts == "abcd");
    CHECK(came == 6);
}

TEST_CASE("log socket: nothing can be sent on it") {
    LogSocket socket = bound_socket();
    const Sender sender(socket);
    sender.send("hello");
    CHECK(peeked(socket) == "hello");
    sockaddr_in anybody{};
    anybody.sin_family = AF_INET;
    anybody.sin_port = htons(9);
    anybody.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(::sendto(socket.descriptor(), "x", 1, MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&anybody), sizeof anybody) == -1);
    CHECK(errno == EPIPE);
    CHECK_FALSE(sender.hears());
}

TEST_CASE("log socket: what the kernel dropped for want of room is counted") {
    LogSocket socket = bound_socket();
    REQUIRE(socket.dropped() == 0u);
    const int small = 4096;
    REQUIRE(::setsockopt(socket.descriptor(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small) == 0);
    const Sender sender(socket);
    constexpr std::uint32_t sent = 500;
    for (std::uint32_t i = 0; i < sent; ++i) sender.send(std::string(1000, 'x'));
    std::uint32_t came = 0;
    for (;;) {
        const auto all = socket.peek();
        REQUIRE(all);
        if (all->empty()) break;
        came += static_cast<std::uint32_t>(all->size());
        REQUIRE(socket.take(all->size()));
    }
    CHECK(came < sent);
    CHECK(came + *socket.dropped() == sent);
}

TEST_CASE("log socket: an address that is none, a port that is taken") {
    for (const char* where : {"", "514", "192.0.2.1", "192.0.2.1:", "192.0.2.1:x", "192.0.2.1:70000", "192.0.2.1:0", "2001:db8::1:514",
                              "[192.0.2.1]:514", "mail:514"}) {
        CAPTURE(where);
        CHECK(refusal(where).find(where) != std::string::npos);
    }
    const LogSocket socket = bound_socket();
    CHECK(refusal("127.0.0.1:" + std::to_string(socket.port())).find("in use") != std::string::npos);
}

TEST_CASE("log socket: one is taken over from the supervisor, and is the same socket") {
    const LogSocket socket = bound_socket();
    CHECK(in_child(socket.descriptor(), "1", [&] {
              const auto passed = LogSocket::from_environment();
              return passed && *passed && (*passed)->identity() == socket.identity() && std::getenv("LISTEN_FDS") == nullptr &&
                     (::fcntl((*passed)->descriptor(), F_GETFD) & FD_CLOEXEC) != 0;
          }) == 0);
    CHECK(bound_socket().identity() != socket.identity());
}

TEST_CASE("log socket: a supervisor's for another process is not ours, several or a stream socket are refused") {
    ::setenv("LISTEN_PID", "1", 1);
    ::setenv("LISTEN_FDS", "1", 1);
    const auto others = LogSocket::from_environment();
    REQUIRE(others);
    CHECK_FALSE(*others);
    const LogSocket socket = bound_socket();
    CHECK(in_child(socket.descriptor(), "2", [] {
              const auto passed = LogSocket::from_environment();
              return !passed && passed.error().text.find("2 sockets were handed over") == 0;
          }) == 0);
    const UniqueFd stream(::socket(AF_INET, SOCK_STREAM, 0));
    CHECK(in_child(stream.get(), "1", [] {
              const auto passed = LogSocket::from_environment();
              return !passed && passed.error().text.find("is no UDP socket") != std::string::npos;
          }) == 0);
    CHECK(in_child(-1, "0", [] {
              const auto passed = LogSocket::from_environment();
              return passed && !*passed;
          }) == 0);
}

}  // namespace sw::test

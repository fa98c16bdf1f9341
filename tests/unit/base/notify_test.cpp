#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include "rules/base/notify.hpp"
#include "tests/support/catch.hpp"

namespace {

// A supervisor: a datagram socket with a name, told to whom it may concern.
class Supervisor {
public:
    Supervisor() : name_((std::filesystem::temp_directory_path() / ("span-notify-" + std::to_string(getpid()))).string()) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, name_.c_str(), sizeof address.sun_path - 1);
        socket_ = sw::UniqueFd(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        unlink(name_.c_str());
        REQUIRE(bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        setenv("NOTIFY_SOCKET", name_.c_str(), 1);
    }
    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;
    ~Supervisor() { unlink(name_.c_str()); }

    std::string heard() const {
        std::array<char, 256> text{};
        const ssize_t n = recv(socket_.get(), text.data(), text.size(), 0);
        return n < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(n));
    }

private:
    std::string name_;
    sw::UniqueFd socket_;
};

}  // namespace

TEST_CASE("notify: the supervisor hears each word as one datagram, and a line break begins none of its own") {
    const Supervisor supervisor;
    auto notifier = sw::Notifier::from_environment();
    REQUIRE(notifier);
    CHECK(notifier->descriptor() >= 0);
    notifier->ready("span0\nWATCHDOG=trigger");
    CHECK(supervisor.heard() == "READY=1\nSTATUS=span0 WATCHDOG=trigger");
    notifier->watchdog();
    CHECK(supervisor.heard() == "WATCHDOG=1");
    notifier->status("no link");
    CHECK(supervisor.heard() == "STATUS=no link");
    notifier->stopping();
    CHECK(supervisor.heard() == "STOPPING=1");
}

TEST_CASE("notify: children do not inherit the right to speak") {
    const Supervisor supervisor;
    setenv("WATCHDOG_USEC", "4000000", 1);
    auto notifier = sw::Notifier::from_environment();
    REQUIRE(notifier);
    CHECK(std::getenv("NOTIFY_SOCKET") == nullptr);
    CHECK(std::getenv("WATCHDOG_USEC") == nullptr);
    CHECK(notifier->watchdog_interval() == sw::Duration{std::chrono::seconds{2}});
}

TEST_CASE("notify: a watchdog for another process, or without sense, is none") {
    for (const auto& [pid, interval] :
         {std::pair{"1", "4000000"}, std::pair{"", "soon"}, std::pair{"", "-5"}, std::pair{"", "99999999999999999999"}}) {
        const Supervisor supervisor;
        setenv("WATCHDOG_PID", pid, 1);
        setenv("WATCHDOG_USEC", interval, 1);
        auto notifier = sw::Notifier::from_environment();
        REQUIRE(notifier);
        CHECK_FALSE(notifier->watchdog_interval());
    }
}

TEST_CASE("notify: where nobody listens nothing happens") {
    unsetenv("NOTIFY_SOCKET");
    auto notifier = sw::Notifier::from_environment();
    REQUIRE(notifier);
    CHECK(notifier->descriptor() == -1);
    notifier->ready("");
}

TEST_CASE("notify: a supervisor that cannot be reached is an error with the fix") {
    for (const std::string& name : {std::string("vsock:2:1"), std::string("/nowhere/at/all"), "/" + std::string(200, 'x')}) {
        setenv("NOTIFY_SOCKET", name.c_str(), 1);
        const auto notifier = sw::Notifier::from_environment();
        REQUIRE_FALSE(notifier);
        CHECK(notifier.error().code == sw::ExitCode::environment);
        CHECK(notifier.error().text.find("without the variable") != std::string::npos);
    }
}

#include "rules/base/notify.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

namespace sw {
namespace {

std::string take_variable(const char* name) {
    const char* value = std::getenv(name);
    std::string taken = value == nullptr ? "" : value;
    unsetenv(name);
    return taken;
}

std::optional<Duration> half_of(const std::string& microseconds) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(microseconds.data(), microseconds.data() + microseconds.size(), number);
    constexpr std::int64_t a_day = 86'400'000'000;
    if (error != std::errc{} || end != microseconds.data() + microseconds.size() || number <= 0 || number > a_day) return std::nullopt;
    return std::chrono::microseconds{number} / 2;
}

// A line break would begin a statement of its own.
std::string one_line(std::string_view text) {
    std::string line(text);
    std::ranges::replace(line, '\n', ' ');
    return line;
}

}  // namespace

Result<Notifier> Notifier::from_environment() {
    Notifier notifier;
    const std::string name = take_variable("NOTIFY_SOCKET");
    const std::string pid = take_variable("WATCHDOG_PID");
    const auto interval = half_of(take_variable("WATCHDOG_USEC"));
    if (name.empty()) return notifier;
    const auto cannot = [&](const char* why) {
        return unexpected("reach the supervisor at $NOTIFY_SOCKET '" + name + "': " + why + ": start without the variable to do without it",
                          ExitCode::environment);
    };
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if ((name[0] != '/' && name[0] != '@') || name.size() >= sizeof address.sun_path) return cannot("not the name of a local socket");
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name[0] == '@') address.sun_path[0] = '\0';
    notifier.socket_ = UniqueFd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    if (!notifier.socket_ || ::connect(notifier.socket_.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0)
        return cannot(std::strerror(errno));
    if (pid.empty() || pid == std::to_string(::getpid())) notifier.interval_ = interval;
    return notifier;
}

void Notifier::ready(std::string_view status) const { send("READY=1\nSTATUS=" + one_line(status)); }
void Notifier::watchdog() const { send("WATCHDOG=1"); }
void Notifier::stopping() const { send("STOPPING=1"); }
void Notifier::status(std::string_view status) const { send("STATUS=" + one_line(status)); }

void Notifier::send(std::string_view lines) const {
    if (socket_) (void)::send(socket_.get(), lines.data(), lines.size(), MSG_NOSIGNAL);
}

}  // namespace sw

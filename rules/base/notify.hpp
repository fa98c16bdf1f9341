#pragma once
/// Tell the supervisor how we are: one datagram each, on a socket that is connected before confinement. Where nobody listens
/// (no $NOTIFY_SOCKET, as on OpenBSD) all of it does nothing.
/// source: sd_notify(3): the protocol is stable and meant to be spoken without the library
#include <optional>
#include <string_view>

#include "rules/base/result.hpp"
#include "rules/base/time.hpp"
#include "rules/base/unique_fd.hpp"

namespace sw {

class Notifier {
public:
    /// From $NOTIFY_SOCKET and $WATCHDOG_USEC, which are then removed so that no child speaks for us.
    /// errors: the socket is named and cannot be reached (code environment)
    static Result<Notifier> from_environment();

    /// Connected; -1: nobody listens. For Descriptors::notify.
    int descriptor() const { return socket_.get(); }
    /// Half of what the supervisor allows between two watchdog(); absent: it does not watch.
    std::optional<Duration> watchdog_interval() const { return interval_; }

    // None of these waits or fails: a supervisor that is too busy to hear one datagram hears the next.

    /// Ready; status: one line for people, may be empty.
    void ready(std::string_view status) const;
    void watchdog() const;
    void stopping() const;
    void status(std::string_view status) const;

private:
    void send(std::string_view lines) const;

    UniqueFd socket_;
    std::optional<Duration> interval_;
};

}  // namespace sw

#pragma once
/// Where people hear of an alarm. A sink never waits and never fails the others: what it cannot show yet it keeps (bounded), what
/// does not fit it counts and says with the next; a device that fails is opened again, after a while.
#include <cstdint>
#include <memory>
#include <string>

#include "collector/alarm/listener_options.hpp"
#include "collector/alarm/moment.hpp"
#include "sensor/journal/alarm_journal.hpp"

namespace sw {

struct Ring {
    const AlarmRecord& record;
    std::string sentence;  ///< for people, clean
};

class AlarmSink {
public:
    virtual ~AlarmSink() = default;
    virtual const std::string& name() const = 0;
    virtual void ring(const Ring& ring) = 0;
    /// Go on with what waits. Called some ten times a second.
    virtual void tick(Moment now) = 0;
    /// HUP: open the device again now.
    virtual void reopen() {}
    /// A person has seen what rang.
    virtual void acknowledged() {}
    /// Rung, but not shown here.
    virtual std::uint64_t dropped() const { return 0; }
};

/// When to try a device again that failed: after 1, 2, 4 ... 60 seconds.
class BackOff {
public:
    bool may_try(Moment now) const { return now >= next_; }
    void failed(Moment now) {
        next_ = now + wait_;
        if (wait_ < std::chrono::seconds{60}) wait_ = wait_ * 2 > std::chrono::seconds{60} ? std::chrono::seconds{60} : wait_ * 2;
    }
    void worked() { *this = BackOff(); }

private:
    Moment next_{};
    std::chrono::seconds wait_{1};
};

/// A terminal, a file or a pipe: two lines an alarm, the first with the bell if asked for.
std::unique_ptr<AlarmSink> terminal_sink(const std::string& path, bool bell);
/// A serial line, 8N1, no flow control.
std::unique_ptr<AlarmSink> serial_sink(const SerialLine& line);
/// PROGRAM SEVERITY ID SENTENCE, and the sentence on its standard input: one after the other, each ended after ten seconds.
/// It runs with the powers of this process and no others.
std::unique_ptr<AlarmSink> command_sink(const std::string& program);
/// 1 into a file (an LED's brightness, a GPIO's value) when something rings, 0 when a person has seen it.
std::unique_ptr<AlarmSink> led_sink(const std::string& path);

}  // namespace sw

#pragma once
/// The sensor's side of its alarm journal: every sentence begins with the interface.
#include <string>
#include <utility>

#include "sensor/daemon/clocks.hpp"
#include "sensor/journal/alarm_journal.hpp"

namespace sw {

class Bell {
public:
    Bell(AlarmWriter& journal, std::string interface) : journal_(&journal), interface_(std::move(interface)) {}

    /// Gives the alarm's id, or "" if it is not on the disk yet: then others had better tell it, too.
    std::string ring(Severity severity, const char* kind, const std::string& sentence, std::uint64_t count = 0) {
        AlarmRecord record;
        record.at = Instant::now().wall;
        record.severity = severity;
        record.kind = kind;
        record.sentence = interface_ + ": " + sentence;
        record.count = count;
        return journal_->alarm(std::move(record)) ? journal_->last_id() : "";
    }
    void beat(AlarmHeartbeat beat) {
        beat.who = "span-sensor " + interface_;
        journal_->heartbeat(beat);
    }

private:
    AlarmWriter* journal_;
    std::string interface_;
};

}  // namespace sw

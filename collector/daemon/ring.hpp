#pragma once
/// The collector's side of its alarm journal, for what is no finding.
#include <string>
#include <utility>

#include "collector/store/wall_clock.hpp"
#include "sensor/journal/alarm_journal.hpp"

namespace sw {

class Ring {
public:
    explicit Ring(AlarmWriter& journal) : journal_(&journal) {}

    void operator()(Severity severity, const char* kind, std::string sentence) const {
        AlarmRecord a;
        a.at = wall_clock();
        a.severity = severity;
        a.kind = kind;
        a.sentence = std::move(sentence);
        journal_->alarm(std::move(a));  // what fails waits in the journal's memory
    }
    void operator()(AlarmRecord record) const { journal_->alarm(std::move(record)); }

private:
    AlarmWriter* journal_;
};

}  // namespace sw

#pragma once
/// The built span-alarm, run on a sensor's journal that the test writes. A test waits on what the program does, and fails after a
/// minute without it.
#include <poll.h>
#include <signal.h>
#include <sys/types.h>

#include <string>
#include <vector>

#include "rules/base/unique_fd.hpp"
#include "tests/cli/folder.hpp"
#include "tests/unit/alarm/records.hpp"

namespace sw::test {

/// Folders "sensor" and "state", and what is written into the former.
class AlarmPost : public cli::Folder {
public:
    AlarmPost();

    std::vector<std::string> arguments(const std::vector<std::string>& more) const;
    std::string text_of(const std::string& name) const;  ///< "" if it is not there
    std::vector<std::string> alarm_lines() const { return lines_in(text_of("log/alarms")); }

    std::unique_ptr<AlarmWriter> sensor;
};

class AlarmProgram {
public:
    explicit AlarmProgram(const std::vector<std::string>& arguments);
    AlarmProgram(const AlarmProgram&) = delete;
    AlarmProgram& operator=(const AlarmProgram&) = delete;
    ~AlarmProgram();

    pid_t pid() const { return pid_; }
    void signal(int number) const { ::kill(pid_, number); }
    /// Wait for its end: its exit code, or 128 + the signal that ended it.
    int end();
    /// What it wrote to standard error so far, or, after end(), all of it.
    const std::string& said();

private:
    pid_t pid_ = -1;
    UniqueFd err_;
    std::string said_;
};

/// False: not within a minute.
template <class Condition>
bool comes_true(Condition condition) {
    for (int i = 0; i < 3000; ++i) {
        if (condition()) return true;
        ::poll(nullptr, 0, 20);
    }
    return false;
}

}  // namespace sw::test

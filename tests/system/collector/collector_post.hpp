#pragma once
/// The built span-collector, run on spools that the test writes. A test waits on what the program does, and fails after a minute
/// without it.
#include <signal.h>
#include <sys/types.h>

#include <functional>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rules/base/unique_fd.hpp"
#include "sensor/journal/journal_writer.hpp"
#include "tests/cli/folder.hpp"
#include "tests/support/craft.hpp"
#include "tests/unit/alarm/records.hpp"

namespace sw::test {

class CollectorProgram {
public:
    explicit CollectorProgram(std::vector<std::string> words);
    CollectorProgram(const CollectorProgram&) = delete;
    CollectorProgram& operator=(const CollectorProgram&) = delete;
    ~CollectorProgram();

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

/// A sensor's half: findings by number, packets with crafted frames.
class SpoolWriter {
public:
    explicit SpoolWriter(const std::string& folder, const JournalLimits& limits = {});
    /// count packets of finding number who, described when it is first named.
    void packets(std::uint32_t who, std::uint64_t count);
    void drops(std::uint64_t frames);
    void flush();
    std::uint64_t written() const { return written_; }

private:
    std::unique_ptr<JournalWriter> journal_;
    craft::Octets frame_;
    std::vector<bool> described_;
    std::uint64_t written_ = 0;
};

/// Folders: spools "a" and "b", "alarms", and "db" with the store.
struct CollectorPost : cli::Folder {
    CollectorPost();
    std::vector<std::string> words(const std::vector<std::string>& spools = {"a"}) const;
    void start(const std::vector<std::string>& spools = {"a"});
    void stop();  ///< TERM, and it ends well
    /// The first column of each row; "" as long as there is no store.
    std::string rows(const std::string& sql) const;
    void becomes(const std::string& sql, const std::string& value) const;
    std::vector<AlarmRecord> alarms(const std::string& kind) const;
    void rings(const std::string& kind, const std::string& words) const;

    std::unique_ptr<CollectorProgram> program;
};

void until(const std::string& what, const std::function<bool()>& holds);

}  // namespace sw::test

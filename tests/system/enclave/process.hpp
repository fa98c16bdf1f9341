#pragma once
/// A program at work in the enclave. It ends with the test.
#include <sys/types.h>

#include <string>
#include <vector>

#include "tests/system/enclave/unit.hpp"
#include "tests/system/enclave/world.hpp"

namespace sw::test {

class Process {
public:
    /// In a host. output: file that gets standard output and error
    Process(const Host& host, std::vector<std::string> words, const std::string& output);
    /// As its unit says, with more words behind its command.
    Process(const Unit& unit, const std::vector<std::string>& more, const std::string& output);
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process();

    pid_t pid() const { return pid_; }
    void signal(int number) const;
    /// Its exit code, 128 + n if signal n ended it. Waits at most a minute.
    int wait();
    std::string said() const { return text_of(output_); }
    /// Wait until its output holds the text.
    void says(const std::string& text) const;

private:
    [[noreturn]] static void become(const std::vector<std::string>& words, const std::string& output, const Unit* unit, const Host& host);

    pid_t pid_ = -1;
    std::string output_;
};

/// Run a program in a host to its end; gives its exit code.
int run_in(const Host& host, const std::string& command);

}  // namespace sw::test

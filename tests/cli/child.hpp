#pragma once
/// The built program, run in a folder: its standard streams are pipes, or a terminal. Nothing here sleeps: a test waits on
/// what the program writes, and a program that neither writes nor ends is killed after a minute and fails the test.
#include <sys/types.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/base/unique_fd.hpp"
#include "tests/cli/folder.hpp"

namespace sw::cli {

struct Ended {
    int code = -1;  ///< its exit code; 128 + n if signal n ended it
    std::string out, err;
};

struct Setup {
    enum class Out { pipe, file, closed, nobody_reads, terminal };
    std::string input;                          ///< standard input
    std::vector<std::string> environment = {};  ///< NAME=value, besides this process's own
    Out out = Out::pipe;                        ///< terminal: standard error too, and Ended::out holds both
    std::string out_file = {};                  ///< file: standard output is this one
};

class Child {
public:
    Child(const Folder& folder, const std::vector<std::string>& arguments, const Setup& setup = {});
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child();

    /// Write more to its standard input, all of it.
    void feed(std::string_view octets);
    void close_input() { in_.reset(); }
    void signal(int number) const;
    /// What it wrote to standard error; waits until that has so many lines, or ends.
    const std::string& error_lines(std::ptrdiff_t lines);
    Ended finish();

private:
    void pump(std::string_view* to_write, const std::function<bool()>& enough);
    bool take(UniqueFd& from, std::string& into) const;

    pid_t pid_ = -1;
    UniqueFd in_, out_, err_;
    Ended ended_;
};

/// Run it to its end.
Ended run(const Folder& folder, const std::vector<std::string>& arguments, const Setup& setup = {});

}  // namespace sw::cli

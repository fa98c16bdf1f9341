#pragma once
/// Standard output, checked; messages on standard error.
#include <cstdio>
#include <string>
#include <string_view>

#include "collector/cli/options.hpp"

namespace sw {

/// "span-watcher: text" on stderr.
void complain(std::string_view text);

/// Data for stdout; buffered, errors kept until finish().
class Output {
public:
    explicit Output(Colour colour);

    void put(std::string_view text);
    void line(std::string_view text) {
        put(text);
        put("\n");
    }
    /// text between colour codes, or as it is
    std::string red(std::string_view text) const { return painted(text, "31"); }
    std::string yellow(std::string_view text) const { return painted(text, "33"); }
    std::string green(std::string_view text) const { return painted(text, "32"); }
    std::string bold(std::string_view text) const { return painted(text, "1"); }
    /// Nothing that is put any more arrives anywhere.
    bool failed() const { return error_ != 0; }
    /// Flush. code, if all was written; else 128 + SIGPIPE without a word if nobody reads the pipe, or 3 after saying why.
    int finish(int code);

private:
    std::string painted(std::string_view text, const char* code) const;
    bool colour_ = false;
    int error_ = 0;
};

}  // namespace sw

#include "collector/cli/console.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace sw {

void complain(std::string_view text) { fmt::print(stderr, "span-watcher: {}\n", text); }

Output::Output(Colour colour) {
    const char* no_color = std::getenv("NO_COLOR");
    const char* term = std::getenv("TERM");
    const bool plain = (no_color != nullptr && *no_color != '\0') || (term != nullptr && std::strcmp(term, "dumb") == 0);
    colour_ = colour == Colour::always || (colour == Colour::automatic && !plain && ::isatty(STDOUT_FILENO) == 1);
}

void Output::put(std::string_view text) {
    if (error_ == 0 && std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) error_ = errno;
}

std::string Output::painted(std::string_view text, const char* code) const {
    return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

int Output::finish(int code) {
    if (error_ == 0 && std::fflush(stdout) != 0) error_ = errno;
    if (error_ == 0) return code;
    if (error_ == EPIPE) return 128 + SIGPIPE;
    complain(fmt::format("writing the output: {}", std::strerror(error_)));
    return to_int(ExitCode::environment);
}

}  // namespace sw

#pragma once
/// The command line of span-alarm. It reads no settings file: the unit that starts it names everything.
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "rules/base/exit_code.hpp"

namespace sw {

struct SerialLine {
    std::string path;
    unsigned baud = 9600;
};

struct ListenerOptions {
    std::vector<std::string> journals;  ///< folders
    std::string state;                  ///< folder: how far it has rung, and its own alarm journal
    std::string file;                   ///< alarm file, "" none
    std::vector<std::string> terminals, leds;
    std::vector<SerialLine> serials;
    std::string command;                ///< program, "" none
    std::string acks;                   ///< of span-watcher alarm ack: when it grows, LEDs go out; "" none
    bool bell = false;                  ///< on terminals
    std::chrono::seconds late{5};       ///< without a heartbeat
    std::chrono::seconds grace{30};     ///< without one since the start
    std::chrono::seconds stalled{300};  ///< without a frame; 0: never mind
    std::chrono::seconds throttle{60};  ///< between two of the same kind; 0: ring each
    bool unconfined = false;
};

/// What the arguments ask for; or, when there is nothing to run (help, version, an error), how to end.
struct ParsedListenerOptions {
    std::optional<ListenerOptions> options;
    ExitCode exit = ExitCode::clean;
};

/// Prints help and version on stdout, errors on stderr.
ParsedListenerOptions parse_listener_options(int argc, char** argv);

}  // namespace sw

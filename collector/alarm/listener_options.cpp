#include "collector/alarm/listener_options.hpp"

#include <fmt/format.h>
#include <getopt.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <string_view>

#include "rules/base/text.hpp"

namespace sw {
namespace {

constexpr std::string_view usage =
    R"(usage: span-alarm --journal FOLDER [--journal FOLDER ...] --state FOLDER [options]
  --journal FOLDER      an alarm journal to listen to (a sensor's, the collector's)
  --state FOLDER        where it keeps how far it has rung, and its own alarm journal
  --file FILE           append every alarm to FILE, one line each
  --tty DEVICE          write to a terminal          --bell   and ring its bell
  --serial DEVICE[:BAUD]  write to a serial line, 8N1 (default 9600)
  --command PROGRAM     run PROGRAM SEVERITY ID SENTENCE
  --led FILE            write 1 into FILE            --acks FILE  and 0 when this file grows
  --late SECONDS        no heartbeat for so long is an alarm (default 5)
  --grace SECONDS       the same for one not heard since the start (default 30)
  --stalled SECONDS     no frame for so long is an alarm; 0: never (default 300)
  --throttle SECONDS    between two rings for the same finding; 0: ring each (default 60)
  --unconfined          for debugging only: keep all powers; every line says so
  --help, --version
)";

enum Option : int {
    journal = 1,
    state,
    file,
    tty,
    serial,
    command,
    led,
    acks,
    bell,
    late,
    grace,
    stalled,
    throttle,
    unconfined,
    help,
    version
};

constexpr std::array<option, 17> table{{{"journal", required_argument, nullptr, journal},
                                        {"state", required_argument, nullptr, state},
                                        {"file", required_argument, nullptr, file},
                                        {"tty", required_argument, nullptr, tty},
                                        {"serial", required_argument, nullptr, serial},
                                        {"command", required_argument, nullptr, command},
                                        {"led", required_argument, nullptr, led},
                                        {"acks", required_argument, nullptr, acks},
                                        {"bell", no_argument, nullptr, bell},
                                        {"late", required_argument, nullptr, late},
                                        {"grace", required_argument, nullptr, grace},
                                        {"stalled", required_argument, nullptr, stalled},
                                        {"throttle", required_argument, nullptr, throttle},
                                        {"unconfined", no_argument, nullptr, unconfined},
                                        {"help", no_argument, nullptr, help},
                                        {"version", no_argument, nullptr, version},
                                        {nullptr, 0, nullptr, 0}}};

constexpr auto bauds = std::to_array<unsigned>({1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200});

template <class T>
bool whole(std::string_view text, T& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

/// Reads the options one by one; the first that is wrong is in wrong().
class Reader {
public:
    void take(int number, std::string_view value) {
        const std::string text(value);
        switch (number) {
            case journal:
                return path(text, [&] { o_.journals.push_back(text); });
            case state:
                return path(text, [&] { o_.state = text; });
            case file:
                return path(text, [&] { o_.file = text; });
            case tty:
                return path(text, [&] { o_.terminals.push_back(text); });
            case serial:
                return line(text);
            case command:
                return path(text, [&] { o_.command = text; });
            case led:
                return path(text, [&] { o_.leds.push_back(text); });
            case acks:
                return path(text, [&] { o_.acks = text; });
            case late:
                return seconds("--late", text, 1, o_.late);
            case grace:
                return seconds("--grace", text, 1, o_.grace);
            case stalled:
                return seconds("--stalled", text, 0, o_.stalled);
            case throttle:
                return seconds("--throttle", text, 0, o_.throttle);
            case bell:
                o_.bell = true;
                return;
            case unconfined:
                o_.unconfined = true;
                return;
            default:
                return;
        }
    }
    void end() {
        if (o_.journals.empty()) say("nothing to listen to: name alarm journals with --journal FOLDER");
        if (o_.state.empty()) say("no place to remember what was rung: name a folder with --state FOLDER");
        if (!o_.command.empty() && o_.command.front() != '/')
            say("--command must be an absolute path: no shell and no search path are used");
        if (o_.bell && o_.terminals.empty()) say("--bell rings the terminals of --tty: name one");
    }
    void say(std::string text) {
        if (wrong_.empty()) wrong_ = std::move(text);
    }
    const std::string& wrong() const { return wrong_; }
    const ListenerOptions& options() const { return o_; }

private:
    template <class Put>
    void path(const std::string& text, Put put) {
        if (text.empty() || text.find('\n') != std::string::npos) return say("a path is empty or has a line feed in it: name it without");
        put();
    }
    void line(const std::string& text) {
        SerialLine out{text, 9600};
        if (const std::size_t colon = text.rfind(':'); colon != std::string::npos) {
            out.path = text.substr(0, colon);
            const bool known = whole(text.substr(colon + 1), out.baud) && std::find(bauds.begin(), bauds.end(), out.baud) != bauds.end();
            if (!known)
                return say(fmt::format("--serial {}: the speed must be one of {}", escape_for_display(text), fmt::join(bauds, ", ")));
        }
        path(out.path, [&] { o_.serials.push_back(out); });
    }
    void seconds(const char* name, const std::string& text, std::int64_t least, std::chrono::seconds& out) {
        std::int64_t n = 0;
        if (!whole(text, n) || n < least || n > 86400) return say(fmt::format("{} must be {} to 86400 seconds", name, least));
        out = std::chrono::seconds{n};
    }

    ListenerOptions o_;
    std::string wrong_;
};

}  // namespace

ParsedListenerOptions parse_listener_options(int argc, char** argv) {
    Reader reader;
    ::opterr = 0;
    ::optind = 0;  // from the beginning, also when tests ask twice
    for (int number; (number = ::getopt_long(argc, argv, "+:", table.data(), nullptr)) != -1;) {
        if (number == help || number == version) {
            if (number == help) std::fputs(usage.data(), stdout);
            if (number == version) std::fputs("span-alarm " SPAN_VERSION "\n", stdout);
            return {};
        }
        const char* word = argv[::optind - 1];
        if (number == '?') reader.say(fmt::format("unknown option '{}'", escape_for_display(word)));
        if (number == ':') reader.say(fmt::format("{} needs a value", escape_for_display(word)));
        if (number != '?' && number != ':') reader.take(number, ::optarg != nullptr ? ::optarg : "");
    }
    if (::optind < argc) reader.say(fmt::format("'{}' is no option", escape_for_display(argv[::optind])));
    reader.end();
    if (reader.wrong().empty()) return {reader.options(), ExitCode::clean};
    fmt::print(stderr, "span-alarm: {}\nTry 'span-alarm --help'.\n", reader.wrong());
    return {std::nullopt, ExitCode::input};
}

}  // namespace sw

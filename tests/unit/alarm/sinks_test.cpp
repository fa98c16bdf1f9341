// Sinks with real files, pipes and programs; terminals are tested with the whole program.
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "collector/alarm/sink.hpp"
#include "rules/base/unique_fd.hpp"
#include "tests/unit/alarm/records.hpp"

namespace sw::test {
namespace {

void ring(AlarmSink& sink, const std::string& sentence) {
    AlarmRecord r = alarm(sentence, 0, Severity::critical);
    r.id = "0a1b2c3d:1";
    sink.ring({r, sentence});
}

std::string read_all(int fd) {
    std::array<char, 65536> text{};
    const ssize_t n = ::read(fd, text.data(), text.size());
    return n > 0 ? std::string(text.data(), static_cast<std::size_t>(n)) : "";
}

/// The command is another process: give it time until it has done what is waited for.
template <class Done>
bool tick_until(AlarmSink& sink, Moment now, Done done) {
    for (int i = 0; i < 6000; ++i) {
        sink.tick(now);
        if (done()) return true;
        ::poll(nullptr, 0, 10);
    }
    return false;
}

void put_script(const cli::Folder& folder, const std::string& name, const std::string& text) {
    folder.put(name, "#!/bin/sh\n" + text);
    REQUIRE(::chmod(folder.at(name).c_str(), 0755) == 0);
}

}  // namespace

TEST_CASE("sinks: a terminal is told severity, id, time and sentence, with the bell where asked for") {
    const cli::Folder folder;
    folder.put("plain", std::string());
    folder.put("bell", std::string());
    for (const auto& [name, bell] : {std::pair{"plain", false}, std::pair{"bell", true}}) {
        const auto sink = terminal_sink(folder.at(name), bell);
        ring(*sink, "it burns");
        sink->tick(second(0));
        CHECK(folder.text(name) == std::string("\r\n") + (bell ? "\a" : "") +
                                       "span-watcher: critical alarm 0a1b2c3d:1 at 2023-11-14T22:13:20.000000000Z\r\nit burns\r\n");
    }
}

TEST_CASE("sinks: a device that is not there is tried again later and later, and gets what waited") {
    const cli::Folder folder;
    const auto sink = terminal_sink(folder.at("tty"), false);
    ring(*sink, "first");
    sink->tick(second(0));
    folder.put("tty", std::string());
    sink->tick(second(0));
    CHECK(folder.text("tty").empty());
    sink->tick(second(1));
    CHECK(folder.text("tty").find("first") != std::string::npos);
}

TEST_CASE("sinks: a pipe that nobody empties keeps nobody waiting, and what found no room is counted and told") {
    const cli::Folder folder;
    const std::string path = folder.at("pipe");
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    const UniqueFd reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    const auto sink = terminal_sink(path, false);
    const std::string filler(4'000, 'x');
    for (int i = 0; i < 400; ++i) {
        ring(*sink, filler);
        sink->tick(second(0));
    }
    const std::uint64_t dropped = sink->dropped();
    CHECK(dropped > 100);
    while (!read_all(reader.get()).empty()) sink->tick(second(0));
    ring(*sink, "the next");
    sink->tick(second(0));
    CHECK(read_all(reader.get()).find("(" + std::to_string(dropped) + " alarms before this one could not be shown here)") !=
          std::string::npos);
}

TEST_CASE("sinks: an LED is lit by an alarm and put out by a person") {
    const cli::Folder folder;
    folder.put("led", std::string("7\n"));
    const auto sink = led_sink(folder.at("led"));
    sink->tick(second(0));
    CHECK(folder.text("led") == "7\n");
    ring(*sink, "it burns");
    sink->tick(second(0));
    CHECK(folder.text("led") == "1\n");
    sink->acknowledged();
    sink->tick(second(0));
    CHECK(folder.text("led") == "0\n");
}

TEST_CASE("sinks: a command gets severity, id and sentence as words that no shell sees, and the sentence as input") {
    const cli::Folder folder;
    put_script(folder, "command",
               "cd " + folder.path().string() +
                   "\nread -r line\nprintf '%s|%s|%s|%s|%s\\n' \"$#\" \"$1\" \"$2\" \"$3\" \"$line\" >>heard\n: >done$3\n");
    folder.put("heard", std::string());
    const auto sink = command_sink(folder.at("command"));
    ring(*sink, "one; rm -rf $HOME `x`");
    ring(*sink, "two");
    REQUIRE(tick_until(*sink, second(0), [&] { return std::filesystem::exists(folder.at("donetwo")); }));
    CHECK(folder.text("heard") == "3|critical|0a1b2c3d:1|one; rm -rf $HOME `x`|one; rm -rf $HOME `x`\n3|critical|0a1b2c3d:1|two|two\n");
}

TEST_CASE("sinks: a command that does not end is ended, and the next alarm gets its own") {
    const cli::Folder folder;
    put_script(folder, "command", "cd " + folder.path().string() + "\n: >\"began$3\"\n[ \"$3\" = second ] || sleep 1000\n");
    const auto sink = command_sink(folder.at("command"));
    ring(*sink, "first");
    ring(*sink, "second");
    REQUIRE(tick_until(*sink, second(0), [&] { return std::filesystem::exists(folder.at("beganfirst")); }));
    sink->tick(second(9));
    sink->tick(second(9));
    CHECK_FALSE(std::filesystem::exists(folder.at("begansecond")));
    CHECK(tick_until(*sink, second(11), [&] { return std::filesystem::exists(folder.at("begansecond")); }));
}

}  // namespace sw::test

// span-alarm as it is built: real terminals and lines, signals, kills, and what the kernel says of its powers.
#include "tests/system/alarm/alarm_program.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <random>
#include <set>

namespace sw::test {
namespace {

/// Both ends of a terminal.
struct Terminal {
    UniqueFd ours, theirs;
    std::string name;

    Terminal() : ours(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)) {
        if (!ours || ::grantpt(ours.get()) != 0 || ::unlockpt(ours.get()) != 0) FAIL("no terminal");
        name = ::ptsname(ours.get());
        theirs = UniqueFd(::open(name.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
        termios t{};
        REQUIRE(::tcgetattr(theirs.get(), &t) == 0);
        ::cfmakeraw(&t);
        t.c_cflag |= PARENB;
        REQUIRE(::tcsetattr(theirs.get(), TCSANOW, &t) == 0);
    }
    /// All that was written to it so far.
    const std::string& shown() {
        std::array<char, 4096> piece{};
        for (ssize_t n; (n = ::read(ours.get(), piece.data(), piece.size())) > 0;) text.append(piece.data(), static_cast<std::size_t>(n));
        return text;
    }
    std::string text;
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string output_of(const std::string& command) {
    std::string out;
    std::FILE* pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::array<char, 4096> piece{};
    while (std::fgets(piece.data(), piece.size(), pipe) != nullptr) out += piece.data();
    ::pclose(pipe);
    return out;
}

std::string id_of(const std::string& line) {
    std::size_t at = 0;
    for (int i = 0; i < 2; ++i) at = line.find(' ', at) + 1;
    return line.substr(at, line.find(' ', at) - at);
}

}  // namespace

TEST_CASE("span-alarm: terminal, serial line, LED and file are told, and nothing hostile gets through") {
    AlarmPost post;
    Terminal terminal, serial;
    post.put("led", std::string("0\n"));
    AlarmProgram program(post.arguments({"--tty", terminal.name, "--bell", "--serial", serial.name + ":19200", "--led", post.at("led")}));
    REQUIRE(post.sensor->alarm(alarm("drop table\x1b[2J\xc2\x9b and \xe2\x80\xae", 1, Severity::critical)));
    const std::string clean = "drop table\\x1b[2J\\u{009b} and \\u{202e} (finding 1)";
    CHECK(comes_true([&] { return has(terminal.shown(), clean + "\r\n"); }));
    CHECK(has(terminal.text, "\r\n\aspan-watcher: critical alarm "));
    CHECK(comes_true([&] { return has(serial.shown(), clean + "\r\n"); }));
    CHECK(comes_true([&] { return post.text("led") == "1\n"; }));
    CHECK(comes_true([&] { return has(post.text_of("log/alarms"), clean + "\n"); }));
    for (const std::string* text : {&terminal.text, &serial.text})
        CHECK(std::none_of(text->begin(), text->end(), [](char c) {
            const auto octet = static_cast<unsigned char>(c);
            return octet >= 0x7f || (octet < 0x20 && c != '\r' && c != '\n' && c != '\a');
        }));
    termios t{};
    REQUIRE(::tcgetattr(serial.theirs.get(), &t) == 0);
    CHECK(::cfgetospeed(&t) == B19200);
    CHECK((t.c_cflag & (CSIZE | PARENB | CSTOPB)) == CS8);
    program.signal(SIGTERM);
    CHECK(program.end() == 0);
}

TEST_CASE("span-alarm: at HUP a serial line is opened and set again, confined as it is") {
    AlarmPost post;
    Terminal serial;
    std::filesystem::create_directory(post.at("dev"));
    std::filesystem::create_symlink(serial.name, post.at("dev/line"));
    AlarmProgram program(post.arguments({"--serial", post.at("dev/line")}));
    REQUIRE(post.sensor->alarm(alarm("first")));
    REQUIRE(comes_true([&] { return has(serial.shown(), "first"); }));
    termios t{};
    REQUIRE(::tcgetattr(serial.theirs.get(), &t) == 0);
    ::cfsetospeed(&t, B1200);  // somebody else set it: opening it again sets it back
    REQUIRE(::tcsetattr(serial.theirs.get(), TCSANOW, &t) == 0);
    program.signal(SIGHUP);
    REQUIRE(post.sensor->alarm(alarm("second")));
    CHECK(comes_true([&] { return has(serial.shown(), "second"); }));
    REQUIRE(::tcgetattr(serial.theirs.get(), &t) == 0);
    CHECK(::cfgetospeed(&t) == B9600);
}

TEST_CASE("span-alarm: killed at any instant, every alarm stands in the file once") {
    AlarmPost post;
    std::mt19937_64 random(11);
    std::size_t sent = 0;
    for (int round = 0; round < 100; ++round) {
        AlarmProgram program(post.arguments({"--throttle", "0"}));
        for (auto n = 1 + random() % 4; n > 0; --n, ++sent) REQUIRE(post.sensor->alarm(alarm("alarm", 1)));
        // Some are killed at their start, some at work.
        if (random() % 2 == 0) REQUIRE(comes_true([&] { return post.alarm_lines().size() >= sent; }));
        for (volatile std::uint64_t moment = random() % 2'000'000; moment > 0;) moment = moment - 1;
        program.signal(SIGKILL);
        program.end();
    }
    AlarmProgram program(post.arguments({"--throttle", "0"}));
    REQUIRE(post.sensor->alarm(alarm("the last", 1)));
    ++sent;
    CHECK(comes_true([&] { return has(post.text_of("log/alarms"), "the last"); }));
    program.signal(SIGTERM);
    CHECK(program.end() == 0);
    std::set<std::string> ids;
    for (const std::string& line : post.alarm_lines()) ids.insert(id_of(line));
    CHECK(ids.size() == sent);
    CHECK(post.alarm_lines().size() == sent);
}

TEST_CASE("span-alarm: a writer that falls silent is told, and that it is back") {
    AlarmPost post;
    AlarmProgram program(post.arguments({"--late", "1", "--grace", "1"}));
    std::int64_t n = 0;
    const auto beats_until = [&](const std::string& part) {
        return comes_true([&] { return post.sensor->heartbeat(beat(++n, 1)) && has(post.text_of("log/alarms"), part); });
    };
    REQUIRE(post.sensor->heartbeat(beat(++n, 1)));
    REQUIRE(comes_true([&] { return has(post.text_of("log/alarms"), " critical "); }));
    CHECK(has(post.text("log/alarms"), "dead-man Nothing has been heard from span-sensor span0 for 1 s"));
    CHECK(beats_until("dead-man span-sensor span0 is heard again."));
    CHECK(post.alarm_lines().size() == 2);
}

TEST_CASE("span-alarm: a command runs with the same powers: it hears the alarm and reaches no network") {
    AlarmPost post;
    const std::string heard = post.at("log/heard");
    post.put("command",
             "#!/bin/sh\nread -r line\nnet=silent\n(exec bash -c 'exec 3<>/dev/udp/127.0.0.1/9') 2>/dev/null && net=reached\n"
             "(: >'" +
                 post.at("sensor/made").string() + "') 2>/dev/null && net=wrote\nprintf '%s %s %s\\n' \"$1\" \"$line\" \"$net\" >'" +
                 heard + "'\n");
    REQUIRE(::chmod(post.at("command").c_str(), 0755) == 0);
    AlarmProgram program(post.arguments({"--command", post.at("command")}));
    REQUIRE(post.sensor->alarm(alarm("it burns", 0, Severity::critical)));
    CHECK(comes_true([&] { return has(post.text_of("log/heard"), "\n"); }));
    CHECK(post.text_of("log/heard") == "critical it burns silent\n");
}

TEST_CASE("span-alarm: TERM saves its place, HUP begins a rotated file again, USR1 counts") {
    AlarmPost post;
    AlarmProgram program(post.arguments({}));
    REQUIRE(post.sensor->alarm(alarm("first")));
    REQUIRE(comes_true([&] { return has(post.text_of("log/alarms"), "first"); }));
    std::filesystem::rename(post.at("log/alarms"), post.at("log/alarms.0"));
    program.signal(SIGHUP);
    REQUIRE(comes_true([&] { return std::filesystem::exists(post.at("log/alarms")); }));
    REQUIRE(post.sensor->alarm(alarm("second")));
    REQUIRE(comes_true([&] { return has(post.text_of("log/alarms"), "second"); }));
    program.signal(SIGUSR1);
    CHECK(comes_true([&] { return has(program.said(), "span-alarm: 2 alarms read, 2 rung"); }));
    program.signal(SIGTERM);
    CHECK(program.end() == 0);
    AlarmProgram again(post.arguments({}));
    REQUIRE(post.sensor->alarm(alarm("third")));
    REQUIRE(comes_true([&] { return has(post.text_of("log/alarms"), "third"); }));
    CHECK(post.alarm_lines().size() == 2);
}

TEST_CASE("span-alarm: the kernel holds it to its role, and none of its descriptors is a socket") {
    AlarmPost post;
    AlarmProgram program(post.arguments({}));
    REQUIRE(post.sensor->alarm(alarm("up")));
    REQUIRE(comes_true([&] { return has(post.text_of("log/alarms"), "up"); }));
    const std::filesystem::path proc = "/proc/" + std::to_string(program.pid());
    const std::string status = output_of("cat " + (proc / "status").string());
    CHECK(has(status, "NoNewPrivs:\t1"));
    CHECK(has(status, "Seccomp:\t2"));
    CHECK(has(status, "Threads:\t1"));
    std::size_t descriptors = 0;
    for (const auto& entry : std::filesystem::directory_iterator(proc / "fd")) {
        ++descriptors;
        CHECK_FALSE(has(std::filesystem::read_symlink(entry.path()).string(), "socket:"));
    }
    CHECK(descriptors > 3);
}

TEST_CASE("span-alarm: it imports nothing that reaches a network, a packet, a store or a policy") {
    const std::string symbols = output_of("nm -D --undefined-only '" SPAN_ALARM "' 2>/dev/null");
    const std::string libraries = output_of("readelf -d '" SPAN_ALARM "' 2>/dev/null");
    if (symbols.empty() || libraries.empty()) {
        WARN("skipped: no nm or readelf");
        return;
    }
    CHECK(has(symbols, "ppoll"));
    // socket and socketpair: confinement tries at start whether they are refused.
    for (const char* name : {"connect", "bind", "listen", "accept", "accept4", "send", "sendto", "sendmsg", "sendmmsg", "recv", "recvfrom",
                             "recvmsg", "__recv_chk", "__recvfrom_chk", "getaddrinfo", "gethostbyname", "dlopen", "system", "popen"})
        CHECK_FALSE(has(symbols, std::string(" ") + name + "@"));
    for (const char* prefix : {" pcap_", " sqlite3_"}) CHECK_FALSE(has(symbols, prefix));
    CHECK(has(libraries, "libc.so"));
    for (const char* name : {"libpcap", "libsqlite3", "libtomlplusplus", "libtins", "libmd", "libsodium", "libsystemd", "libresolv"})
        CHECK_FALSE(has(libraries, name));
}

TEST_CASE("span-alarm: what is wrong with its options is said in one line and how to mend it") {
    const AlarmPost post;
    for (const auto& [arguments, part, code] :
         {std::tuple{std::vector<std::string>{}, "name alarm journals with --journal FOLDER", 2},
          std::tuple{std::vector<std::string>{"--jurnal"}, "unknown option '--jurnal'", 2},
          std::tuple{std::vector<std::string>{"--file"}, "--file needs a value", 2},
          std::tuple{post.arguments({"x\x1b"}), "'x\\x1b' is no option", 2},
          std::tuple{post.arguments({"--late", "0"}), "--late must be 1 to", 2},
          std::tuple{post.arguments({"--command", "sh"}), "an absolute path", 2}, std::tuple{post.arguments({"--bell"}), "--tty", 2},
          std::tuple{post.arguments({"--serial", "/dev/x:9601"}), "the speed must be one of 1200", 2},
          std::tuple{std::vector<std::string>{"--journal", "/none", "--state", "/none"}, "it must be a folder that exists", 3}}) {
        AlarmProgram program(arguments);
        CHECK(program.end() == code);
        INFO(program.said());
        CHECK(has(program.said(), part));
        CHECK(std::count(program.said().begin(), program.said().end(), '\n') == (code == 2 ? 2 : 1));
    }
}

}  // namespace sw::test

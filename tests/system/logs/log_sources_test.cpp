/// Lines from real senders over each source, with two kills of the collector in between: each is in the store once.
/// SPAN_LOG_LINES: how many over each source.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/system/enclave/appliance.hpp"

namespace sw::test {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// ip dst 192.0.2.67
const std::string to_the_sink = "6,40 0 0 12,21 0 3 2048,32 0 0 30,21 0 1 3221226051,6 0 0 4294967295,6 0 0 0";
const std::string log_spool = "/var/spool/span-watcher/logs";

bool skipped() {
    std::string why = world_unavailable();
    for (const char* tool : {"loggen", "syslog-ng"})
        if (why.empty() && std::system(("command -v " + std::string(tool) + " >/dev/null 2>&1").c_str()) != 0)
            why = "no " + std::string(tool) + " (Debian: syslog-ng-core, which replaces any other syslog daemon)";
    if (!why.empty()) std::printf("skipped: %s\n", why.c_str());
    return !why.empty();
}

std::uint64_t lines_each() {
    const char* text = std::getenv("SPAN_LOG_LINES");
    return text != nullptr ? std::strtoull(text, nullptr, 10) : 5'000;
}

/// Sends lines_each() numbered lines of 200 octets to a sink. way: loggen's words
std::unique_ptr<Process> send(const Host& from, const std::string& way, const std::string& sink, int port) {
    const auto command =
        fmt::format("exec loggen {} --interval 3600 --rate 10000 --number {} --size 200 --quiet {} {}", way, lines_each(), sink, port);
    return std::make_unique<Process>(from, std::vector<std::string>{"sh", "-c", command}, "/run/senders");
}

/// The collector as its unit starts it, with more words behind.
class Keeper {
public:
    explicit Keeper(std::vector<std::string> more) : unit_(read_unit("span-collector", "")), more_(std::move(more)) {}

    void start() {
        const std::string output = "/run/keeper" + std::to_string(++starts_);
        fs::remove(output);
        process_ = std::make_unique<Process>(unit_, more_, output);
        process_->says("ready: ");
    }
    void kill() {
        process_->signal(SIGKILL);
        REQUIRE(process_->wait() == 128 + SIGKILL);
    }
    void stop() {
        process_->signal(SIGTERM);
        const int code = process_->wait();
        INFO(process_->said());
        REQUIRE(code == 0);
    }
    /// As a supervisor does it that opened the socket: descriptor 3.
    void hand_over(int socket) {
        std::vector<std::string> words{"bash", "-c", fmt::format("exec 3<&{}; LISTEN_FDS=1 LISTEN_PID=$$ exec \"$0\" \"$@\"", socket)};
        words.insert(words.end(), unit_.starts.back().begin(), unit_.starts.back().end());
        unit_.starts.back() = words;
    }

private:
    Unit unit_;
    std::vector<std::string> more_;
    std::unique_ptr<Process> process_;
    int starts_ = 0;
};

std::string of(const std::string& via) { return "log_event e JOIN log_source s ON s.id = e.source WHERE s.via = '" + via + "'"; }

/// A store that cannot be read at this instant is no count of 0.
std::uint64_t counted(const Appliance& a, const std::string& sql) {
    std::string text;
    until(
        "a number out of the store: " + text,
        [&] {
            text = a.rows(sql);
            return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
        },
        10);
    return std::strtoull(text.c_str(), nullptr, 10);
}

/// Lines that came this way, and what is counted as lost.
std::uint64_t stored(const Appliance& a, const std::string& via) {
    return counted(a, "SELECT coalesce(sum(lines), 0) FROM log_source WHERE via = '" + via + "'");
}
std::uint64_t lost(const Appliance& a) { return counted(a, "SELECT coalesce(sum(lost), 0) FROM log_loss"); }

/// Frames that the kernel dropped because the sensor could not keep up: told for a stretch of time, some seconds later.
std::uint64_t dropped(const Appliance& a) { return counted(a, "SELECT coalesce(sum(kernel_drops), 0) FROM coverage"); }

/// For whoever reads why a test stood still: what was sent, what the sensor says that it saw and lost, and what waits.
std::string facts(const Appliance& a) {
    return output_of("", "cat /run/senders; " SPAN_WATCHER " status --db " + store_file +
                             " 2>&1; tail -n 5 /run/span-[sca]*; du -s /var/spool/span-watcher/*; cat /proc/loadavg") +
           "coverage: frames, octets, kernel drops, logs, logs dropped\n" +
           a.rows(
               "SELECT sum(frames) || ' ' || sum(octets) || ' ' || sum(kernel_drops) || ' ' || sum(logs) || ' ' || sum(logs_dropped) FROM coverage");
}

/// Waits as long as it grows. What was stored once is never gone again, kills or not.
void grows_to(const Appliance& a, const std::string& what, std::uint64_t goal, const std::function<std::uint64_t()>& number) {
    auto moved = Clock::now();
    for (std::uint64_t n = number(), before = n; n < goal; n = number()) {
        INFO(what);
        REQUIRE(n >= before);
        if (n != before) moved = Clock::now();
        before = n;
        if (Clock::now() - moved > std::chrono::minutes{1})
            FAIL(what << " stays at " << n << " of " << goal << " for a minute\n" << facts(a));
        ::poll(nullptr, 0, 50);
    }
}

/// When a third and when two thirds of it are there, the collector is killed in the middle of its work, and comes back.
template <typename Killed>
void killed_twice(const Appliance& a, std::uint64_t goal, const std::function<std::uint64_t()>& number, Killed killed) {
    for (const std::uint64_t part : {goal / 3, goal * 2 / 3}) {
        grows_to(a, "what is stored", part, number);
        const std::uint64_t before = number();
        killed();
        REQUIRE(number() >= before);
    }
}

void each_once(const Appliance& a, const std::string& via, std::uint64_t number) {
    INFO(via);
    CHECK(a.number("SELECT count(*) FROM " + of(via)) == number);
    CHECK(a.number("SELECT count(DISTINCT e.source || hex(raw)) FROM " + of(via)) == number);
    CHECK(stored(a, via) == number);
}

std::uint64_t frames_out() {
    return std::strtoull(output_of("span-span0", "awk '$1 == \"span0:\" {print $11}' /proc/net/dev").c_str(), nullptr, 10);
}

std::string status() { return output_of("", SPAN_WATCHER " status --db " + store_file + " 2>&1; true"); }

}  // namespace

TEST_CASE("logs: hosts log to an address that nobody owns, all of it is stored off the mirror once, and no frame goes out") {
    if (skipped()) return;
    // Room for all of them: two senders at full speed starve a sensor with sanitizers.
    Appliance appliance({"--ring", lines_each() > 50'000 ? "256" : "16"});
    appliance.start();
    const std::uint64_t goal = 2 * lines_each();
    const auto number = [&] { return stored(appliance, "mirror") + dropped(appliance); };
    // The mirror shows mail's port; and for this test what the firewall sends to the sink.
    shell("switch", "tc qdisc add dev p1 clsact; tc filter add dev p1 ingress protocol all bpf bytecode '" + to_the_sink +
                        "' action mirred egress mirror dev mirror");
    const auto mail = send("mail", "--inet --dgram --syslog-proto --no-framing", "192.0.2.67", 514),
               firewall = send("firewall", "--inet --dgram --syslog-proto --no-framing", "192.0.2.67", 514);
    killed_twice(appliance, goal, number, [&] {
        appliance.kill(Daemon::collector);
        ::poll(nullptr, 0, 200);
        appliance.start(Daemon::collector);
    });
    CHECK(mail->wait() == 0);
    CHECK(firewall->wait() == 0);
    grows_to(appliance, "lines off the mirror", goal, number);
    CHECK(number() == goal);  // no other frame passes here
    each_once(appliance, "mirror", goal - dropped(appliance));
    std::printf("%llu of %llu dropped by the kernel, and counted\n", static_cast<unsigned long long>(dropped(appliance)),
                static_cast<unsigned long long>(goal));
    for (const char* host : {"mail", "firewall"})
        CHECK(appliance.number("SELECT count(*) FROM " + of("mirror") + " AND s.host = '" + host + "'") >=
              lines_each() - dropped(appliance));
    CHECK(lost(appliance) == 0);
    CHECK(frames_out() == 0);
    CHECK(appliance.rows("SELECT count(*) FROM finding WHERE kind = 'packet'") == "0");
    CHECK(status().find("receiving  SILENT: ") != std::string::npos);
    appliance.stop();
    shell("switch", "tc qdisc del dev p1 clsact");
}

TEST_CASE("logs: what syslog-ng takes by UDP, TCP and TLS is stored once, kills or not") {
    if (skipped()) return;
    Appliance appliance;
    shell("",
          "cd /etc/span-watcher && openssl req -x509 -newkey rsa:2048 -nodes -keyout syslog.key -out syslog.crt -days 2 -subj /CN=sink "
          ">/run/openssl 2>&1 && cp syslog.crt syslog-ca.crt");
    Process daemon("resolver",
                   {"syslog-ng", "-F", "-f", SPAN_SOURCE_DIR "/systemd/syslog-ng.conf", "-R", "/run/syslog-ng.persist", "-p",
                    "/run/syslog-ng.pid", "-c", "/run/syslog-ng.ctl", "--no-caps"},
                   "/run/syslog-ng");
    until("syslog-ng listens: " + text_of("/run/syslog-ng"), [] { return !output_of("resolver", "ss -Hltn 'sport = :6514'").empty(); });
    Keeper keeper({"--log-spool", log_spool});
    keeper.start();
    const std::uint64_t n = lines_each();
    // RFC 5425, with a certificate of the right authority.
    {
        std::ofstream file("/run/tls-lines", std::ios::binary);
        for (std::uint64_t i = 0; i < n; ++i) {
            const std::string line = fmt::format("<38>1 - mail app - - - number {:08}", i);
            file << line.size() << ' ' << line;
        }
    }
    const auto all = [&] { return stored(appliance, "udp") + stored(appliance, "tcp") + stored(appliance, "tls"); };
    std::vector<std::unique_ptr<Process>> senders;
    senders.push_back(send("mail", "--inet --dgram", "192.0.2.53", 514));
    senders.push_back(send("mail", "--inet --stream", "192.0.2.53", 514));
    senders.push_back(send("mail", "--inet --stream --syslog-proto", "192.0.2.53", 601));
    senders.push_back(std::make_unique<Process>(
        "mail",
        std::vector<std::string>{"socat", "-u", "FILE:/run/tls-lines",
                                 "OPENSSL:192.0.2.53:6514,verify=0,cert=/etc/span-watcher/syslog.crt,key=/etc/span-watcher/syslog.key"},
        "/run/senders"));
    killed_twice(appliance, 4 * n, all, [&] {
        keeper.kill();
        keeper.start();
    });
    for (const auto& sender : senders) CHECK(sender->wait() == 0);
    grows_to(appliance, "lines by TCP", 2 * n, [&] { return stored(appliance, "tcp"); });
    grows_to(appliance, "lines by TLS", n, [&] { return stored(appliance, "tls"); });
    const auto dropped = std::strtoull(output_of("resolver", "awk '/^Udp: [0-9]/ {print $6}' /proc/net/snmp").c_str(), nullptr, 10);
    grows_to(appliance, "lines by UDP", n - dropped, [&] { return stored(appliance, "udp"); });
    keeper.stop();
    each_once(appliance, "tcp", 2 * n);
    each_once(appliance, "tls", n);
    each_once(appliance, "udp", n - dropped);
    CHECK(status().find("receiving  NOT SILENT: lines come over TCP or TLS") != std::string::npos);
    daemon.signal(SIGTERM);
    CHECK(daemon.wait() == 0);
}

TEST_CASE("logs: on the collector's own socket, what is stored and what is counted as lost is what was sent, kills or not") {
    if (skipped()) return;
    Appliance appliance;
    const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM, 0));
    const int room = 32 << 20;  // ReceiveBuffer= of span-syslog.socket
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_port = htons(5514);
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&here), sizeof here) == 0);
    Keeper keeper({});
    keeper.hand_over(socket.get());
    keeper.start();
    const std::uint64_t n = lines_each();
    const auto sender = send("", "--inet --dgram", "127.0.0.1", 5514);
    const auto number = [&] { return stored(appliance, "socket") + lost(appliance); };
    killed_twice(appliance, n, number, [&] {
        keeper.kill();
        keeper.start();
    });
    CHECK(sender->wait() == 0);
    grows_to(appliance, "lines on the socket", n, number);
    keeper.stop();
    CHECK(number() == n);
    each_once(appliance, "socket", n - lost(appliance));
    std::printf("%llu of %llu lost, and counted\n", static_cast<unsigned long long>(lost(appliance)), static_cast<unsigned long long>(n));
    CHECK(status().find("receiving  NOT SILENT: lines come to a socket") != std::string::npos);
}

}  // namespace sw::test

/// The whole appliance on a real span port of a mail enclave, with real programs at work.
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "tests/support/catch.hpp"
#include "tests/support/stock.hpp"
#include "tests/system/enclave/appliance.hpp"
#include "tests/system/enclave/services.hpp"

namespace sw::test {
namespace {

using namespace craft;
using Clock = std::chrono::steady_clock;

bool skipped() {
    const std::string why = world_unavailable();
    if (!why.empty()) std::printf("skipped: %s\n", why.c_str());
    return !why.empty();
}

/// Something that must not happen: a program that does it, or frames.
struct Act {
    std::string what, host, command;
    Frames frames;
    std::vector<std::string> alarm;  ///< words of its line in the alarm file
};

Act program(const std::string& what, const Host& host, const std::string& command, const std::vector<std::string>& alarm) {
    return {what, host, command, {}, alarm};
}

Act frame(const std::string& what, const Host& host, const CraftedFrame& f, const std::vector<std::string>& alarm) {
    return {what, host, "", {f}, alarm};
}

std::vector<Act> forbidden_acts() {
    return {
        program("a stranger tries to administer", "outside", "nc -w 1 192.0.2.25 22",
                {" high ", "203.0.113.9 tried to open tcp to 192.0.2.25 (mail) port 22"}),
        program("a stranger tries by IPv6", "outside", "nc -w 1 2001:db8:1::25 22",
                {" high ", "2001:db8:9::9 tried to open tcp to 2001:db8:1::25 (mail) port 22"}),
        program("mail opens SSH", "mail", "nc -w 1 203.0.113.9 22", {" critical ", "rule mail-opens-ssh forbids it"}),
        program("mail calls home", "mail", "nc -w 1 203.0.113.9 4444",
                {" high ", "192.0.2.25 (mail) tried to open tcp to 203.0.113.9 port 4444"}),
        program("mail fetches a page", "mail", "curl -s -m 3 http://203.0.113.9/",
                {" high ", "192.0.2.25 (mail) tried to open tcp to 203.0.113.9 port 80"}),
        program("mail asks another name server", "mail", "dig +time=1 +tries=1 @203.0.113.9 example.net",
                {" high ", "192.0.2.25 (mail)", "203.0.113.9", "port 53"}),
        program("a user tries to administer", "firewall", "nc -w 1 -s 192.0.2.129 192.0.2.25 22",
                {" high ", "192.0.2.129 (vpn_users) tried to open tcp to 192.0.2.25 (mail) port 22"}),
        program("a stranger pings", "outside", "ping -c 1 -W 1 192.0.2.25", {" high ", "203.0.113.9", "192.0.2.25 (mail)", "icmp"}),
        program("a stranger sends fragments", "outside", "ping -c 1 -W 1 -s 3000 192.0.2.25", {" high ", "203.0.113.9", "fragment"}),
        program("a stranger tries UDP", "outside", "echo x | nc -u -w 1 192.0.2.25 69", {" high ", "203.0.113.9", "udp", "port 69"}),
        program("a scanner passes by", "outside", "nc -z -s 203.0.113.99 192.0.2.25 1000-1040", {" high ", "203.0.113.99", "many ports"}),
        program("somebody sends past the table", "span-span0", SPAN_PORT_PEER " rogue free span0 xdp",
                {" critical ", "frames were transmitted on the capture interface"}),
        frame("a stranger on the wire", "resolver", arp_request(v4(insider), mail.v4), {" high ", "192.0.2.77", "ARP"}),
        frame("somebody answers for the log sink", "resolver", udp(v4(sink, 514), v4(mail, 40000), "hello"),
              {" high ", "192.0.2.67 (log_sink)"}),
        frame("somebody speaks to the watcher", "mail", udp(v4(mail, 40000), v4(watcher, 514), "hello"),
              {" critical ", "watcher's own address"}),
        frame("a tagged frame", "mail", CraftedFrame(tcp(v4(mail, 50001), v4(other_outside, 25))).tag(100), {" high ", "VLAN"}),
        frame("a lamp test", "mail", tcp(v4(mail, 50002), v4(other_outside, 25), {.flags = 0x3f, .options = {}}), {" high ", "flags"}),
        frame("an option that hides", "mail",
              CraftedFrame(tcp(v4(mail, 50003), v4(other_outside, 25))).ip_options({7, 7, 4, 0, 0, 0, 0, 0}), {" high ", "options"}),
    };
}

/// The number after "(finding N" in a line of the alarm file; 0: it was the sensor's own alarm.
std::uint64_t finding_in(const std::string& line) {
    const std::size_t at = line.find("(finding ");
    return at == std::string::npos ? 0 : std::strtoull(line.c_str() + at + 9, nullptr, 10);
}

std::string hex(const Octets& octets) {
    std::string text;
    for (const std::uint8_t o : octets) {
        constexpr const char* digits = "0123456789ABCDEF";
        text += digits[o >> 4];
        text += digits[o & 15];
    }
    return text;
}

/// From the act to the line in the alarm file.
std::chrono::milliseconds commit(const Act& act, const Appliance& appliance) {
    const std::size_t before = appliance.alarms().size();
    const auto begun = Clock::now();
    std::unique_ptr<Process> process;
    if (act.frames.empty())
        process = std::make_unique<Process>(act.host, std::vector<std::string>{"sh", "-c", "exec " + act.command}, "/run/acts");
    else
        Wire(act.host, "eth0").send(act.frames);
    std::string line;
    until(
        act.what, [&] { return !(line = appliance.alarm(act.alarm, before)).empty(); }, 5);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
    INFO(line);
    // Its packets are in the store: of a finding that the collector rang for, at once.
    if (const std::uint64_t finding = finding_in(line); finding > 0)
        CHECK(appliance.number("SELECT count(*) FROM sample WHERE finding = " + std::to_string(finding)) > 0);
    for (const CraftedFrame& f : act.frames)
        until("the frame in the store: " + act.what,
              [&] { return appliance.rows("SELECT count(*) FROM sample WHERE hex(octets) = '" + hex(f.bytes) + "'") == "1"; });
    return took;
}

std::string status_of(pid_t pid) { return text_of("/proc/" + std::to_string(pid) + "/status"); }

}  // namespace

TEST_CASE("enclave: an ordinary day raises nothing, and everything in it was seen") {
    if (skipped()) return;
    const Services services;
    Appliance appliance;
    // Nothing was learnt yet: what hosts may say stands in the policy.
    std::ofstream("/etc/span-watcher/policy.toml", std::ios::app) << R"(
[[log.allow]]
name    = "connects"
pattern = "^connect from unknown$"
app     = "postfix/smtpd"
host    = "mail"
)";
    appliance.start();
    for (const Services::Client& c : Services::ordinary_day()) {
        INFO(c.what << ": " << text_of("/run/said"));
        CHECK(run_in(c.host, c.command) == 0);
    }
    until("frames judged", [&] { return appliance.judged() > 100; });
    appliance.stop(Daemon::sensor);
    const std::string total = appliance.at(Daemon::sensor).said();
    INFO(total);
    CHECK(total.find(" 0 greylisted, 0 blacklisted") != std::string::npos);
    CHECK(total.find("dropped by the kernel 0") != std::string::npos);
    until("charts in the store", [&] { return appliance.number("SELECT count(DISTINCT rule) FROM chart") > 0; });
    const std::string rules =
        appliance.rows("SELECT DISTINCT rule FROM chart WHERE rule NOT LIKE 'arp-%' AND rule NOT LIKE 'nd-%' ORDER BY rule");
    CHECK(rules == "admin\ndns\nimaps\nsmtp-in\nsmtp-out\nsyslog");
    until("the line that mail said", [&] { return appliance.rows("SELECT count(*) FROM log_event WHERE verdict = 1") == "1"; });
    CHECK(appliance.rows("SELECT sentence FROM finding") == "");
    CHECK(appliance.alarms() == std::vector<std::string>{});
    appliance.stop(Daemon::collector);
    appliance.stop(Daemon::alarm);
}

TEST_CASE("enclave: every forbidden act rings in under two seconds, and the store holds its packets") {
    if (skipped()) return;
    const Services services;
    Appliance appliance;
    appliance.start();
    until("a heartbeat", [&] { return appliance.judged() > 0 || !beat_of(sensor_alarms).who.empty(); });
    for (const Act& act : forbidden_acts()) {
        const auto took = commit(act, appliance);
        std::printf("%5lld ms  %s\n", static_cast<long long>(took.count()), act.what.c_str());
        INFO(act.what);
        CHECK(took < std::chrono::seconds(2));
    }
    appliance.stop(Daemon::sensor);
    until("the store caught up", [&] { return appliance.rows("SELECT count(*) FROM alarm_due") == "0"; });
    // A critical finding rings once, and not a second time from the collector.
    std::size_t forbidden = 0;
    for (const std::string& line : appliance.alarms()) forbidden += line.find("rule mail-opens-ssh forbids it.") != std::string::npos;
    CHECK(forbidden == 1);
    appliance.stop(Daemon::collector);
    appliance.stop(Daemon::alarm);
}

TEST_CASE("enclave: the daemons run as their own users, without a capability, filtered, and with the descriptors that they need") {
    if (skipped()) return;
    Appliance appliance;
    appliance.start();
    for (const Daemon d : every_daemon) {
        const pid_t pid = appliance.at(d).pid();
        std::string status;
        until("a filter", [&] { return (status = status_of(pid)).find("Seccomp:\t2") != std::string::npos; });
        INFO(status);
        for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"})
            CHECK(status.find(std::string(set) + ":\t0000000000000000") != std::string::npos);
        CHECK(status.find("NoNewPrivs:\t1") != std::string::npos);
        CHECK(status.find("Uid:\t0") == std::string::npos);
        CHECK(status.find("Groups:\t \n") != std::string::npos);
        std::size_t sockets = 0;
        for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd"))
            sockets += std::filesystem::read_symlink(entry.path()).string().starts_with("socket:");
        CHECK(sockets == (d == Daemon::sensor ? 1u : 0u));
        CHECK(std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/ns/net") ==
              (d == Daemon::sensor ? output_of("span-span0", "readlink /proc/self/ns/net | tr -d '\\n'")
                                   : output_of("", "readlink /proc/self/ns/net | tr -d '\\n'")));
    }
    appliance.stop();
}

TEST_CASE("enclave: no daemon imports what makes a frame, takes a connection, resolves a name or starts a program") {
    for (const std::string program : {SPAN_SENSOR, SPAN_COLLECTOR, SPAN_ALARM}) {
        INFO(program);
        std::istringstream lines(output_of("", "nm -D --undefined-only '" + program + "' | awk '{print $2}' | sed 's/@.*//'"));
        const std::set<std::string> imported{std::istream_iterator<std::string>(lines), {}};
        REQUIRE(imported.contains("sigaction"));
        // connect and send: of sensor and collector, one datagram at a time to the supervisor's own socket, which their roles hold them to.
        for (const char* name :
             {"sendto",        "sendmsg",     "sendmmsg",        "__sendmmsg",     "writev",           "listen",        "accept",
              "accept4",       "pcap_inject", "pcap_sendpacket", "pcap_open_live", "pcap_findalldevs", "getaddrinfo",   "gethostbyname",
              "gethostbyaddr", "getnameinfo", "res_query",       "dlopen",         "system",           "popen",         "posix_spawn",
              "posix_spawnp",  "execvp",      "execl",           "execlp",         "ptrace",           "io_uring_setup"})
            CHECK(imported.count(name) == 0);
        const bool listener = program == SPAN_ALARM;  // it runs the command that it was given, and says nothing to anybody
        for (const char* name : {"execv", "execve", "fork", "vfork"}) CHECK((listener || imported.count(name) == 0));
        CHECK(imported.count("send") == (listener ? 0 : 1));
    }
}

}  // namespace sw::test

/// The collector stands still under load: the spool keeps all of it up to its budget, and beyond it counts stay exact.
#include <signal.h>

#include <cstdio>
#include <cstdlib>
#include <set>

#include "tests/support/catch.hpp"
#include "tests/support/stock.hpp"
#include "tests/system/enclave/appliance.hpp"
#include "tests/system/enclave/traffic.hpp"

namespace sw::test {
namespace {

using namespace craft;

unsigned seconds() {
    const char* text = std::getenv("SPAN_STOPPED_SECONDS");
    return text != nullptr ? static_cast<unsigned>(std::strtoul(text, nullptr, 10)) : 5;
}

bool skipped() {
    const std::string why = world_unavailable();
    if (!why.empty()) std::printf("skipped: %s\n", why.c_str());
    return !why.empty();
}

/// Under load for so long, while the collector is stopped. Gives how many frames were sent.
std::uint64_t stand_still(Appliance& appliance, unsigned a_second, std::uint64_t a_cause) {
    // The listener knows that the collector lives once it has heard its heart beat twice.
    std::set<std::int64_t> beats;
    until("heartbeats", [&] { return beats.insert(beat_of(collector_alarms).at.ns), beats.size() > 3; });
    Traffic traffic(a_second, a_cause);
    until("traffic", [&] { return traffic.sent() > 100; });
    appliance.at(Daemon::collector).signal(SIGSTOP);
    shell("", "sleep " + std::to_string(seconds()));
    return traffic.end();
}

}  // namespace

TEST_CASE("enclave: a collector that stands still under load loses nothing below the budget of the spool") {
    if (skipped()) return;
    Appliance appliance({"--budget", "256"});
    appliance.start();
    const std::uint64_t sent = stand_still(appliance, 2000, 100);
    until("a dead-man alarm", [&] { return seconds() < 5 || !appliance.alarm({"dead-man", "span-collector"}).empty(); });
    appliance.at(Daemon::collector).signal(SIGCONT);
    appliance.settle(sent);
    appliance.stop(Daemon::sensor);
    CHECK(appliance.at(Daemon::sensor).said().find("; 0 packets not kept") != std::string::npos);
    CHECK(appliance.at(Daemon::sensor).said().find("dropped by the kernel 0") != std::string::npos);
    until("coverage", [&] { return appliance.number("SELECT sum(greylisted + blacklisted) FROM coverage") == sent; });
    CHECK(appliance.rows("SELECT sum(samples_dropped) FROM coverage") == "0");
    appliance.stop(Daemon::collector);
}

TEST_CASE("enclave: above the budget of the spool counts stay exact, what is not kept is told, and a new cause has its first packets") {
    if (skipped()) return;
    // A tenth is held back for the first packets of a cause and for what is told of time; in a long stand-still that takes more.
    Appliance appliance({"--budget", std::to_string(1 + seconds() / 8)});
    appliance.start();
    std::uint64_t sent = stand_still(appliance, 2000, 2000);
    until("the budget spent", [&] { return !appliance.alarm({" high ", "packets are counted but not kept"}).empty(); });
    // Something new, now that there is no room: six packets of one cause.
    const Wire wire("mail", "eth0");
    std::vector<CraftedFrame> late;
    for (std::uint16_t i = 0; i < 6; ++i)
        late.push_back(tcp({std::string(mac::mail), std::string(mail.v4), static_cast<std::uint16_t>(50000 + i)},
                           {std::string(mac::sink), "203.0.113.250", 7777}));
    for (const CraftedFrame& f : late) wire.send(f);
    sent += late.size();
    until("all judged", [&] { return appliance.judged() >= sent; });
    appliance.at(Daemon::collector).signal(SIGCONT);
    appliance.settle(sent);
    appliance.stop(Daemon::sensor);
    until("coverage", [&] { return appliance.number("SELECT sum(greylisted + blacklisted) FROM coverage") == sent; });
    const std::uint64_t dropped = appliance.number("SELECT sum(samples_dropped) FROM coverage");
    CHECK(dropped > 0);
    CHECK(dropped < sent);
    CHECK(appliance.at(Daemon::sensor).said().find("; " + std::to_string(dropped) + " packets not kept") != std::string::npos);
    const std::string newest = "SELECT count(*) FROM sample s JOIN finding f ON f.id = s.finding WHERE f.sentence LIKE '%203.0.113.250%'";
    CHECK(appliance.number(newest) >= 4);
    CHECK(appliance.rows("SELECT count FROM finding WHERE sentence LIKE '%203.0.113.250%'") == "6");
    CHECK_FALSE(appliance.alarm({" high ", "203.0.113.250 port 7777"}).empty());
    appliance.stop(Daemon::collector);
}

}  // namespace sw::test

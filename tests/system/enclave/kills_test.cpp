/// kill -9 of each of the three daemons, at random moments, under traffic: what was appended is kept once, and every alarm is told once.
#include <poll.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>

#include "collector/alarm/sentences.hpp"
#include "tests/support/catch.hpp"
#include "tests/system/enclave/appliance.hpp"
#include "tests/system/enclave/traffic.hpp"

namespace sw::test {
namespace {

namespace fs = std::filesystem;

unsigned rounds() {
    const char* text = std::getenv("SPAN_APPLIANCE_ROUNDS");
    return text != nullptr ? static_cast<unsigned>(std::strtoul(text, nullptr, 10)) : 100;
}

/// What sensors appended to their spool, independent of the collector: every segment has a second name here.
class Witness {
public:
    Witness() {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }
    void look() const {
        for (const auto& entry : fs::directory_iterator(spool_folder)) {
            std::error_code gone;  // the collector removes what it has taken
            fs::create_hard_link(entry.path(), folder_ / entry.path().filename(), gone);
        }
    }
    std::string folder() const { return folder_.string(); }

private:
    fs::path folder_ = "/var/spool/span-watcher/witness";
};

/// Greylisted packets of a journal, by their numbers.
struct Appended : RecordSink {
    std::vector<std::uint64_t> numbers;
    std::uint64_t packets = 0, octets = 0;

    void run(const RunRecord&) override {}
    void finding(const FindingRecord&) override {}
    void packet(const PacketRecord& r) override {
        ++packets;
        octets += r.frame.len;
        if (const auto n = number_of(r.frame.data, r.frame.caplen)) numbers.push_back(*n);
    }
    void count(const CountRecord& r) override {
        packets += r.packets;
        octets += r.octets;
    }
    void flow(const FlowRecord&) override {}
    void opening(const OpeningRecord&) override {}
    void log(const LogRecord&) override {}
    void chart(const ChartRecord&) override {}
    void coverage(const CoverageRecord&) override {}
    void heartbeat(const HeartbeatRecord&) override {}
};

Appended appended(const std::string& folder) {
    Appended all;
    auto reader = JournalReader::open(folder, {});
    if (!reader) FAIL(reader.error().text);
    for (;;) {
        const auto n = reader->read(all, 10000);
        if (!n) FAIL(n.error().text);
        if (*n == 0) return all;
    }
}

/// Where consecutive numbers are missing: frames that came while no sensor ran, or that the kernel held for one that was killed.
std::size_t gaps(const std::vector<std::uint64_t>& numbers) {
    std::size_t n = 0;
    for (std::size_t i = 1; i < numbers.size(); ++i) n += numbers[i] != numbers[i - 1] + 1;
    return n;
}

}  // namespace

TEST_CASE("enclave: each daemon killed at any moment under traffic, no packet is lost or doubled, and every alarm is told once") {
    if (const std::string why = world_unavailable(); !why.empty()) return static_cast<void>(std::printf("skipped: %s\n", why.c_str()));
    std::mt19937 random(std::random_device{}());
    const auto moment = [&](unsigned most_ms) { ::poll(nullptr, 0, static_cast<int>(random() % most_ms)); };
    Appliance appliance;
    const Witness witness;
    appliance.start();
    witness.look();
    Traffic traffic(1000);
    std::map<Daemon, unsigned> kills;
    for (unsigned round = 0; round < rounds(); ++round) {
        const Daemon victim = every_daemon[random() % every_daemon.size()];
        moment(200);
        appliance.kill(victim);
        ++kills[victim];
        if (random() % 4 == 0) moment(100);
        // Some are killed while they start.
        if (random() % 4 == 0) {
            appliance.begin(victim);
            moment(50);
            appliance.kill(victim);
            ++kills[victim];
        }
        appliance.start(victim);
        witness.look();
    }
    const std::uint64_t sent = traffic.end();
    appliance.stop(Daemon::sensor);
    witness.look();

    const Appended truth = appended(witness.folder());
    CHECK(std::is_sorted(truth.numbers.begin(), truth.numbers.end()));
    CHECK(std::adjacent_find(truth.numbers.begin(), truth.numbers.end()) == truth.numbers.end());
    CHECK(gaps(truth.numbers) <= kills[Daemon::sensor]);
    CHECK(truth.numbers.back() == sent - 1);
    CHECK(truth.packets == truth.numbers.size());
    appliance.settle(truth.packets);
    CHECK(appliance.number("SELECT sum(octets) FROM finding") == truth.octets);
    CHECK(appliance.number("SELECT sum(packets) FROM finding_count") == truth.packets);
    CHECK(appliance.rows("SELECT count(*) - count(DISTINCT octets) FROM sample") == "0");
    CHECK(appliance.rows("PRAGMA integrity_check") == "ok");

    std::map<std::string, int> told;
    for (const std::string& line : appliance.alarms()) ++told[id_of_line(line)];
    std::size_t rung = 0, twice = 0;
    for (const std::string& folder : {sensor_alarms, collector_alarms, listener_state})
        for (const AlarmRecord& a : journal_of(folder)) {
            ++rung;
            INFO(a.id << " " << a.sentence);
            CHECK(told[a.id] == 1);
        }
    for (const auto& [id, times] : told) twice += times != 1;
    CHECK(twice == 0);
    CHECK(told.size() == rung);
    appliance.stop(Daemon::collector);
    appliance.stop(Daemon::alarm);
    std::printf("killed: sensor %u, collector %u, listener %u times; %llu of %llu frames judged, %zu alarms\n", kills[Daemon::sensor],
                kills[Daemon::collector], kills[Daemon::alarm], static_cast<unsigned long long>(truth.packets),
                static_cast<unsigned long long>(sent), rung);
}

}  // namespace sw::test

/// span-collector over spools that are written while it runs.
#include <sys/mount.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <random>
#include <set>

#include "tests/support/catch.hpp"
#include "tests/system/collector/collector_post.hpp"

namespace sw::test {
namespace {

constexpr const char* packets_of_all = "SELECT coalesce(sum(count), 0) FROM finding";

std::size_t segments_in(const std::string& folder) {
    std::size_t n = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) n += entry.path().extension() == ".pcapng";
    return n;
}

}  // namespace

TEST_CASE("collector: everything in a spool is in the store and each finding rings") {
    CollectorPost post;
    SpoolWriter sensor(post.at("a"));
    for (std::uint32_t who = 1; who <= 30; ++who) sensor.packets(who, who);
    sensor.drops(3);
    sensor.flush();
    post.start();
    post.becomes(packets_of_all, "465");
    post.becomes("SELECT count(*) FROM alarm_due", "0");
    post.rings("coverage", "3 frames were dropped by the kernel");
    CHECK(post.alarms("finding").size() == 30);
    sensor.packets(31, 1);
    sensor.packets(1, 9);
    sensor.flush();
    post.rings("recurrence", "10 packets so far");
    post.stop();
    CHECK(post.rows(packets_of_all) == "475");
    CHECK(post.alarms("finding").size() == 31);
    CHECK(post.alarms("recurrence").size() == 1);
    CHECK(post.program->said().find("475 packets, 31 new findings") != std::string::npos);
}

TEST_CASE("collector: two spools at once add up to one store") {
    CollectorPost post;
    SpoolWriter a(post.at("a")), b(post.at("b"));
    post.start({"a", "b"});
    for (int turn = 0; turn < 20; ++turn) {
        a.packets(1, 3);
        b.packets(1, 2);
        b.packets(2, 1);
        a.flush();
        b.flush();
    }
    post.becomes(packets_of_all, "120");
    post.stop();
    CHECK(post.rows("SELECT count FROM finding ORDER BY count DESC") == "100\n20");
    CHECK(post.rows("SELECT count(*) FROM journal_offset WHERE journal <> 'spool:logs' AND journal LIKE 'spool:%'") == "2");
    CHECK(post.alarms("finding").size() == 2);
}

TEST_CASE("collector: a spool that is not there yet is waited for") {
    CollectorPost post;
    post.start({"a", "later"});
    std::filesystem::create_directory(post.at("later"));
    SpoolWriter sensor(post.at("later"));
    sensor.packets(1, 5);
    sensor.flush();
    post.becomes(packets_of_all, "5");
    post.stop();
}

TEST_CASE("collector: segments that are in the store are removed but for the newest finished one") {
    CollectorPost post;
    SpoolWriter sensor(post.at("a"), {.segment_octets = 10'000});
    for (int i = 0; i < 20; ++i) {
        sensor.packets(1, 50);
        sensor.flush();
    }
    REQUIRE(segments_in(post.at("a")) > 5);
    post.start();
    post.becomes(packets_of_all, "1000");
    until("two segments are left", [&] { return segments_in(post.at("a")) == 2; });
    post.stop();
    sensor.packets(1, 7);
    sensor.flush();
    post.start();
    post.becomes(packets_of_all, "1007");
    post.stop();
}

TEST_CASE("collector: asked for its totals it tells them and asked to reopen it goes on") {
    CollectorPost post;
    post.start();
    post.program->signal(SIGUSR1);
    until("totals", [&] { return post.program->said().find("0 records: 0 packets") != std::string::npos; });
    CHECK(post.program->said().find("/a is not read") != std::string::npos);
    post.program->signal(SIGHUP);
    SpoolWriter sensor(post.at("a"));
    sensor.packets(1, 1);
    sensor.flush();
    post.becomes(packets_of_all, "1");
    post.stop();
}

TEST_CASE("collector: killed at any moment it loses and repeats no packet and every finding rings") {
    CollectorPost post;
    std::mt19937 random(std::random_device{}());
    SpoolWriter sensor(post.at("a"), {.segment_octets = 100'000});
    constexpr int rounds = 20;
    std::uint32_t who = 0;
    for (int round = 0; round < rounds; ++round) {
        post.start();
        const auto writes = 1 + random() % 30;
        for (std::size_t i = 0; i < writes; ++i) {
            sensor.packets(++who, 1 + random() % 20);
            sensor.packets(static_cast<std::uint32_t>(1 + random() % who), 5);
            sensor.flush();
            ::usleep(static_cast<useconds_t>(random() % 20'000));
        }
        post.program->signal(SIGKILL);
        REQUIRE(post.program->end() == 128 + SIGKILL);
    }
    post.start();
    post.becomes(packets_of_all, std::to_string(sensor.written()));
    post.becomes("SELECT count(*) FROM alarm_due", "0");
    post.stop();
    CHECK(post.rows(packets_of_all) == std::to_string(sensor.written()));
    CHECK(post.rows("SELECT sum(packets) FROM finding_count") == std::to_string(sensor.written()));
    CHECK(post.rows("SELECT count(*) FROM finding") == std::to_string(who));
    std::map<std::int64_t, int> rung;
    for (const AlarmRecord& a : post.alarms("finding")) ++rung[a.finding];
    CHECK(rung.size() == who);
    std::size_t twice = 0;
    for (const auto& [finding, times] : rung) twice += times != 1;
    CHECK(twice == 0);
}

TEST_CASE("collector: when the disk of the store is full it says so and catches up once there is room") {
    CollectorPost post;
    const std::string disk = post.at("db");
    if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=2m") != 0)
        return static_cast<void>(std::printf("skipped: cannot mount a small disk\n"));
    const std::unique_ptr<const std::string, void (*)(const std::string*)> gone(
        &disk, [](const std::string* at) { ::umount2(at->c_str(), MNT_DETACH); });
    SpoolWriter sensor(post.at("a"));
    post.start();
    std::uint32_t who = 0;
    for (; who < 6000; ++who) sensor.packets(who + 1, 1);
    sensor.flush();
    post.rings("store", "the disk is full");
    until("a heartbeat that says so", [&] {
        const Kept kept = all_of(post.at("alarms"));
        return !kept.beats.empty() && kept.beats.back().trouble.find("the disk is full") != std::string::npos;
    });
    REQUIRE(::mount("tmpfs", disk.c_str(), "tmpfs", MS_REMOUNT, "size=64m") == 0);
    post.becomes(packets_of_all, "6000");
    post.rings("store", "takes records again");
    post.becomes("SELECT count(*) FROM alarm_due", "0");
    post.stop();
    CHECK(post.alarms("finding").size() == 6000);
    CHECK(post.alarms("store").front().severity == Severity::high);
}

}  // namespace sw::test

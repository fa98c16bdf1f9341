/// span-sensor on one end of a real wire, confined and without privileges; frames come in at the other end.
#include <signal.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "tests/support/catch.hpp"
#include "tests/support/enclave_day.hpp"
#include "tests/system/sensor/sensor_post.hpp"

namespace sw::test {
namespace {

using namespace craft;
using Room = TwoRooms::Room;

bool skipped() {
    const std::string why = TwoRooms::unavailable();
    if (!why.empty()) std::printf("skipped: %s\n", why.c_str());
    return !why.empty();
}

CraftedFrame grey(std::uint16_t port) { return tcp(v4(outside, port), v4(mail, 465)); }

Frames greys(std::uint16_t from, std::uint16_t count) {
    Frames list;
    for (std::uint16_t i = 0; i < count; ++i) list.push_back(grey(static_cast<std::uint16_t>(from + i)));
    return list;
}

bool holds(const Spooled& spool, const CraftedFrame& frame) {
    return std::any_of(spool.packets.begin(), spool.packets.end(), [&](const Spooled::Packet& p) { return p.octets == frame.bytes; });
}

}  // namespace

TEST_CASE("sensor: frames in the kernel when it is told to end are judged and in the spool, whole and with their verdicts") {
    if (skipped()) return;
    SensorPost post;
    post.start();
    const Frames frames = greys(40000, 200);
    post.rooms.send(Room::outside, "out0", frames);
    REQUIRE(post.end(SIGTERM) == 0);
    const Spooled spool = post.spooled();
    REQUIRE(spool.packets.size() == frames.size());
    for (std::size_t i = 0; i < frames.size(); ++i) {
        CHECK(spool.packets[i].octets == frames[i].bytes);
        CHECK(spool.packets[i].number == i + 1);
        CHECK(spool.packets[i].verdict == Verdict::grey);
        CHECK(spool.packets[i].reasons == std::vector<std::string>{"no-rule"});
    }
    CHECK(spool.frames() == frames.size());
    REQUIRE_FALSE(spool.coverages.empty());
    CHECK(spool.coverages.back().kernel_drops == 0u);
    CHECK(spool.coverages.back().interface_drops.has_value());
    CHECK(spool.heartbeats > 0);
    CHECK(post.sensor().errors().find("200 frames: 0 allowed, 200 greylisted") != std::string::npos);
}

TEST_CASE("sensor: VLAN tags are in the spool where they were on the wire") {
    if (skipped()) return;
    SensorPost post;
    post.start();
    const CraftedFrame plain = grey(41000);
    const Frames frames = {CraftedFrame(plain).tag(100), CraftedFrame(plain).tag(0x6005, 0x88a8), CraftedFrame(plain).tag(7).tag(9, 0x88a8),
                           CraftedFrame(plain).tag(0)};
    post.rooms.send(Room::outside, "out0", frames);
    REQUIRE(post.end(SIGTERM) == 0);
    const Spooled spool = post.spooled();
    REQUIRE(spool.packets.size() == frames.size());
    for (std::size_t i = 0; i < frames.size(); ++i) CHECK(spool.packets[i].octets == frames[i].bytes);
}

TEST_CASE("sensor: critical findings ring at once, and so does a frame that bears the watcher's own address") {
    if (skipped()) return;
    SensorPost post;
    post.start();
    post.rooms.send(Room::outside, "out0", {tcp(v4(mail, 50000), v4(other_outside, 22))});
    post.hear("finding", "rule mail-opens-ssh forbids it");
    post.rooms.send(Room::outside, "out0", {arp_request(v4(watcher), firewall.v4)});
    post.hear("self-traffic", "watcher's own address");
    const Rung rung = post.rung();
    CHECK(rung.about("finding", "mail-opens-ssh")->severity == Severity::critical);
    CHECK(rung.about("self-traffic", "own address")->severity == Severity::critical);
    CHECK(post.end(SIGTERM) == 0);
}

TEST_CASE("sensor: a frame that somebody sends on its interface is a critical alarm") {
    if (skipped()) return;
    SensorPost post;
    post.start();
    post.judged(0);
    CHECK(post.rung().about("transmitted", "") == nullptr);
    post.rooms.send(Room::sensor, "span0", {grey(42000)});
    post.hear("transmitted", "1 frames were transmitted");
    CHECK(post.rung().about("transmitted", "")->severity == Severity::critical);
    REQUIRE(post.end(SIGTERM) == 0);
    CHECK(holds(post.spooled(), grey(42000)));
}

TEST_CASE("sensor: a frame sent past queues and filters, by AF_XDP, is a critical alarm all the same") {
    if (skipped()) return;
    SensorPost post;
    post.start();
    post.judged(0);
    for (const char* way : {"xdp", "xdp-poll"}) {
        const std::size_t before = post.rung().count("transmitted");
        Running rogue = post.beside({SPAN_PORT_PEER, "rogue", "free", "span0", way}, "rogue");
        REQUIRE(rogue.wait() == 0);
        until("an alarm", [&] { return post.rung().count("transmitted") == before + 1; });
        CHECK(post.rung().alarms.back().severity == Severity::critical);
        CHECK(post.rung().alarms.back().sentence.find("1 frames were transmitted") != std::string::npos);
    }
    CHECK(post.end(SIGTERM) == 0);
}

TEST_CASE("sensor: a link that goes down leaves a gap in the coverage, and capture goes on when it is back") {
    if (skipped()) return;
    SensorPost post;
    post.start();
    SECTION("because the other end of the cable did") {
        post.rooms.ip(Room::outside, "link set out0 down");
        post.hear("coverage", "no link");
        post.troubled_by("no link");
        post.rooms.ip(Room::outside, "link set out0 up");
    }
    SECTION("because somebody set the interface down") {
        post.rooms.ip(Room::sensor, "link set span0 down");
        post.hear("coverage", "no link");
        post.troubled_by("no link");
        post.rooms.ip(Room::sensor, "link set span0 up");
    }
    post.hear("coverage", "the link is back");
    post.rooms.send(Room::outside, "out0", {grey(43000)});
    REQUIRE(post.end(SIGTERM) == 0);
    const Spooled spool = post.spooled();
    CHECK(holds(spool, grey(43000)));
    CHECK(std::any_of(spool.coverages.begin(), spool.coverages.end(),
                      [](const CoverageRecord& c) { return c.error.starts_with("no link for"); }));
    CHECK(post.rung().beats.back().trouble.empty());
}

TEST_CASE("sensor: a renamed interface stays the same, and one that is gone ends it with a message and an alarm") {
    if (skipped()) return;
    SensorPost post;
    post.start();
    post.rooms.ip(Room::sensor, "link set span0 name other0");
    post.rooms.send(Room::outside, "out0", {grey(44000)});
    post.judged(1);
    post.rooms.ip(Room::sensor, "link del other0");
    CHECK(post.sensor().wait() == 3);
    CHECK(post.sensor().errors().find("span0 is gone") != std::string::npos);
    CHECK(post.rung().about("coverage", "span0 is gone") != nullptr);
    const Spooled spool = post.spooled();
    CHECK(holds(spool, grey(44000)));
    CHECK(spool.coverages.back().error.find("is gone") != std::string::npos);
}

TEST_CASE("sensor: HUP puts a new policy in force, and one with an error changes nothing") {
    if (skipped()) return;
    SensorPost post;
    post.start();
    const std::string good = post.folder.text("policy/policy.toml");
    std::size_t refused = 0;
    for (const std::string& bad :
         {std::string("enclave = 3\n"), good + "\n[[allow]]\nname = \"odd\"\nfilter = \"tcp and src host $nobody\"\n"}) {
        post.put_policy(bad);
        post.sensor().signal(SIGHUP);
        ++refused;
        until("the new policy refused", [&] { return post.rung().count("policy") == refused; });
        CHECK(post.rung().alarms.back().sentence.find("the old one stays") != std::string::npos);
    }
    post.rooms.send(Room::outside, "out0", {grey(45000)});
    post.judged(1);
    post.put_policy(good + "\n[[allow]]\nname = \"submission\"\nfilter = \"tcp and dst host $mail and dst port 465\"\n");
    post.sensor().signal(SIGHUP);
    post.hear("policy", "is in force");
    post.rooms.send(Room::outside, "out0", {grey(45001)});
    post.judged(2);
    REQUIRE(post.end(SIGTERM) == 0);
    const Spooled spool = post.spooled();
    CHECK(holds(spool, grey(45000)));
    CHECK_FALSE(holds(spool, grey(45001)));
    REQUIRE(spool.runs.size() == 2);
    CHECK(spool.runs[0].policy_text == good);
    CHECK(spool.runs[1].policy_text != good);
    CHECK(spool.frames() == 2);
}

TEST_CASE("sensor: with several capture threads no frame is missed while the policy is read anew, and the end is as quick as ever") {
    if (skipped()) return;
    SensorPost post;
    post.start({"--threads", "4", "--ring", "32"});
    const UniqueFd sender = post.rooms.packet_socket(Room::outside, "out0");
    std::uint64_t sent = 0;
    for (std::size_t reloads = 1; reloads <= 10; ++reloads) {
        post.sensor().signal(SIGHUP);
        for (int i = 0; i < 1000 || post.rung().count("policy") < reloads; ++i, ++sent) {
            const CraftedFrame f = tcp({std::string(mac::firewall), "198.51.100." + std::to_string(1 + sent % 200), 40000}, v4(mail, 465));
            REQUIRE(::send(sender.get(), f.bytes.data(), f.bytes.size(), 0) > 0);
        }
    }
    const auto asked = std::chrono::steady_clock::now();
    REQUIRE(post.end(SIGTERM) == 0);
    CHECK(std::chrono::steady_clock::now() - asked < std::chrono::seconds(2));
    const Spooled spool = post.spooled();
    CHECK(spool.frames() == sent);
    CHECK(spool.runs.size() == 11);
    CHECK(spool.coverages.back().kernel_drops == 0u);
}

TEST_CASE("sensor: killed and started again, it goes on in the same journal and repeats no alarm's id") {
    if (skipped()) return;
    SensorPost post;
    post.start();
    post.rooms.send(Room::outside, "out0", greys(46000, 20));
    post.rooms.send(Room::outside, "out0", {tcp(v4(mail, 50000), v4(other_outside, 22))});
    post.judged(21);
    REQUIRE(post.end(SIGKILL) == 128 + SIGKILL);
    post.start();
    post.rooms.send(Room::outside, "out0", greys(47000, 20));
    post.rooms.send(Room::outside, "out0", {tcp(v4(mail, 50001), v4(other_outside, 22))});
    REQUIRE(post.end(SIGTERM) == 0);
    const Spooled spool = post.spooled();
    CHECK(spool.packets.size() == 42);
    Frames both = greys(46000, 20);
    for (const CraftedFrame& f : greys(47000, 20)) both.push_back(f);
    for (const CraftedFrame& f : both) CHECK(holds(spool, f));
    const Rung rung = post.rung();
    for (std::size_t i = 1; i < rung.alarms.size(); ++i) CHECK(rung.alarms[i].id != rung.alarms[i - 1].id);
    CHECK(std::count_if(rung.alarms.begin(), rung.alarms.end(), [](const AlarmRecord& a) { return a.kind == "finding"; }) == 2);
}

}  // namespace sw::test

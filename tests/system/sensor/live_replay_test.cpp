/// Live equals replay: tcpdump records beside the sensor, and that file is judged as the sensor judged the wire.
#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/captures.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/enclave_day.hpp"
#include "tests/support/reason_cases.hpp"
#include "tests/system/sensor/sensor_post.hpp"

namespace sw::test {
namespace {

using namespace craft;
using Room = TwoRooms::Room;

/// The end of everything, so that the recorder can be waited for.
CraftedFrame last_frame() {
    return ethernet(mac::broadcast, mac::intruder, 0x88b5, octets("the last frame of this recording, sixty octets or so long"));
}

/// A day's traffic, then frames that are odd in every way that a wire can carry, each also with a VLAN tag.
Frames everything() {
    constexpr std::size_t ethernet_header = 14, largest = 9014;
    Frames all = enclave_day().frames;
    for (const ReasonCase& c : reason_cases())
        for (const CraftedFrame& f : c.frames) {
            if (f.linktype != 1 || f.bytes.size() < ethernet_header || f.bytes.size() + 4 > largest) continue;
            all.push_back(f);
            all.push_back(CraftedFrame(f).tag(100));
        }
    all.push_back(last_frame());
    return all;
}

struct Replayed {
    std::vector<Spooled::Packet> denied;
    std::uint64_t frames = 0;
};

Replayed replay(const SensorPost& post, const std::string& capture) {
    const std::string out = post.folder.at("replayed"), policy = post.folder.at("policy/policy.toml");
    const std::string command =
        "ASAN_OPTIONS=detect_leaks=0 " SPAN_WATCHER " replay --json --packets all --policy " + policy + " " + capture + " >" + out;
    const int status = std::system(command.c_str());
    REQUIRE(WEXITSTATUS(status) == 1);
    Replayed r;
    std::istringstream lines(post.folder.text("replayed"));
    for (std::string line; std::getline(lines, line);) {
        const auto o = nlohmann::json::parse(line);
        if (o["type"] != "packet") continue;
        ++r.frames;
        if (o["verdict"] == "allow") continue;
        Spooled::Packet p;
        p.number = o["frame"];
        p.verdict = o["verdict"] == "black" ? Verdict::black : Verdict::grey;
        p.reasons = o["reasons"].get<std::vector<std::string>>();
        p.finding = o["finding"];
        r.denied.push_back(std::move(p));
    }
    return r;
}

}  // namespace

TEST_CASE("sensor: live equals replay, frame by frame, for a day's traffic, odd frames and VLAN tags") {
    const std::string why = TwoRooms::unavailable();
    if (!why.empty()) return static_cast<void>(std::printf("skipped: %s\n", why.c_str()));
    if (std::system("command -v tcpdump >/dev/null 2>&1") != 0) return static_cast<void>(std::printf("skipped: no tcpdump\n"));
    SensorPost post;
    const std::string capture = post.folder.at("beside.pcap");
    Running tcpdump = post.beside({"tcpdump", "-Z", "root", "-i", "span0", "-s", "0", "-U", "-w", capture}, "tcpdump");
    tcpdump.say("listening on");
    post.start();
    post.rooms.send(Room::outside, "out0", everything());
    const Octets end = last_frame().bytes;
    until("the last frame in the recording", [&] {
        Octets file;
        return read_file(capture, file) && std::search(file.begin(), file.end(), end.begin(), end.end()) != file.end();
    });
    tcpdump.signal(SIGINT);
    tcpdump.wait();
    REQUIRE(post.end(SIGTERM) == 0);

    const Spooled live = post.spooled();
    const Replayed replayed = replay(post, capture);
    CHECK(live.frames() == replayed.frames);
    REQUIRE(live.packets.size() == replayed.denied.size());
    REQUIRE(live.packets.size() > 100);
    for (std::size_t i = 0; i < live.packets.size(); ++i) {
        const Spooled::Packet &ours = live.packets[i], &theirs = replayed.denied[i];
        INFO("frame " << ours.number << ": " << ours.comment);
        CHECK(ours.number == theirs.number);
        CHECK(ours.verdict == theirs.verdict);
        CHECK(ours.reasons == theirs.reasons);
        CHECK(ours.finding == theirs.finding);
    }
}

}  // namespace sw::test

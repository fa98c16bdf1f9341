/// Live equals replay: tcpdump records beside the sensor, and that file is judged as the sensor judged the wire.
#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "rules/base/hex.hpp"
#include "tests/support/captures.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/dialogue.hpp"
#include "tests/system/sensor/sensor_post.hpp"

namespace sw::test {
namespace {

using namespace craft;
using namespace std::string_literals;
using Room = TwoRooms::Room;

/// The end of everything, so that the recorder can be waited for.
CraftedFrame last_frame() {
    return ethernet(mac::broadcast, mac::intruder, 0x88b5, octets("the last frame of this recording, sixty octets or so long"));
}

/// Conversations that do not speak SMTP, some octet by octet, all at once.
Frames misspoken() {
    const std::string hello = "EHLO relay.example.org\r\n", offers = "250-mail.example\r\n250 STARTTLS\r\n";
    std::vector<Frames> talks;
    for (const std::string& wrong : {"GET / HTTP/1.1\r\n"s, "STARTTLS\r\nNOOP\r\n"s, "RSET\n"s, "AUTH PLAIN AGFteQBzZWNyZXQ=\r\n"s})
        for (const bool single : {false, true}) {
            const auto port = static_cast<std::uint16_t>(41'000 + talks.size());
            TcpDialogue d = TcpDialogue(v4(outside, port), v4(mail, 25)).handshake();
            d.say(craft::Side::server, "220 mail.example ESMTP\r\n").say(craft::Side::client, hello).say(craft::Side::server, offers);
            for (std::size_t at = 0; at < wrong.size(); at += single ? 1 : wrong.size())
                d.send(craft::Side::client, wrong.substr(at, single ? 1 : wrong.size()));
            d.say(craft::Side::server, "500 what?\r\n").say(craft::Side::client, "QUIT\r\n").close(craft::Side::client);
            talks.push_back(d.frames());
        }
    return merged(talks);
}

/// Datagrams to the log sink: lines, and what no machine takes for one.
Frames hostile_lines() {
    Frames frames;
    for (const std::string& line : {"<22>Nov 20 12:00:00 mail smtpd[9]: ready"s, ""s, "rm -rf /"s, "<999>Nov 20 12:00:00 mail a: x"s,
                                    "<0>nul \0 behind"s, "<0>Nov 20 12:00:00 mail a: \x1b[2J\x9b\xff"s, "<13>1 - - - - - [x"s,
                                    "<13><34>Nov 20 12:00:00 mail su: a\r\n"s, "<38>Nov 20 12:00:00 mail a: " + std::string(1'300, 'x')})
        frames.push_back(udp(v4(mail, 40'000), v4(sink, 514), line));
    return frames;
}

/// The octets of each line that a replay of the capture stores, in order.
std::vector<std::string> lines_in(const std::string& policy, const std::string& capture, const std::string& db) {
    const std::string program = "ASAN_OPTIONS=detect_leaks=0 " SPAN_WATCHER " --db " + db;
    REQUIRE(WEXITSTATUS(std::system((program + " replay --policy " + policy + " " + capture + " >" + db + ".out").c_str())) == 1);
    REQUIRE(std::system((program + " --json logs search --since 1970-01-01T00:00:00Z --limit 1000 >" + db + ".lines").c_str()) == 0);
    std::ifstream in(db + ".lines");
    std::vector<std::pair<std::int64_t, std::string>> lines;
    for (std::string text; std::getline(in, text);) {
        const auto o = nlohmann::json::parse(text);
        if (o.contains("octets")) lines.emplace_back(o["id"].get<std::int64_t>(), o["octets"].get<std::string>());
    }
    std::sort(lines.begin(), lines.end());
    std::vector<std::string> octets;
    for (auto& [id, text] : lines) octets.push_back(std::move(text));
    return octets;
}

}  // namespace

namespace {

void live_equals_replay(const std::vector<std::string>& more) {
    const std::string why = TwoRooms::unavailable();
    if (!why.empty()) return static_cast<void>(std::printf("skipped: %s\n", why.c_str()));
    if (std::system("command -v tcpdump >/dev/null 2>&1") != 0) return static_cast<void>(std::printf("skipped: no tcpdump\n"));
    SensorPost post;
    const std::string capture = post.folder.at("beside.pcap");
    Running tcpdump = post.beside({"tcpdump", "-Z", "root", "-i", "span0", "-s", "0", "-U", "-w", capture}, "tcpdump");
    tcpdump.say("listening on");
    post.start(more);
    Frames frames = everything(9014);
    const Frames wrong = misspoken();
    frames.insert(frames.end(), wrong.begin(), wrong.end());
    const Frames lines = hostile_lines();
    frames.insert(frames.end(), lines.begin(), lines.end());
    frames.push_back(last_frame());
    post.rooms.send(Room::outside, "out0", frames);
    const Octets end = last_frame().bytes;
    until("the last frame in the recording", [&] {
        Octets file;
        return read_file(capture, file) && std::search(file.begin(), file.end(), end.begin(), end.end()) != file.end();
    });
    tcpdump.signal(SIGINT);
    tcpdump.wait();
    REQUIRE(post.end(SIGTERM) == 0);

    const Spooled live = post.spooled();
    const Replayed replayed = replay(post.folder.at("policy/policy.toml"), capture, post.folder.at("replayed"));
    std::uint64_t dropped = 0;
    for (const CoverageRecord& c : live.coverages) dropped += c.kernel_drops.value_or(0);
    REQUIRE(dropped == 0);
    CHECK(live.frames() == replayed.frames);
    CHECK(live.packets.size() > 100);
    for (const char* reason : {"not-speaking", "starttls-injection", "smtp-bare-lf", "cleartext-login"})
        CHECK(std::count_if(live.packets.begin(), live.packets.end(),
                            [&](const Spooled::Packet& p) { return p.reasons == std::vector<std::string>{reason}; }) > 4);
    check_same(live, replayed);
    std::vector<std::string> logs;
    for (const std::string& line : live.logs) logs.push_back(to_hex({reinterpret_cast<const std::uint8_t*>(line.data()), line.size()}));
    CHECK(logs.size() > hostile_lines().size());
    CHECK(lines_in(post.folder.at("policy/policy.toml"), capture, post.folder.at("replayed.db")) == logs);
}

}  // namespace

TEST_CASE("sensor: live equals replay, frame by frame, for a day's traffic, odd frames and VLAN tags") { live_equals_replay({}); }

TEST_CASE("sensor: live equals replay, frame by frame, with three capture threads and with sixteen") {
    SECTION("three") { live_equals_replay({"--threads", "3"}); }
    SECTION("sixteen, and hardly any gathering") { live_equals_replay({"--threads", "16", "--hold", "1", "--ring", "64"}); }
}

}  // namespace sw::test

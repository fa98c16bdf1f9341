/// What hides inside frames, on the command line: mirrors that wrap, fragments that wait for their verdict.
#include <fcntl.h>

#include <algorithm>
#include <array>

#include "sensor/capture/reader.hpp"
#include "tests/cli/fixture.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/mirror.hpp"
#include "tests/support/pieces.hpp"

namespace sw::cli {
namespace {

using namespace std::chrono_literals;

const std::string fragments_rule = R"(enclave = "pieces"
home = ["192.0.2.0/24"]
[[allow]]
name = "ask"
filter = "udp and src host 192.0.2.25 and dst port 53"
accept = ["fragment"]
)";

/// A question, its answer in three pieces, of which the last comes behind a frame that no rule names.
craft::Frames question_and_pieces() {
    const craft::CraftedFrame answer =
        craft::udp(craft::v4(craft::resolver, 53), craft::v4(craft::mail, 40000), craft::Octets(3000, 'a')).later(3ms);
    const craft::Frames parts = craft::pieces(answer, 1480);
    REQUIRE(parts.size() == 3);
    return {craft::udp(craft::v4(craft::mail, 40000), craft::v4(craft::resolver, 53), craft::Octets(40, 'q')), parts[0], parts[1],
            craft::CraftedFrame(grey_frames()[0]).at(parts[1].ts), parts[2]};
}

/// A day's mail behind a mirror, with one that is not what the mirror sends, and two lost on their way.
struct Mirrored : Desk {
    craft::MirrorSetup setup;
    craft::Frames wrapped;

    Mirrored() {
        const std::string plain = text("policy.toml");
        const std::string none = "mirror  = \"none\"\n";
        REQUIRE(has(plain, none));
        put("policy.toml", std::string(plain).replace(plain.find(none), none.size(), craft::mirror_line(setup) + "\n"));
        wrapped = craft::wrap(clean_frames(), setup);
        wrapped.push_back(craft::wrap(grey_frames()[0], setup, static_cast<std::uint32_t>(wrapped.size() + 2)));
        wrapped.push_back(grey_frames()[0]);
        put("mirrored.pcap", craft::pcap(wrapped));
    }
};

}  // namespace

TEST_CASE("fragments: packet lines stand in the order of the frames, whenever their verdicts came") {
    Folder folder;
    folder.put("policy.toml", fragments_rule);
    folder.put("pieces.pcap", craft::pcap(question_and_pieces()));
    const Ended ended = replay_json(folder, {"--packets", "all", "pieces.pcap"});
    CHECK(ended.code == 1);
    const auto packets = of_type(lines_of(ended.out), "packet");
    REQUIRE(packets.size() == 5);
    for (std::size_t i = 0; i < packets.size(); ++i) {
        CHECK(packets[i].at("frame") == i + 1);
        CHECK(packets[i].at("verdict") == (i == 3 ? "grey" : "allow"));
    }
    CHECK(lines_of(ended.out)[0].at("schema") == 1);
    CHECK(summary_of(ended.out).at("rules").at("ask") == 4);
    CHECK(summary_of(ended.out).at("flows") == 1);
}

TEST_CASE("fragments: a piece that never came makes those that did grey, in each file for itself, and the sums are right") {
    Folder folder;
    folder.put("policy.toml", fragments_rule);
    craft::Frames frames = question_and_pieces();
    const craft::Frames rest = {frames.back()};
    frames.pop_back();
    folder.put("first.pcap", craft::pcap(frames));
    folder.put("second.pcap", craft::pcap(rest));
    const std::string out = replay_json(folder, {"first.pcap", "second.pcap"}).out;
    const Json summary = summary_of(out);
    CHECK((summary.at("allowed") == 1 && summary.at("greylisted") == 4 && summary.at("frames") == 5));
    std::uint64_t incomplete = 0;
    for (const Json& f : of_type(lines_of(out), "finding"))
        if (f.at("reasons").dump().find("fragment-incomplete") != std::string::npos) incomplete += f.at("count").get<std::uint64_t>();
    CHECK(incomplete == 3);
}

TEST_CASE("fragments: --write keeps each once, with the verdict that it had in the end") {
    Folder folder;
    folder.put("policy.toml", fragments_rule);
    folder.put("pieces.pcap", craft::pcap(question_and_pieces()));
    replay(folder, {"--packets", "all", "--write", "out.pcapng", "pieces.pcap"});
    const Json first = summary_of(replay_json(folder, {"pieces.pcap"}).out), again = summary_of(replay_json(folder, {"out.pcapng"}).out);
    CHECK(first.at("frames") == again.at("frames"));
    CHECK(first.at("allowed") == again.at("allowed"));
    CHECK_FALSE(has(folder.text("out.pcapng"), "fragment-incomplete"));
}

TEST_CASE("mirror: packet lines describe the frame within and say what was around it, and the summary counts") {
    const Mirrored desk;
    const Ended ended = replay_json(desk, {"--packets", "all", "mirrored.pcap"});
    CHECK(ended.code == 1);
    const auto packets = of_type(lines_of(ended.out), "packet");
    const std::size_t clean = clean_frames().size();
    REQUIRE(packets.size() == clean + 2);
    for (std::size_t i = 0; i < clean; ++i) {
        CHECK(packets[i].at("verdict") == "allow");
        CHECK((packets[i].at("sport") == 25 || packets[i].at("dport") == 25));
        const Json& outer = packets[i].at("outer");
        CHECK(outer.at("kind") == "erspan2");
        CHECK(outer.at("src") == craft::mirroring_switch.v4);
        CHECK(outer.at("id") == desk.setup.id);
        CHECK(outer.at("sequence") == i + 1);
        CHECK(outer.at("octets").get<std::size_t>() == desk.wrapped[i].bytes.size() - clean_frames()[i].bytes.size());
        CHECK(packets[i].at("len") == desk.wrapped[i].len);
    }
    CHECK(packets[clean].at("reasons") == Json{"no-rule"});
    CHECK(packets[clean + 1].at("reasons") == Json{"mirror-unexpected"});
    CHECK(packets[clean + 1].at("outer").is_null());
    const Json mirror = summary_of(ended.out).at("mirror");
    CHECK(mirror == Json{{"kind", "erspan2"}, {"frames", clean + 1}, {"refused", 1}, {"lost", 2}});
    CHECK(has(replay(desk, {"mirrored.pcap"}).out, "taken out of erspan2, 2 lost on their way"));
}

TEST_CASE("mirror: --write keeps the frame as captured, and its comment says what was taken off") {
    const Mirrored desk;
    replay(desk, {"--write", "out.pcapng", "mirrored.pcap"});
    auto reader = CaptureReader::open(UniqueFd(::open(desk.at("out.pcapng").c_str(), O_RDONLY | O_CLOEXEC)));
    REQUIRE(reader);
    std::array<Frame, 4> frames;
    REQUIRE(reader->next(frames) == 2);
    for (std::size_t i = 0; i < 2; ++i)
        CHECK(craft::Octets(frames[i].data, frames[i].data + frames[i].caplen) == desk.wrapped[desk.wrapped.size() - 2 + i].bytes);
    CHECK(has(desk.text("out.pcapng"), "; taken out of erspan2"));
    const Json again = summary_of(replay_json(desk, {"out.pcapng"}).out);
    CHECK(again.at("greylisted") == 2);
    CHECK(again.at("mirror").at("refused") == 1);
}

TEST_CASE("mirror: a finding in the store is described by the frame within, and exported as captured") {
    const Mirrored desk;
    REQUIRE(run(desk, {"replay", "--policy", "policy.toml", "--db", "store.db", "mirrored.pcap"}).code == 1);
    const auto shown = lines_of(run(desk, {"--json", "--db", "store.db", "queue", "show", "1"}).out);
    const std::string text = run(desk, {"--db", "store.db", "queue", "show", "1"}).out;
    CHECK(has(text, "465"));
    CHECK(has(text, "erspan2"));
    REQUIRE(run(desk, {"export", "pcapng", "--db", "store.db", "-o", "out.pcapng"}).code == 0);
    auto reader = CaptureReader::open(UniqueFd(::open(desk.at("out.pcapng").c_str(), O_RDONLY | O_CLOEXEC)));
    REQUIRE(reader);
    std::array<Frame, 4> frames;
    REQUIRE(reader->next(frames) == 2);
    CHECK(craft::Octets(frames[0].data, frames[0].data + frames[0].caplen) == desk.wrapped[desk.wrapped.size() - 2].bytes);
    const Ended eve = run(desk, {"export", "eve", "--db", "store.db"});
    CHECK(has(eve.out, "\"dest_port\":465"));
    CHECK(shown.size() > 0);
}

TEST_CASE("mirror: status tells what did not arrive, in text and JSON, and null where nobody numbers") {
    const Mirrored desk;
    REQUIRE(run(desk, {"replay", "--policy", "policy.toml", "--db", "store.db", "mirrored.pcap"}).code == 1);
    CHECK(lines_of(run(desk, {"--json", "--db", "store.db", "status"}).out).at(0).at("coverage").at("mirror_lost") == 2);
    CHECK(has(run(desk, {"--db", "store.db", "status"}).out, "mirror     2 packets did not arrive\n"));
    const Desk bare;
    REQUIRE(run(bare, {"replay", "--policy", "policy.toml", "--db", "store.db", "clean.pcap"}).code == 0);
    CHECK(lines_of(run(bare, {"--json", "--db", "store.db", "status"}).out).at(0).at("coverage").at("mirror_lost").is_null());
    CHECK_FALSE(has(run(bare, {"--db", "store.db", "status"}).out, "did not arrive"));
}

TEST_CASE("ledger: who used a service that the policy wants account of, from when to when, and how it ended") {
    Desk desk;
    const std::string plain = desk.text("policy.toml"), rule = "name   = \"smtp-in\"";
    REQUIRE(has(plain, rule));
    desk.put("policy.toml", std::string(plain).replace(plain.find(rule), rule.size(), rule + "\nledger = true"));
    craft::Frames open = clean_frames();
    open.resize(5);
    for (craft::CraftedFrame& f : open) f = f.later(1h);
    desk.put("open.pcap", craft::pcap(open));
    const auto ledger = [&](std::vector<std::string> more) {
        std::vector<std::string> words = {"--db", "store.db", "ledger", "list"};
        words.insert(words.end(), more.begin(), more.end());
        return run(desk, words);
    };
    for (int twice = 0; twice < 2; ++twice)
        REQUIRE(run(desk, {"replay", "--policy", "policy.toml", "--db", "store.db", "clean.pcap", "open.pcap"}).code == 0);
    const Ended text = ledger({});
    CHECK(text.code == 0);
    CHECK(text.err.empty());
    CHECK(has(text.out, "complete  smtp-in"));
    CHECK(has(text.out, "cut       smtp-in"));
    CHECK(std::count(text.out.begin(), text.out.end(), '\n') == 2);
    const auto sessions = lines_of(ledger({"--json"}).out);
    REQUIRE(sessions.size() == 2);
    CHECK(sessions[0].at("schema") == 1);
    CHECK(sessions[0].at("type") == "session");
    CHECK((sessions[0].at("state") == "complete" && sessions[1].at("state") == "cut"));
    CHECK((sessions[0].at("dport") == 25 && sessions[0].at("proto") == "tcp" && sessions[0].at("rule") == "smtp-in"));
    CHECK(sessions[0].at("opened") == to_rfc3339(clean_frames().front().ts));
    CHECK(sessions[0].at("packets_out").get<std::size_t>() + sessions[0].at("packets_back").get<std::size_t>() == clean_frames().size());
    CHECK(lines_of(ledger({"--json", "--limit", "1"}).out).at(0).at("state") == "cut");
    CHECK(lines_of(ledger({"--json", "--address", "192.0.2.0/24", "--rule", "smtp-in"}).out).size() == 2);
    CHECK(lines_of(ledger({"--json", "--until", to_rfc3339(clean_frames().back().ts)}).out).size() == 1);
    for (const std::vector<std::string>& none : {std::vector<std::string>{"--rule", "imap"}, {"--address", "198.51.100.9"}, {"--live"}}) {
        const Ended empty = ledger(none);
        CHECK((empty.code == 0 && empty.out.empty() && empty.err == "span-watcher: no session matches\n"));
    }
    const Ended wrong = ledger({"--address", "mail.example"});
    CHECK((wrong.code == 2 && has(wrong.err, "neither an address nor a prefix")));
    CHECK(ledger({"--since", "yesterday"}).code == 2);
    CHECK(has(run(desk, {"ledger"}).err, "ledger needs a verb: list"));
}

}  // namespace sw::cli

/// Options: what they do, and what a wrong one says.
#include "tests/cli/fixture.hpp"
#include "tests/support/catch.hpp"

namespace sw::cli {
namespace {

/// A good SYN and its like with a wrong TCP checksum.
craft::Frames with_bad_checksum() { return {craft::smtp_syn().flip(craft::tcp4_at + 16, 0xff)}; }

}  // namespace

TEST_CASE("exit codes: 0 when all is allowed, 1 when something is grey or black, 2 for wrong use") {
    const Desk desk;
    CHECK(replay(desk, {"clean.pcap"}).code == 0);
    CHECK(replay(desk, {"grey.pcap"}).code == 1);
    CHECK(replay(desk, {"black.pcap"}).code == 1);
    CHECK(replay(desk, {"clean.pcap", "grey.pcap"}).code == 1);
    CHECK(replay(desk, {}).code == 2);
}

TEST_CASE("options: help and version go to standard output and end with 0") {
    const Desk desk;
    const Ended help = run(desk, {"--help"}), version = run(desk, {"--version"}), of_noun = run(desk, {"replay", "--help"});
    CHECK(help.code == 0);
    CHECK(has(help.out, "replay"));
    CHECK(has(help.out, "rules"));
    CHECK(help.err == "");
    CHECK(version.code == 0);
    CHECK(version.out == "span-watcher " SPAN_VERSION "\n");
    CHECK(of_noun.code == 0);
    for (const std::string option : {"--mode", "--packets", "--write", "--ignore", "--grace", "--no-progress"})
        CHECK(has(of_noun.out, option));
}

TEST_CASE("options: an unknown noun, verb or option, and a missing argument, are wrong use: exit 2, nothing on standard output") {
    const Desk desk;
    const std::vector<std::vector<std::string>> wrong{{},
                                                      {"reply", "clean.pcap"},
                                                      {"rules"},
                                                      {"rules", "chek"},
                                                      {"replay"},
                                                      {"replay", "--policy"},
                                                      {"replay", "--frobnicate", "clean.pcap"},
                                                      {"replay", "--mode", "loose", "clean.pcap"},
                                                      {"replay", "--packets", "some", "clean.pcap"},
                                                      {"replay", "--grace", "soon", "clean.pcap"},
                                                      {"replay", "--grace", "-1", "clean.pcap"},
                                                      {"--color", "sometimes", "replay", "clean.pcap"}};
    for (const auto& arguments : wrong) {
        const Ended ended = run(desk, arguments);
        INFO(ended.err);
        CHECK(ended.code == 2);
        CHECK(ended.out == "");
        CHECK(has(ended.err, "span-watcher: "));
        CHECK(has(ended.err, "--help"));
    }
    CHECK(has(run(desk, {"replay", "--frobnicate", "clean.pcap"}).err, "--frobnicate"));
}

TEST_CASE("options: an unknown noun is named in the message") {
    const Desk desk;
    CHECK(has(run(desk, {"reply", "clean.pcap"}).err, "reply"));
}

TEST_CASE("options: --ignore waves an anomaly through by its name, and it is counted all the same") {
    const Desk desk;
    desk.put("odd.pcap", craft::pcap(with_bad_checksum()));
    CHECK(replay(desk, {"odd.pcap"}).code == 1);
    const Ended ignored = replay_json(desk, {"--ignore", "trailer,bad-checksum", "odd.pcap"});
    CHECK(ignored.code == 0);
    CHECK(summary_of(ignored.out).at("anomalies").at("bad-checksum") == 1);
}

TEST_CASE("options: --ignore refuses an unknown anomaly and proposes the nearest, and refuses a verdict's reason") {
    const Desk desk;
    const Ended unknown = replay(desk, {"--ignore", "bad-cheksum", "clean.pcap"});
    CHECK(unknown.code == 2);
    CHECK(has(unknown.err, "unknown anomaly 'bad-cheksum', did you mean 'bad-checksum'?"));
    const Ended state = replay(desk, {"--ignore", "no-rule", "clean.pcap"});
    CHECK(state.code == 2);
    CHECK(has(state.err, "no-rule"));
    CHECK(has(state.err, "cannot be ignored"));
}

TEST_CASE("options: --mode packet asks the rules about each packet alone, and tcpdump mode about nothing else") {
    const Desk desk;
    desk.put("odd.pcap", craft::pcap(with_bad_checksum()));
    // A reply fits no rule by itself.
    CHECK(replay(desk, {"--mode", "packet", "clean.pcap"}).code == 1);
    const Json by_packet = summary_of(replay_json(desk, {"--mode", "packet", "clean.pcap"}).out);
    CHECK(by_packet.at("mode") == "packet");
    CHECK(by_packet.at("allowed").get<std::size_t>() > 0);
    CHECK(by_packet.at("greylisted").get<std::size_t>() > 0);
    CHECK(replay(desk, {"--mode", "packet", "odd.pcap"}).code == 1);
    CHECK(replay(desk, {"--mode", "tcpdump", "odd.pcap"}).code == 0);
    CHECK(replay(desk, {"--mode", "flow", "odd.pcap"}).code == 1);
}

TEST_CASE("options: --grace accepts conversations mid-stream for so long, and says that it did") {
    const Desk desk;
    craft::Frames frames = clean_frames();
    frames.erase(frames.begin(), frames.begin() + 4);
    desk.put("middle.pcap", craft::pcap(frames));
    CHECK(replay(desk, {"middle.pcap"}).code == 1);
    const Ended graced = replay_json(desk, {"--grace", "60", "--packets", "all", "middle.pcap"});
    CHECK(graced.code == 0);
    CHECK(summary_of(graced.out).at("provisional") == 1);
    CHECK(of_type(lines_of(graced.out), "packet").front().at("provisional") == true);
}

TEST_CASE("options: --unconfined is for debugging, and every report of such a run says so") {
    const Desk desk;
    const Ended text = run(desk, {"--unconfined", "replay", "--policy", "policy.toml", "clean.pcap"});
    CHECK(text.code == 0);
    CHECK(has(text.err, "UNCONFINED"));
    CHECK(has(text.out, "UNCONFINED"));
    const Ended json = run(desk, {"--unconfined", "--json", "replay", "--policy", "policy.toml", "clean.pcap"});
    CHECK(summary_of(json.out).at("unconfined") == true);
    CHECK(summary_of(replay_json(desk, {"clean.pcap"}).out).at("unconfined") == false);
}

}  // namespace sw::cli

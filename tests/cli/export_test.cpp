/// export: evidence out of a store that replay filled, as other programs read it.
#include <unistd.h>

#include <cstdio>

#include "tests/cli/fixture.hpp"
#include "tests/support/catch.hpp"

namespace sw::cli {
namespace {

// A desk whose store.db holds one grey finding and one black.
class Kept : public Desk {
public:
    Kept() { REQUIRE(run(*this, {"replay", "--policy", "policy.toml", "--db", "store.db", "grey.pcap", "black.pcap"}).code == 1); }
};

std::vector<Json> findings_of(const Folder& desk) {
    return of_type(lines_of(run(desk, {"--json", "--db", "store.db", "queue", "list", "--sort", "id"}).out), "finding");
}

std::string output_of(const std::string& command) {
    std::FILE* pipe = popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string text;
    for (int c; (c = std::fgetc(pipe)) != EOF;) text += static_cast<char>(c);
    pclose(pipe);
    return text;
}

}  // namespace

TEST_CASE("export: pcapng opens in tshark, with each finding's number, verdict and sentence as comment") {
    if (std::system("tshark -v >/dev/null 2>&1") != 0) {
        WARN("skipped: no tshark");
        return;
    }
    const Kept desk;
    REQUIRE(run(desk, {"export", "pcapng", "--db", "store.db", "-o", "all.pcapng"}).code == 0);
    const std::string comments = output_of("tshark -r '" + desk.at("all.pcapng").string() + "' -T fields -e frame.comment 2>/dev/null");
    const std::vector<Json> findings = findings_of(desk);
    REQUIRE(findings.size() == 2);
    for (const Json& f : findings) {
        const std::string comment =
            "finding " + f["id"].dump() + " (" + f["verdict"].get<std::string>() + "): " + f["sentence"].get<std::string>() + "\n";
        CAPTURE(comment, comments);
        CHECK(has(comments, comment));
    }
}

TEST_CASE("export: pcapng holds the packets octet for octet, and replay finds the same again") {
    const Kept desk;
    const Ended exported = run(desk, {"export", "pcapng", "--db", "store.db", "-o", "all.pcapng"});
    CHECK(exported.out.empty());
    CHECK(has(exported.err, "2 packets of 2 findings in all.pcapng"));
    const Json summary = summary_of(replay_json(desk, {"all.pcapng"}).out);
    CHECK(summary["greylisted"] == 1);
    CHECK(summary["blacklisted"] == 1);
}

TEST_CASE("export: eve gives one line a packet, of the findings that were asked for") {
    const Kept desk;
    const Ended all = run(desk, {"export", "eve", "--db", "store.db"});
    CHECK(all.code == 0);
    CHECK(lines_of(all.out).size() == 2);
    const std::vector<Json> black = lines_of(run(desk, {"export", "eve", "--db", "store.db", "--match", "verdict:black"}).out);
    REQUIRE(black.size() == 1);
    CHECK(black[0]["event_type"] == "alert");
    CHECK(black[0]["alert"]["severity"] == 1);
    CHECK(black[0]["span"]["verdict"] == "black");
    const std::vector<Json> packets = of_type(lines_of(replay_json(desk, {"--packets", "grey", "black.pcap"}).out), "packet");
    REQUIRE(packets.size() == 1);
    CHECK(black[0]["community_id"] == packets[0]["community_id"]);
    const std::string id = black[0]["span"]["finding"].dump();
    CHECK(lines_of(run(desk, {"export", "eve", "--db", "store.db", id}).out) == black);
}

TEST_CASE("replay --eve: an alert for each packet that is not allowed, as the store exports it") {
    const Kept desk;
    const Ended told = run(desk, {"replay", "--policy", "policy.toml", "--eve", "grey.pcap", "black.pcap"});
    CHECK(told.code == 1);
    const std::vector<Json> direct = lines_of(told.out), kept = lines_of(run(desk, {"export", "eve", "--db", "store.db"}).out);
    REQUIRE(direct.size() == 2);
    REQUIRE(kept.size() == 2);
    for (std::size_t i = 0; i < direct.size(); ++i) {
        Json a = direct[i], b = kept[i];
        for (Json* o : {&a, &b}) {
            // Findings have numbers of their own in a store, and a source with its folder.
            (*o)["alert"].erase("signature_id");
            (*o)["span"].erase("finding");
            (*o)["span"].erase("source");
        }
        CHECK(a == b);
    }
}

TEST_CASE("replay --eve: nothing else goes to standard output, and no other format with it") {
    const Desk desk;
    const Ended clean = run(desk, {"replay", "--policy", "policy.toml", "--eve", "clean.pcap"});
    CHECK(clean.code == 0);
    CHECK(clean.out.empty());
    CHECK(run(desk, {"replay", "--policy", "policy.toml", "--eve", "--packets", "all", "clean.pcap"}).code == 2);
    CHECK(run(desk, {"--json", "replay", "--policy", "policy.toml", "--eve", "clean.pcap"}).code == 2);
}

TEST_CASE("export: a match that nothing fits gives nothing, and says so") {
    const Kept desk;
    const Ended none = run(desk, {"export", "eve", "--db", "store.db", "--match", "port:1"});
    CHECK(none.code == 0);
    CHECK(none.out.empty());
    CHECK(has(none.err, "0 samples of 0 findings"));
}

TEST_CASE("export: pcapng is not written to a terminal") {
    const Kept desk;
    Setup terminal;
    terminal.out = Setup::Out::terminal;
    const Ended refused = run(desk, {"export", "pcapng", "--db", "store.db"}, terminal);
    CHECK(refused.code == 2);
    CHECK(has(refused.out, "does not write to a terminal"));
}

TEST_CASE("export: the store is never overwritten, by whatever name") {
    const Kept desk;
    const std::string before = desk.text("store.db");
    REQUIRE(symlink("store.db", desk.at("soft").c_str()) == 0);
    REQUIRE(link(desk.at("store.db").c_str(), desk.at("hard").c_str()) == 0);
    for (const char* name : {"store.db", "./store.db", "soft", "hard"}) {
        for (const char* format : {"pcapng", "eve"}) {
            const Ended refused = run(desk, {"export", format, "--db", "store.db", "-o", name});
            CHECK(refused.code == 2);
            CHECK(has(refused.err, "would overwrite the store"));
        }
    }
    CHECK(desk.text("store.db") == before);
}

TEST_CASE("export: what a file held stays when there is nothing to put there") {
    const Kept desk;
    desk.put("kept", std::string("evidence"));
    const Ended refused = run(desk, {"export", "pcapng", "--db", "store.db", "-o", "kept", "4711"});
    CHECK(refused.code == 2);
    CHECK(has(refused.err, "4711"));
    CHECK(desk.text("kept") == "evidence");
    CHECK(run(desk, {"export", "eve", "--db", "store.db", "-o", "kept", "--match", "verdict:black"}).code == 0);
    CHECK(lines_of(desk.text("kept")).size() == 1);
}

TEST_CASE("export: without a store it ends with 3 and says what makes one") {
    const Desk desk;
    const Ended refused = run(desk, {"export", "eve", "--db", "none.db"});
    CHECK(refused.code == 3);
    CHECK(has(refused.err, "replay --db"));
}

TEST_CASE("export: a full disk ends with 3") {
    const Kept desk;
    CHECK(run(desk, {"export", "eve", "--db", "store.db", "-o", "/dev/full"}).code == 3);
    CHECK(run(desk, {"export", "pcapng", "--db", "store.db", "-o", "/dev/full"}).code == 3);
}

}  // namespace sw::cli

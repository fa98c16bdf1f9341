/// replay --db: each capture goes into the store once, whatever becomes of the process, and the report is that of any replay.
#include <csignal>

#include "tests/cli/fixture.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/records.hpp"

namespace sw::cli {
namespace {

Store opened(const Desk& desk) {
    auto store = Store::open(desk.at("week.db"), Store::Access::read);
    if (!store) FAIL(store.error().text);
    return std::move(*store);
}

std::string rows(const Desk& desk, const std::string& sql) {
    Store store = opened(desk);
    return test::rows_of(store.db(), sql);
}

std::string dump(const Desk& desk) {
    Store store = opened(desk);
    return test::dump(store);
}

Ended record(const Desk& desk, std::vector<std::string> files) {
    files.insert(files.begin(), {"--db", "week.db"});
    return replay(desk, files);
}

/// What replay --json prints, without its duration.
std::string judged(const Desk& desk, const std::vector<std::string>& more) {
    std::string text;
    for (Json line : lines_of(replay_json(desk, more).out)) {
        line.erase("seconds");
        text += line.dump() + "\n";
    }
    return text;
}

constexpr const char* counts = "SELECT group_concat(count, ' ') FROM (SELECT count FROM finding ORDER BY id)";

}  // namespace

TEST_CASE("replay --db: findings, packets, conversations, charts and coverage of a capture are in the store") {
    const Desk desk;
    const Ended ended = record(desk, {"clean.pcap", "grey.pcap", "black.pcap"});
    CHECK(ended.code == 1);
    CHECK(ended.err == "span-watcher: week.db: 2 packets added, in 2 new and 0 known findings; 2 kept whole\n");
    CHECK(rows(desk, "SELECT sentence FROM finding ORDER BY id LIMIT 1")
              .starts_with("198.51.100.7 tried to open tcp to 192.0.2.25 (mail) port 465"));
    CHECK(rows(desk, "SELECT black||coalesce(rule, '-') FROM finding ORDER BY id") == "0-\n1mail-opens-ssh");
    CHECK(rows(desk, "SELECT hex(octets) FROM sample WHERE finding = 1").size() == 2 * grey_frames()[0].bytes.size());
    CHECK(rows(desk, "SELECT rule||(packets_out + packets_back) FROM flow") == "smtp-in" + std::to_string(clean_frames().size()));
    CHECK(rows(desk, "SELECT rule||packets FROM chart") == "smtp-in" + std::to_string(clean_frames().size()));
    CHECK(rows(desk, "SELECT file||' '||frames||' '||allowed||' '||coalesce(error, '-') FROM coverage ORDER BY id") ==
          "clean.pcap " + std::to_string(clean_frames().size()) + " " + std::to_string(clean_frames().size()) +
              " -\ngrey.pcap 1 0 -\nblack.pcap 1 0 -");
    CHECK(rows(desk, "SELECT text FROM policy") == desk.text("policy.toml"));
    CHECK(rows(desk, "SELECT count(*) FROM journal_offset WHERE complete AND journal LIKE 'capture:%'") == "3");
}

TEST_CASE("replay --db: a capture that is in the store adds nothing, by whatever name it comes, and the report is the same") {
    const Desk desk;
    const std::string without = judged(desk, {"clean.pcap", "grey.pcap"});
    CHECK(judged(desk, {"--db", "week.db", "clean.pcap", "grey.pcap"}) == without);
    const std::string before = dump(desk);
    std::filesystem::copy_file(desk.at("grey.pcap"), desk.at("copy.pcap"));
    CHECK(judged(desk, {"--db", "week.db", "clean.pcap", "grey.pcap"}) == without);
    const Ended ended = record(desk, {"copy.pcap"});
    CHECK(ended.code == 1);
    CHECK(has(ended.err, "span-watcher: copy.pcap: already in week.db since 20"));
    CHECK(has(ended.err, "; nothing added (--again counts it once more)\n"));
    CHECK(dump(desk) == before);
}

TEST_CASE("replay --db: --again counts a capture once more, each time") {
    const Desk desk;
    record(desk, {"grey.pcap"});
    for (const std::string expected : {"2", "3"}) {
        CHECK(record(desk, {"--again", "grey.pcap"}).code == 1);
        CHECK(rows(desk, counts) == expected);
    }
    CHECK(record(desk, {"grey.pcap"}).code == 1);
    CHECK(rows(desk, counts) == "3");
    CHECK(rows(desk, "SELECT count(DISTINCT source) FROM sample") == "3");
}

TEST_CASE("replay --db: one capture named twice in one replay counts once") {
    const Desk desk;
    CHECK(record(desk, {"grey.pcap", "clean.pcap", "grey.pcap"}).code == 1);
    CHECK(rows(desk, counts) == "1");
    CHECK(rows(desk, "SELECT count(*) FROM coverage") == "2");
}

TEST_CASE("replay --db: what comes through a pipe is new each time") {
    const Desk desk;
    for (const std::string expected : {"1", "2"}) {
        const Ended ended = replay(desk, {"--db", "week.db", "-"}, {.input = as_text(craft::pcap(grey_frames()))});
        CHECK(ended.code == 1);
        CHECK(rows(desk, counts) == expected);
    }
}

TEST_CASE("replay --db: a torn capture is stored up to the tear, once, and its coverage says where that is") {
    const Desk desk;
    craft::Octets torn = craft::pcap(craft::Frames(3, grey_frames()[0]));
    torn.resize(torn.size() - 5);
    desk.put("torn.pcap", torn);
    CHECK(record(desk, {"torn.pcap"}).code == 2);
    CHECK(rows(desk, counts) == "2");
    CHECK(has(rows(desk, "SELECT error FROM coverage"), "stopped at frame 2, offset "));
    CHECK(rows(desk, "SELECT complete||','||offset FROM journal_offset") == "0,2");
    const std::string before = dump(desk);
    const Ended again = record(desk, {"torn.pcap"});
    CHECK(again.code == 2);
    CHECK(has(again.err, "torn.pcap: already in week.db as far as it can be read (2 frames)"));
    CHECK(dump(desk) == before);
}

TEST_CASE("replay --db: killed at any instant and begun again, it ends with what an unbroken replay gives") {
    const Desk desk;
    craft::Frames many;
    for (std::uint16_t i = 0; i < 4000; ++i) {
        many.push_back(craft::tcp(craft::v4(craft::outside, static_cast<std::uint16_t>(1024 + i)),
                                  craft::v4(craft::mail, static_cast<std::uint16_t>(100 + i % 50))));
        many.back().later(std::chrono::milliseconds(20 * i));
    }
    desk.put("many.pcap", craft::pcap(many));
    record(desk, {"many.pcap"});
    const std::string expected = dump(desk);
    for (int round = 0; round < 8; ++round) {
        for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(desk.at("week.db" + std::string(suffix)));
        for (int kill = 0; kill <= round; ++kill) {
            Child child(desk, {"replay", "--policy", "policy.toml", "--db", "week.db", "many.pcap"});
            for (volatile int moment = 4'000'000 * round; moment > 0;) moment = moment - 1;
            child.signal(SIGKILL);
            child.finish();
        }
        CHECK(record(desk, {"many.pcap"}).code == 1);
        CHECK(dump(desk) == expected);
    }
}

TEST_CASE("replay --db: a damaged store is set aside by name, and the replay fills a new one") {
    const Desk desk;
    record(desk, {"grey.pcap"});
    std::string octets = desk.text("week.db");
    for (std::size_t i = 4096; i < octets.size(); ++i) octets[i] = 'x';
    desk.put("week.db", octets);
    const Ended ended = record(desk, {"grey.pcap"});
    CHECK(ended.code == 1);
    CHECK(has(ended.err, "span-watcher: week.db: was damaged: set aside as week.db.damaged-20"));
    CHECK(rows(desk, counts) == "1");
}

TEST_CASE("replay --db: what is no store, or of a newer program, or cannot be made, ends the replay before it begins") {
    const Desk desk;
    desk.put("text", std::string("hello, this is no store\n"));
    const Ended text = replay(desk, {"--db", "text", "grey.pcap"}), none = replay(desk, {"--db", "none/week.db", "grey.pcap"});
    CHECK(text.code == 2);
    CHECK(text.err == "span-watcher: text: is not a store of span-watcher: name another file with --db\n");
    CHECK(text.out.empty());
    CHECK(none.code == 3);
    CHECK(none.err == "span-watcher: none/week.db: cannot be made: No such file or directory\n");
    record(desk, {"grey.pcap"});
    {
        auto store = Store::open(desk.at("week.db"), Store::Access::ingest);
        REQUIRE(store);
        REQUIRE(store->db().execute("PRAGMA user_version=7"));
    }
    const Ended newer = record(desk, {"grey.pcap"});
    CHECK(newer.code == 2);
    CHECK(newer.err == "span-watcher: week.db: made by a newer span-watcher (schema 7, this one knows " + std::to_string(Store::version) +
                           "): use that program\n");
}

TEST_CASE("replay --db: neither the evidence nor a capture can be written over the store") {
    const Desk desk;
    record(desk, {"grey.pcap"});
    const Ended ended = replay(desk, {"--db", "week.db", "--write", "./week.db", "grey.pcap"});
    CHECK(ended.code == 2);
    CHECK(has(ended.err, "would overwrite the store"));
    CHECK(rows(desk, counts) == "1");
    CHECK(replay(desk, {"--db", "grey.pcap", "clean.pcap"}).code == 2);
    CHECK(desk.text("grey.pcap") == as_text(craft::pcap(grey_frames())));
}

}  // namespace sw::cli

/// queue list and queue show, as people and scripts see them.
#include "tests/cli/queue_desk.hpp"
#include "tests/support/catch.hpp"

namespace sw::cli {
namespace {

using Catch::Matchers::Contains;

std::vector<std::int64_t> ids_of(const std::vector<Json>& lines) {
    std::vector<std::int64_t> ids;
    for (const Json& line : of_type(lines, "finding")) ids.push_back(line.at("id"));
    return ids;
}

using Ids = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("queue list: one line a finding, the critical one first, totals on standard error, exit 1") {
    const QueueDesk desk;
    const Ended ended = desk.watch({"queue", "list"});
    CHECK(ended.code == 1);
    CHECK(ended.err == "span-watcher: 2 findings, 2 waiting, 1 to 2 shown\n");
    CHECK(std::count(ended.out.begin(), ended.out.end(), '\n') == 3);
    CHECK_THAT(ended.out, Contains("id st     count  last                  finding\n      2 oc         1  ") &&
                              Contains("\n      1 oh         1  ") &&
                              Contains("198.51.100.7 tried to open tcp to 192.0.2.25 (mail) port 465: no rule allows it"));
}

TEST_CASE("queue list: JSON has every field of a finding, and a page at the end") {
    const QueueDesk desk;
    const auto lines = desk.json({"queue", "list"});
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].at("schema") == 1);
    CHECK_FALSE(lines[1].contains("schema"));
    for (const char* field :
         {"type",  "id",    "severity",  "verdict",   "rule",      "reasons",         "sentence",     "count",  "bytes",
          "first", "last",  "direction", "initiator", "responder", "proto",           "port",         "folded", "nearest",
          "why",   "state", "analyst",   "version",   "samples",   "samples_dropped", "policy_sha256"}) {
        INFO(field);
        CHECK(lines[0].contains(field));
        CHECK(lines[1].contains(field));
    }
    CHECK(lines[0].at("verdict") == "black");
    CHECK(lines[0].at("severity") == "critical");
    CHECK(lines[1].at("id") == 1);
    CHECK(lines[1].at("state") == "open");
    CHECK(lines[1].at("analyst").is_null());
    CHECK(lines[1].at("version") == 0);
    CHECK(lines[1].at("port") == 465);
    CHECK(lines[1].at("reasons") == Json::array({"no-rule"}));
    CHECK(lines[2] == Json{{"type", "page"}, {"total", 2}, {"pending", 2}, {"page", 1}, {"limit", 50}, {"shown", 2}});
}

TEST_CASE("queue list: a replay's findings and the queue's say the same") {
    const QueueDesk desk;
    const auto replayed = of_type(lines_of(replay_json(desk, {"grey.pcap", "black.pcap"}).out), "finding");
    const auto queued = of_type(desk.json({"queue", "list", "--sort", "id"}), "finding");
    REQUIRE(replayed.size() == queued.size());
    for (std::size_t i = 0; i < queued.size(); ++i)
        for (const auto& [key, value] : replayed[i].items()) {
            INFO(key);
            if (key != "schema") CHECK(queued[i].at(key) == value);
        }
}

TEST_CASE("queue list: each filter selects, and several must all hold") {
    const QueueDesk desk;
    const auto listed = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {"queue", "list"});
        return ids_of(desk.json(words));
    };
    CHECK(listed({"--severity", "high"}) == Ids{1});
    CHECK(listed({"--port", "465"}) == Ids{1});
    CHECK(listed({"--port", "465", "--port", "22"}) == Ids{2, 1});
    CHECK(listed({"--port", "465", "--severity", "critical"}) == Ids{});
    CHECK(listed({"--address", "192.0.2.0/24"}) == Ids{2, 1});
    CHECK(listed({"--reason", "no-rule"}) == Ids{1});
    CHECK(listed({"--text", "port 465"}) == Ids{1});
    CHECK(listed({"--match", "verdict:black"}) == Ids{2});
    CHECK(listed({"--match", "-verdict:black", "--port", "465"}) == Ids{1});
    CHECK(listed({"--state", "dismissed"}) == Ids{});
    CHECK(listed({"--sort", "id", "--limit", "1"}) == Ids{1});
    CHECK(listed({"--sort", "id", "--limit", "1", "--page", "2"}) == Ids{2});
}

TEST_CASE("queue list: exit 0 once everything that matches was settled, settled findings only on request") {
    const QueueDesk desk;
    REQUIRE(desk.watch({"queue", "dismiss", "1", "2", "-m", "test traffic"}).code == 0);
    const Ended empty = desk.watch({"queue", "list"});
    CHECK(empty.code == 0);
    CHECK(empty.out == "");
    CHECK(empty.err == "span-watcher: no finding matches\n");
    const Ended settled = desk.watch({"queue", "list", "--state", "dismissed"});
    CHECK(settled.code == 0);
    CHECK_THAT(settled.out, Contains(" dc ") && Contains(" dh ") && Contains("["));
    CHECK(desk.json({"queue", "list"}).front() ==
          Json{{"schema", 1}, {"type", "page"}, {"total", 0}, {"pending", 0}, {"page", 1}, {"limit", 50}, {"shown", 0}});
}

TEST_CASE("queue list: escalated and taken findings still wait") {
    const QueueDesk desk;
    REQUIRE(desk.watch({"queue", "take", "1"}).code == 0);
    REQUIRE(desk.watch({"queue", "escalate", "2", "-m", "ask the provider"}).code == 0);
    CHECK(desk.watch({"queue", "list"}).code == 1);
    CHECK(desk.watch({"queue", "list", "--state", "open"}).code == 0);
    CHECK(desk.watch({"queue", "list", "--state", "taken"}).code == 1);
}

TEST_CASE("queue list: on a terminal each line fits its width") {
    const QueueDesk desk;
    const Ended ended =
        desk.watch({"--color", "never", "queue", "list"}, {.input = "", .environment = {"COLUMNS=70"}, .out = Setup::Out::terminal});
    CHECK(ended.code == 1);
    std::size_t lines = 0;
    for (std::size_t from = 0, end; (end = ended.out.find('\n', from)) != std::string::npos; from = end + 1, ++lines)
        CHECK(end - from <= 72);
    CHECK(lines >= 3);
    CHECK_THAT(ended.out, !Contains("no rule allows it"));
}

TEST_CASE("queue: wrong words are wrong use: exit 2, nothing on standard output, the word is named") {
    const QueueDesk desk;
    struct Wrong {
        std::vector<std::string> words;
        std::string says;
    };
    const std::vector<Wrong> table{{{"queue"}, "queue needs a verb: list, show, take"},
                                   {{"queue", "lst"}, "unknown verb 'lst' of queue, did you mean 'list'?"},
                                   {{"queue", "list", "--sort", "size"}, "size"},
                                   {{"queue", "list", "--state", "opn"}, "did you mean 'open'?"},
                                   {{"queue", "list", "--address", "192.0.2.1/24"}, "host bits"},
                                   {{"queue", "list", "--match", "sate:open"}, "did you mean 'state:'?"},
                                   {{"queue", "list", "--limit", "0"}, "--limit"},
                                   {{"queue", "list", "--page", "0"}, "--page"},
                                   {{"queue", "show"}, "ID"},
                                   {{"queue", "show", "one"}, "one"},
                                   {{"queue", "show", "99"}, "there is no finding 99"},
                                   {{"queue", "dismiss", "-m", "x"}, "no finding is named"},
                                   {{"queue", "dismiss", "1"}, "-m REASON"},
                                   {{"queue", "dismiss", "--match", "port:465", "-m", "x"}, "--expect"},
                                   {{"queue", "dismiss", "1", "--expect", "1", "-m", "x"}, "--match"},
                                   {{"queue", "dismiss", "1", "--match", "port:465", "--expect", "1", "-m", "x"}, "--match"},
                                   {{"queue", "allow", "-m", "x"}, "ID"},
                                   {{"queue", "history", "--head", "12345678"}, "--verify"},
                                   {{"queue", "history", "--verify", "--head", "nothash"}, "hexadecimal"},
                                   {{"queue", "history", "99"}, "there is no finding 99"},
                                   {{"queue", "undo", "99"}, "there is no review 99"}};
    for (const Wrong& wrong : table) {
        const Ended ended = desk.watch(wrong.words);
        INFO(wrong.says << " in " << ended.err);
        CHECK(ended.code == 2);
        CHECK(ended.out == "");
        CHECK(has(ended.err, wrong.says));
    }
}

TEST_CASE("queue: a store that is not there ends with 3 and says what makes one") {
    const Desk desk;
    for (const std::string verb : {"list", "history", "undo"}) {
        const Ended ended = run(desk, {"--db", "none.db", "queue", verb});
        CHECK(ended.code == 3);
        CHECK(ended.out == "");
        CHECK(
            ended.err ==
            "span-watcher: there is no store none.db ('span-watcher replay --db none.db CAPTURE...' makes one; --db FILE names another)\n");
    }
    CHECK_FALSE(std::filesystem::exists(desk.at("none.db")));
}

TEST_CASE("queue show: the sentence, the nearest rule and what failed, counts over time, kin, decisions, packets") {
    const QueueDesk desk;
    REQUIRE(desk.watch({"queue", "note", "1", "-m", "asked the hosting provider"}).code == 0);
    const Ended ended = desk.watch({"queue", "show", "1"}, {.input = "", .environment = {"LC_ALL=C.UTF-8"}});
    INFO(ended.err);
    CHECK(ended.code == 0);
    CHECK_THAT(ended.out, Contains("finding 1  high, grey\n  198.51.100.7 tried to open tcp to 192.0.2.25 (mail) port 465"));
    CHECK_THAT(ended.out,
               Contains("  state    open, version 1\n  reasons  no-rule\n") && Contains("  nearest  ") && Contains("dst port 465 is not"));
    CHECK_THAT(ended.out, Contains("  between  198.51.100.7 and 192.0.2.25, tcp port 465\n") &&
                              Contains("  |\u2588| from 2026-11-20T12:00:00Z, 5 min a column, at most 1\n"));
    CHECK_THAT(ended.out,
               Contains("asked the hosting provider") && Contains("other findings of the same addresses") && Contains("      2 oc"));
    CHECK_THAT(ended.out, Contains("198.51.100.7.40001 > 192.0.2.25.465: Flags [S]") && Contains("0000  02 00 00 00 00 19") &&
                              Contains("packet 1 of 1"));
}

TEST_CASE("queue show: without samples, hex or dissection, and in ASCII where the locale knows no more") {
    const QueueDesk desk;
    const Setup ascii{.input = "", .environment = {"LC_ALL=C"}};
    const Ended none = desk.watch({"queue", "show", "1", "--samples", "0"}, ascii);
    CHECK(none.code == 0);
    CHECK_THAT(none.out, !Contains("Flags [S]") && Contains("  |#| from"));
    const Ended plain = desk.watch({"queue", "show", "1", "2", "--no-hex", "--no-dissect"}, ascii);
    CHECK_THAT(plain.out, Contains("Flags [S]") && !Contains("0000  02 00 00 00 00 19") && Contains("finding 1  ") &&
                              Contains("\n\nfinding 2  critical, black"));
}

TEST_CASE("queue show: JSON gives intervals, kin, history, and each sample's octets as hex") {
    const QueueDesk desk;
    REQUIRE(desk.watch({"queue", "take", "1"}).code == 0);
    const auto lines = desk.json({"queue", "show", "1"});
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].at("schema") == 1);
    CHECK(lines[0].at("type") == "finding");
    CHECK(lines[0].at("intervals") ==
          Json::array({Json{{"start", "2026-11-20T12:00:00.000000000Z"}, {"count", 1}, {"bytes", lines[0].at("bytes")}}}));
    CHECK(lines[0].at("others").at(0).at("id") == 2);
    CHECK(lines[0].at("history").at(0).at("verb") == "take");
    CHECK(lines[1].at("type") == "sample");
    CHECK(lines[1].at("finding") == 1);
    const std::string octets = lines[1].at("octets");
    CHECK(octets.size() == 2 * lines[1].at("caplen").get<std::size_t>());
    CHECK(octets.substr(24, 4) == "0800");
    CHECK_FALSE(lines[1].at("dissection").empty());
}

}  // namespace sw::cli

/// status: healthy or not, and why, of a store that replay filled.
#include <algorithm>
#include <chrono>

#include "rules/base/time.hpp"
#include "tests/cli/fixture.hpp"
#include "tests/support/catch.hpp"

namespace sw::cli {
namespace {

Ended record(const Folder& desk, const std::vector<std::string>& captures) {
    std::vector<std::string> arguments{"replay", "--policy", "policy.toml", "--db", "store.db"};
    arguments.insert(arguments.end(), captures.begin(), captures.end());
    return run(desk, arguments);
}

Json status_of(const Folder& desk, int code) {
    const Ended ended = run(desk, {"--json", "--db", "store.db", "status"});
    CHECK(ended.code == code);
    const std::vector<Json> lines = lines_of(ended.out);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0]["schema"] == 1);
    CHECK(lines[0]["type"] == "status");
    CHECK(lines[0]["healthy"] == (code == 0));
    CHECK(lines[0]["problems"].empty() == (code == 0));
    return lines[0];
}

}  // namespace

TEST_CASE("status: a store with nothing to decide is healthy, and what nobody could count is unknown") {
    const Desk desk;
    REQUIRE(record(desk, {"clean.pcap"}).code == 0);
    const Json o = status_of(desk, 0);
    CHECK(o["queue"]["open"] == Json{{"findings", 0}, {"oldest", nullptr}});
    CHECK(o["coverage"]["file"] == "clean.pcap");
    CHECK(o["coverage"]["frames"] == clean_frames().size());
    CHECK(o["coverage"]["kernel_drops"].is_null());
    CHECK(o["coverage"]["error"].is_null());
    CHECK(o["policies"].size() == 1);
    CHECK(o["incomplete"].empty());
    CHECK(o["record"]["decisions"] == 0);
    CHECK(o["record"]["head"].is_null());
    CHECK(o["store"]["bytes"] > 0);
    const Ended text = run(desk, {"--db", "store.db", "status"});
    CHECK(text.code == 0);
    CHECK(has(text.out, "healthy"));
    CHECK(has(text.out, "kernel unknown, interface unknown"));
}

TEST_CASE("status: an open finding is work, and a decided one is not") {
    const Desk desk;
    REQUIRE(record(desk, {"grey.pcap", "black.pcap"}).code == 1);
    const Json before = status_of(desk, 1);
    CHECK(before["queue"]["open"]["findings"] == 2);
    CHECK(before["queue"]["open"]["oldest"].is_string());
    CHECK(before["undecided"]["critical"] == 1);
    CHECK(before["samples"]["packets"] == 2);
    CHECK(before["problems"][0] == "1 critical finding undecided");
    CHECK(before["problems"][1] == "the queue is not empty: 2 findings");
    REQUIRE(run(desk, {"--db", "store.db", "queue", "dismiss", "-m", "known", "--match", "state:open", "--expect", "2"}).code == 0);
    const Json after = status_of(desk, 0);
    CHECK(after["queue"]["dismissed"]["findings"] == 2);
    CHECK(after["record"]["decisions"] == 2);
    CHECK(after["record"]["ends_well"] == true);
    CHECK(after["record"]["head"].get<std::string>().size() == 64);
}

TEST_CASE("status: a capture that ended early is told, with where") {
    const Desk desk;
    craft::Octets torn = craft::pcap(clean_frames());
    torn.resize(torn.size() - 3);
    desk.put("torn.pcap", torn);
    REQUIRE(record(desk, {"torn.pcap"}).code == 2);
    const Json o = status_of(desk, 1);
    CHECK(has(o["coverage"]["error"].get<std::string>(), "stopped at frame"));
}

TEST_CASE("status: rules that end within two weeks are listed, others are not") {
    const Desk desk;
    const auto in_days = [](int days) {
        const auto t = std::chrono::system_clock::now() + std::chrono::days{days};
        return to_rfc3339({std::chrono::duration_cast<Duration>(t.time_since_epoch()).count()}).substr(0, 10);
    };
    desk.put("policy.toml",
             desk.text("policy.toml") +
                 "\n[[allow]]\nname = \"soon\"\nfilter = \"tcp and dst host 192.0.2.99 and dst port 1\"\nuntil = " + in_days(10) +
                 "\n[[allow]]\nname = \"later\"\nfilter = \"tcp and dst host 192.0.2.99 and dst port 2\"\nuntil = " + in_days(30) + "\n");
    REQUIRE(record(desk, {"clean.pcap"}).code == 0);
    const Json o = status_of(desk, 0);
    const Json& expiring = o["expiring"];
    CHECK(std::any_of(expiring.begin(), expiring.end(), [](const Json& e) { return e["rule"] == "soon"; }));
    CHECK(std::none_of(expiring.begin(), expiring.end(), [](const Json& e) { return e["rule"] == "later"; }));
}

TEST_CASE("status: a hostile file name stays what it is in the store, and never reaches the terminal") {
    const Desk desk;
    const std::string hostile = "\x1b[31m\xe2\x80\xae\xc0\xaf\n.pcap";
    desk.put(hostile, craft::pcap(clean_frames()));
    REQUIRE(record(desk, {hostile}).code == 0);
    const Ended text = run(desk, {"--db", "store.db", "status"});
    CHECK(text.code == 0);
    CHECK(has(text.out, "x1b"));
    CHECK(text.out.find_first_of("\x1b\xe2\xc0") == std::string::npos);
    const Ended json = run(desk, {"--json", "--db", "store.db", "status"});
    CHECK(std::all_of(json.out.begin(), json.out.end(), [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
}

TEST_CASE("status: without a store it ends with 3 and says what makes one") {
    const Desk desk;
    const Ended refused = run(desk, {"status", "--db", "none.db"});
    CHECK(refused.code == 3);
    CHECK(has(refused.err, "replay --db"));
}

}  // namespace sw::cli

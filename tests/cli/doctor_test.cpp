// doctor: the built program says of this machine what is so.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "sensor/journal/alarm_journal.hpp"
#include "tests/cli/fixture.hpp"
#include "tests/cli/queue_desk.hpp"
#include "tests/support/catch.hpp"

using namespace sw::cli;

namespace {

sw::Timestamp seconds_ago(int n) {
    const auto t = std::chrono::system_clock::now() - std::chrono::seconds{n};
    return {std::chrono::duration_cast<sw::Duration>(t.time_since_epoch()).count()};
}

/// A store, a spool, and the alarm journal of a sensor.
class Appliance : public Desk {
public:
    Appliance() {
        for (const char* name : {"spool", "alarms"}) {
            std::filesystem::create_directory(at(name));
            REQUIRE(::chmod(at(name).c_str(), 0750) == 0);
        }
        REQUIRE(::chmod(at("policy.toml").c_str(), 0644) == 0);
        REQUIRE(run(*this, {"replay", "--policy", "policy.toml", "--db", "store.db", "clean.pcap"}).code == 0);
    }
    void beat(sw::Timestamp when, bool both_ways = true) const {
        auto writer = sw::AlarmWriter::open(at("alarms"));
        if (!writer) FAIL(writer.error().text);
        sw::AlarmHeartbeat beat;
        beat.at = when;
        beat.who = "span-sensor \x1b[2J";
        beat.both_ways = both_ways;
        REQUIRE((*writer)->heartbeat(beat));
    }
    Ended doctor(const std::vector<std::string>& more = {}, bool json = true) const {
        std::vector<std::string> words{"doctor", "--policy", "policy.toml", "--db", "store.db", "--spool", "spool", "--alarms", "alarms"};
        if (json) words.insert(words.begin(), "--json");
        words.insert(words.end(), more.begin(), more.end());
        return run(*this, words);
    }
};

/// The one line of that name; or the one that is not ok.
Json check_named(const Ended& ended, const std::string& name) {
    INFO(ended.out << ended.err);
    const auto lines = lines_of(ended.out);
    Json found;
    for (const Json& line : lines) {
        CHECK(line.at("schema") == 1);
        CHECK(line.at("type") == "check");
        CHECK(line.at("fix").is_null() == (line.at("state") == "ok"));
        if (line.at("name") == name && (found.is_null() || found.at("state") == "ok")) found = line;
    }
    REQUIRE_FALSE(found.is_null());
    return found;
}

std::string state(const Ended& ended, const std::string& name) { return check_named(ended, name).at("state"); }

bool any_fails(const Ended& ended) {
    const auto lines = lines_of(ended.out);
    return std::any_of(lines.begin(), lines.end(), [](const Json& line) { return line.at("state") == "fail"; });
}

}  // namespace

TEST_CASE("doctor: an appliance at work has no failed line, and the program ends with 0") {
    const Appliance desk;
    desk.beat(seconds_ago(0));
    const Ended ended = desk.doctor();
    for (const char* name : {"policy-file", "permissions", "confinement", "store", "heartbeat", "mirror"}) {
        INFO(name);
        CHECK(state(ended, name) == "ok");
    }
    CHECK(state(ended, "policy") != "fail");
    CHECK(ended.code == (any_fails(ended) ? 1 : 0));  // a machine with a full disk fails, and must
    CHECK(check_named(ended, "heartbeat").at("says").get<std::string>().starts_with("span-sensor \\x1b[2J: last heartbeat "));
    const Ended text = desk.doctor({}, false);
    CHECK(is_clean(text.out));
    CHECK(has(text.out, "ok    store"));
}

TEST_CASE("doctor: each thing that is wrong fails its own line, and the program ends with 1") {
    const Appliance desk;
    SECTION("a writer that fell silent") {
        desk.beat(seconds_ago(60));
        const Ended ended = desk.doctor();
        CHECK(ended.code == 1);
        CHECK(state(ended, "heartbeat") == "fail");
        CHECK(state(ended, "mirror") == "warn");
    }
    SECTION("a mirror of one direction") {
        desk.beat(seconds_ago(0), false);
        CHECK(state(desk.doctor(), "mirror") == "fail");
    }
    SECTION("a policy that is wrong") {
        desk.put("policy.toml", "nonsense = 1\n");
        CHECK(state(desk.doctor(), "policy") == "fail");
    }
    SECTION("no policy") {
        std::filesystem::remove(desk.at("policy.toml"));
        const Ended ended = desk.doctor();
        CHECK(ended.code == 1);
        CHECK(state(ended, "policy-file") == "fail");
        CHECK(state(ended, "policy") == "fail");
    }
    SECTION("no store") {
        std::filesystem::remove(desk.at("store.db"));
        const Ended ended = desk.doctor();
        CHECK(ended.code == 1);
        CHECK(state(ended, "store") == "fail");
        CHECK(state(ended, "confinement") == "ok");
    }
    SECTION("a spool for everybody") {
        REQUIRE(::chmod(desk.at("spool").c_str(), 0777) == 0);
        CHECK(state(desk.doctor(), "permissions") == "fail");
    }
    SECTION("no such folder") {
        std::filesystem::remove(desk.at("spool"));
        CHECK(state(desk.doctor(), "permissions") == "fail");
    }
}

TEST_CASE("doctor: an interface that does not exist fails, and a name that is none is refused") {
    const Appliance desk;
    desk.beat(seconds_ago(0));
    const Ended missing = desk.doctor({"--interface", "nosuch0"});
    CHECK(missing.code == 1);
    CHECK(state(missing, "interface") == "fail");
    CHECK(desk.doctor({"--interface", "../lo"}).code == 2);
    CHECK(desk.doctor({"--interface", "sixteenletterslo"}).code == 2);
    CHECK(desk.doctor({"--interfac", "lo"}).code == 2);
}

TEST_CASE("doctor: an interface in a namespace is seen as it is, before and after it was made deaf and mute") {
    const Appliance desk;
    desk.beat(seconds_ago(0));
    const std::string script =
        "ip link add name swdoc0 type veth peer name swdoc1 && ip link set swdoc1 up && "
        "ip address add 192.0.2.1/24 dev swdoc0 && ip link set swdoc0 up && mount -t sysfs sysfs /sys && "
        "cd '" +
        desk.path().string() +
        "' && doctor() { '" SPAN_WATCHER
        "' --json doctor --policy policy.toml --db store.db "
        "--spool spool --alarms alarms --interface swdoc0; } && { doctor > before.jsonl; [ $? -eq 1 ]; } && "
        "ip address flush dev swdoc0 && ip link set dev swdoc0 arp off multicast off promisc on && "
        "{ [ ! -e /proc/sys/net/ipv6/conf/swdoc0 ] || echo 1 > /proc/sys/net/ipv6/conf/swdoc0/disable_ipv6; } && "
        "{ doctor > after.jsonl || :; }";
    if (::getuid() != 0 || std::system("unshare --net --mount true 2>/dev/null") != 0 ||
        std::system("unshare --net ip link add name swdoc0 type veth peer name swdoc1 2>/dev/null") != 0) {
        WARN("skipped: a network namespace with a veth pair needs root");
        return;
    }
    desk.put("script", script);
    REQUIRE(std::system(("unshare --net --mount sh '" + desk.at("script").string() + "'").c_str()) == 0);
    const Ended before{1, desk.text("before.jsonl"), {}}, after{0, desk.text("after.jsonl"), {}};
    for (const char* name : {"promiscuous", "arp", "address"}) {
        INFO(name);
        CHECK(state(before, name) == "fail");
        CHECK(state(after, name) == "ok");
    }
    CHECK(state(before, "multicast") == "warn");
    CHECK(has(check_named(before, "address").at("says"), "192.0.2.1"));
    for (const char* name : {"interface", "link-up", "carrier", "multicast", "ipv6", "driver"}) {
        INFO(name);
        CHECK(state(after, name) == "ok");
    }
}

TEST_CASE("status: a writer that fell silent is a problem, and one that lives is none") {
    const Appliance desk;
    const auto status = [&] { return run(desk, {"--json", "--db", "store.db", "status", "--alarms", "alarms"}); };
    desk.beat(seconds_ago(60));
    const Ended silent = status();
    CHECK(silent.code == 1);
    const Json o = lines_of(silent.out).at(0);
    CHECK(o["liveness"][0]["late"] == true);
    CHECK(has(o["problems"][0], "no heartbeat of span-sensor \\x1b[2J"));
    desk.beat(seconds_ago(0));
    const Ended alive = status();
    CHECK(alive.code == 0);
    CHECK(lines_of(alive.out).at(0)["liveness"][0]["late"] == false);
    const Ended text = run(desk, {"--db", "store.db", "status", "--alarms", "alarms"});
    CHECK(has(text.out, "liveness   span-sensor \\x1b[2J: last heartbeat "));
    CHECK(is_clean(text.out));
}

TEST_CASE("status: a writer that lives but does not do its work is a problem, and so is one of whom nothing can be known") {
    const Appliance desk;
    const auto problems = [&](const std::string& folder) {
        const Ended ended = run(desk, {"--json", "--db", "store.db", "status", "--alarms", folder});
        CHECK(ended.code == 1);
        return lines_of(ended.out)[0]["problems"].dump();
    };
    sw::AlarmHeartbeat beat;
    beat.at = seconds_ago(0);
    beat.who = "span-sensor span0";
    beat.trouble = "no link";
    beat.both_ways = false;
    {
        auto writer = sw::AlarmWriter::open(desk.at("alarms"));
        REQUIRE(writer);
        REQUIRE((*writer)->heartbeat(beat));
    }
    const std::string said = problems("alarms");
    CHECK(has(said, "span-sensor span0 runs but does not do its work: no link"));
    CHECK(has(said, "span-sensor span0 sees one direction of the traffic only"));
    CHECK(has(problems("nowhere"), "is alive is unknown: cannot open the journal nowhere"));
}

// doctor's judgement of facts: each way in which an appliance can be wrong, and the one in which it is right.
#include "collector/cli/doctor_checks.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "tests/cli/folder.hpp"
#include "tests/support/catch.hpp"

using sw::Check;

namespace {

/// As systemd/span-watcher-interface leaves an interface.
sw::InterfaceFacts prepared() {
    sw::InterfaceFacts facts;
    facts.name = "span0";
    facts.exists = true;
    facts.up = facts.carrier = facts.promiscuous = true;
    facts.arp = facts.multicast = facts.ipv6 = false;
    facts.addresses.emplace();
    facts.offloads.emplace();
    facts.counters = {{"rx_packets", 7}, {"rx_missed_errors", 0}, {"tx_dropped", 3}};
    return facts;
}

/// The names of those that are not ok, each with a fix.
std::vector<std::string> not_ok(const std::vector<Check>& checks, Check::State state) {
    std::vector<std::string> names;
    for (const Check& check : checks) {
        CHECK(check.fix.empty() == (check.state == Check::State::ok));
        CHECK_FALSE(check.says.empty());
        if (check.state == state) names.push_back(check.name);
    }
    return names;
}

using Names = std::vector<std::string>;

constexpr sw::Timestamp now{1'700'000'000'000'000'000};

sw::LastHeartbeat heard(std::chrono::nanoseconds ago, const std::string& who = "span-sensor span0") {
    sw::AlarmHeartbeat beat;
    beat.at = now + (-ago);
    beat.who = who;
    return {"journal", beat, {}};
}

Check named(const std::vector<Check>& checks, const std::string& name) {
    const auto at = std::find_if(checks.begin(), checks.end(), [&](const Check& c) { return c.name == name; });
    REQUIRE(at != checks.end());
    return *at;
}

}  // namespace

TEST_CASE("doctor: an interface that is prepared is ok in every line") {
    const auto checks = sw::check_interface(prepared());
    CHECK(checks.size() == 10);
    CHECK(not_ok(checks, Check::State::warn).empty());
    CHECK(not_ok(checks, Check::State::fail).empty());
}

TEST_CASE("doctor: each thing that is wrong with an interface is one line with its fix") {
    auto facts = prepared();
    SECTION("down") {
        facts.up = false;
        CHECK(not_ok(sw::check_interface(facts), Check::State::fail) == Names{"link-up"});
    }
    SECTION("no cable") {
        facts.carrier = false;
        CHECK(not_ok(sw::check_interface(facts), Check::State::fail) == Names{"carrier"});
    }
    SECTION("not promiscuous") {
        facts.promiscuous = false;
        CHECK(named(sw::check_interface(facts), "promiscuous").fix == "ip link set dev span0 promisc on");
        CHECK(not_ok(sw::check_interface(facts), Check::State::fail) == Names{"promiscuous"});
    }
    SECTION("ARP and IPv6") {
        facts.arp = facts.ipv6 = true;
        CHECK(not_ok(sw::check_interface(facts), Check::State::fail) == Names{"arp", "ipv6"});
    }
    SECTION("multicast") {
        facts.multicast = true;
        CHECK(not_ok(sw::check_interface(facts), Check::State::warn) == Names{"multicast"});
    }
    SECTION("an address") {
        facts.addresses = {"192.0.2.1", "2001:db8::1"};
        CHECK(not_ok(sw::check_interface(facts), Check::State::fail) == Names{"address"});
        CHECK(named(sw::check_interface(facts), "address").says == "span0: addresses 192.0.2.1, 2001:db8::1");
    }
    SECTION("offloads") {
        facts.offloads = {"gro"};
        CHECK(not_ok(sw::check_interface(facts), Check::State::warn) == Names{"offloads"});
    }
    SECTION("a driver that counts frames which the card had and nobody got") {
        for (const char* name :
             {"rx_missed_errors", "rx_no_buffer_count", "port.rx_dropped", "rx_discards_phy", "rx_queue_0_drops", "rx_out_of_buffer"}) {
            facts.counters = {{"rx_packets", 7}, {name, 17}};
            CHECK(not_ok(sw::check_interface(facts), Check::State::warn) == Names{"driver"});
            CHECK(named(sw::check_interface(facts), "driver").says == "span0: its driver counts " + std::string(name) + " 17");
        }
    }
    SECTION("a driver that counts nothing of the kind") {
        facts.counters = {{"peer_ifindex", 5}};
        CHECK(named(sw::check_interface(facts), "driver").state == Check::State::ok);
    }
    SECTION("what nobody could know is neither right nor wrong") {
        facts.addresses.reset();
        facts.offloads.reset();
        facts.ipv6.reset();
        facts.counters.reset();
        CHECK(not_ok(sw::check_interface(facts), Check::State::warn) == Names{"ipv6", "address", "offloads", "driver"});
    }
    SECTION("not there") {
        facts.exists = false;
        CHECK(not_ok(sw::check_interface(facts), Check::State::fail) == Names{"interface"});
    }
}

TEST_CASE("doctor: a heartbeat is late beyond five seconds, and one from the future tells of a clock set back") {
    using std::chrono::seconds;
    const auto state = [](const sw::LastHeartbeat& last) { return named(sw::check_heartbeats({last}, now), "heartbeat").state; };
    CHECK(state(heard(seconds{5})) == Check::State::ok);
    CHECK(state(heard(seconds{6})) == Check::State::fail);
    CHECK(state(heard(seconds{-5})) == Check::State::ok);
    CHECK(state(heard(seconds{-6})) == Check::State::warn);
    CHECK(state({"journal", std::nullopt, {}}) == Check::State::fail);
    CHECK(state({"journal", std::nullopt, "no permission"}) == Check::State::warn);
    auto troubled = heard(seconds{1});
    troubled.beat->trouble = "no link";
    CHECK(state(troubled) == Check::State::fail);
}

TEST_CASE("doctor: a mirror is judged by what a living sensor says of it") {
    using std::chrono::seconds;
    const auto state = [](const sw::LastHeartbeat& last) { return named(sw::check_heartbeats({last}, now), "mirror").state; };
    auto sensor = heard(seconds{1});
    CHECK(state(sensor) == Check::State::ok);
    sensor.beat->both_ways = false;
    CHECK(state(sensor) == Check::State::fail);
    CHECK(state(heard(seconds{60})) == Check::State::warn);
    CHECK(state(heard(seconds{1}, "span-collector")) == Check::State::warn);
}

TEST_CASE("doctor: free space fails below 64 MiB and warns below 512 MiB") {
    constexpr std::uint64_t mebi = 1u << 20, total = 100'000 * mebi;
    CHECK(sw::judge_space("store", 512 * mebi, total).state == Check::State::ok);
    CHECK(sw::judge_space("store", 512 * mebi - 1, total).state == Check::State::warn);
    CHECK(sw::judge_space("store", 64 * mebi, total).state == Check::State::warn);
    CHECK(sw::judge_space("store", 64 * mebi - 1, total).state == Check::State::fail);
}

TEST_CASE("doctor: a clock is ok when it is synchronised, and never said to be when nobody knows") {
    CHECK(sw::check_clock(true).state == Check::State::ok);
    CHECK(sw::check_clock(false).state == Check::State::warn);
    CHECK(sw::check_clock(std::nullopt).state == Check::State::warn);
}

TEST_CASE("doctor: a folder or a policy that everybody may write fails") {
    const sw::cli::Folder desk;
    desk.put("policy.toml", "");
    const std::string folder = desk.path(), policy = desk.at("policy.toml");
    CHECK(named(sw::check_folder(folder), "permissions").state == Check::State::ok);
    REQUIRE(::chmod(folder.c_str(), 0777) == 0);
    CHECK(named(sw::check_folder(folder), "permissions").state == Check::State::fail);
    CHECK(named(sw::check_folder(folder + "/none"), "permissions").state == Check::State::fail);
    CHECK(named(sw::check_folder(policy), "permissions").state == Check::State::fail);

    REQUIRE(::chmod(policy.c_str(), 0644) == 0);
    CHECK(sw::check_policy_file(policy).state == Check::State::ok);
    REQUIRE(::chmod(policy.c_str(), 0640) == 0);
    CHECK(sw::check_policy_file(policy).state == Check::State::warn);
    REQUIRE(::chmod(policy.c_str(), 0646) == 0);
    CHECK(sw::check_policy_file(policy).state == Check::State::fail);
    CHECK(sw::check_policy_file(policy + "x").state == Check::State::fail);
}

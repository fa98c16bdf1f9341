/// What a log says held beside what was seen on the wire: each half without the other is found, and nothing where one is absent.
#include "collector/witness/witness.hpp"

#include "tests/unit/log_store/log_room.hpp"

namespace sw::test {
namespace {

using std::chrono::hours, std::chrono::minutes, std::chrono::seconds;

constexpr const char* policy = R"([[allow]]
name = "ssh"
filter = "tcp and dst host 192.0.2.25 and dst port 22"
speaks = "ssh"
[[log.allow]]
name = "all"
pattern = '^.*$'
)";

/// A sensor and a host that has logged ssh before.
struct Both : LogRoom {
    Both() : LogRoom(policy) {
        cover();
        RunRecord run = run_record(rules.policy->sha256);
        run.policy_path = "policy.toml";
        run.policy_text = rules.policy->text;
        ingest->sensor_policy(run);
        accepted("198.51.100.1", 1);
        conversation("198.51.100.1", 1);
        settle();
    }
    /// The sensor saw everything from then till later.
    void cover(Timestamp from = noon + -hours{1}, Timestamp to = noon + hours{10}) {
        REQUIRE(store.db().execute("INSERT OR IGNORE INTO policy VALUES ('aa', 'p', x'00', 0)"));
        REQUIRE(store.db().execute(
            "INSERT INTO coverage (journal, file, policy_sha256, mode, unconfined, start, stop, frames, octets, allowed, greylisted, blacklisted,"
            " flows, clock_steps, samples_dropped) VALUES ('j', '', 'aa', 'flow', 0, " +
            std::to_string(from.ns) + ", " + std::to_string(to.ns) + ", 1, 1, 1, 0, 0, 1, 0, 0)"));
    }
    void accepted(const std::string& peer, int port, const char* host = "192.0.2.25") {
        say("sshd: Accepted publickey for amy from " + peer + " port " + std::to_string(port) + " ssh2", host);
    }
    void conversation(const std::string& peer, std::uint16_t port, bool provisional = false) {
        ingest->opening({.rule = "ssh",
                         .service = "ssh",
                         .tuple = {*parse_address(peer), *parse_address("192.0.2.25"), port, 22, 6},
                         .first = now,
                         .answered = now,
                         .number = 1,
                         .provisional = provisional});
    }
    /// Time goes on, and with it other lines and packets.
    void settle(Duration later = minutes{5}) {
        commit();
        now = now + later;
        say("cron: tick");
        ingest->conversations_until(now);
        commit();
        commit();  // what the comparison read was committed before
    }
    std::string peers() {
        return rows("SELECT json_extract(reasons, '$[0]') || ' ' || json_extract(shape, '$.peer') FROM finding ORDER BY id");
    }
};

}  // namespace

TEST_CASE("witness: a login that is in the log and on the wire is no finding") {
    Both b;
    b.accepted("198.51.100.7", 40000);
    b.conversation("198.51.100.7", 40000);
    b.settle();
    CHECK(b.findings().empty());
    CHECK(b.rows("SELECT agreed || ' ' || alone FROM witness WHERE service = 'ssh'") == "4 0");
}

TEST_CASE("witness: a forged login line without a conversation is found, with both sides") {
    Both b;
    b.accepted("198.51.100.7", 40000);
    b.settle();
    CHECK(b.findings() == "log-without-flow mail 1");
    CHECK(b.rows("SELECT severity FROM finding") == "2");
    CHECK(
        b.rows("SELECT sentence FROM finding").find("mail reports ssh from 198.51.100.7 port 40000, and nobody saw such a conversation") ==
        0);
    CHECK(b.rows("SELECT why FROM finding").find("the log: a line of mail at ") != std::string::npos);
    CHECK(b.rows("SELECT why FROM finding").find("the wire: no ssh from 198.51.100.7 port 40000") != std::string::npos);
    CHECK(b.rows("SELECT CAST(octets AS TEXT) FROM sample WHERE kind = 'log'").find("Accepted publickey") != std::string::npos);
    b.settle();
    CHECK(b.findings() == "log-without-flow mail 1");  // once
}

TEST_CASE("witness: a login line with another port than the conversation's is forged") {
    Both b;
    b.conversation("198.51.100.7", 40000);
    b.accepted("198.51.100.7", 40000);
    b.accepted("198.51.100.7", 40001);
    b.settle();
    CHECK(b.findings() == "log-without-flow mail 1");
}

TEST_CASE("witness: a conversation that left no line is found") {
    Both b;
    b.conversation("198.51.100.7", 40000);
    b.settle();
    CHECK(b.findings() == "flow-without-log mail 1");
    CHECK(b.rows("SELECT sentence FROM finding").find("mail served ssh to 198.51.100.7, and its log has no line about it") == 0);
    b.settle();
    CHECK(b.findings() == "flow-without-log mail 1");
}

TEST_CASE("witness: it waits for the other half, and finds it across a restart") {
    Both b;
    b.conversation("198.51.100.7", 40000);
    b.commit();
    b.now = b.now + seconds{90};
    b.ingest->conversations_until(b.now);
    b.commit();
    b.reopen();
    b.accepted("198.51.100.7", 40000);  // it took the user so long
    b.settle();
    CHECK(b.findings().empty());
}

TEST_CASE("witness: where the sensor was blind, nothing is concluded") {
    Both b;
    REQUIRE(b.store.db().execute("DELETE FROM coverage"));
    b.cover(noon + -hours{1}, b.now + -seconds{1});
    b.accepted("198.51.100.7", 40000);
    b.settle();
    CHECK(b.findings().empty());
}

TEST_CASE("witness: where the host's log has stopped, a missing line means nothing") {
    Both b;
    b.conversation("198.51.100.7", 40000);
    b.commit();
    b.now = b.now + minutes{5};
    b.ingest->conversations_until(b.now);
    b.commit();
    b.commit();
    CHECK(b.findings().empty());
}

TEST_CASE("witness: a service that never left a line is no witness") {
    Both b;
    b.ingest->opening({.rule = "imap",
                       .service = "imap",
                       .tuple = {*parse_address("198.51.100.7"), *parse_address("192.0.2.25"), 1, 993, 6},
                       .first = b.now,
                       .answered = b.now,
                       .number = 1,
                       .provisional = false});
    b.settle();
    CHECK(b.findings().empty());
    CHECK(b.rows("SELECT flow IS NOT NULL, line IS NULL FROM witness WHERE service = 'imap'") == "1");
}

TEST_CASE("witness: a service that the sensor's policy does not know, and never saw, is no witness") {
    Both b;
    b.say("postfix/smtpd: connect from mx.example[198.51.100.7]");
    b.settle();
    CHECK(b.findings().empty());
}

TEST_CASE("witness: a conversation that began before the sensor did is not asked for its line, but answers for one") {
    Both b;
    b.conversation("198.51.100.7", 40000, true);
    b.settle();
    CHECK(b.findings().empty());
    b.conversation("198.51.100.8", 40000, true);
    b.accepted("198.51.100.8", 40000);
    b.settle();
    CHECK(b.findings().empty());
}

TEST_CASE("witness: another host's login is that host's") {
    Both b;
    b.conversation("198.51.100.7", 40000);
    b.accepted("198.51.100.7", 40000);
    b.accepted("198.51.100.7", 40000, "192.0.2.1");  // the firewall claims it, too
    b.settle();
    CHECK(b.findings() == "log-without-flow firewall 1");
}

TEST_CASE("witness: a thousand forged lines are sixteen findings and one that counts the rest") {
    Both b;
    for (int i = 0; i < 1000; ++i) b.accepted("203.0." + std::to_string(i / 250) + "." + std::to_string(i % 250), 40000);
    b.settle(hours{1});
    b.settle();
    b.settle();
    CHECK(b.rows("SELECT count(*) FROM finding WHERE reasons LIKE '%without-flow%' AND NOT folded") == "16");
    CHECK(b.rows("SELECT count || ' ' || severity FROM finding WHERE folded") == "984 2");
}

TEST_CASE("witness: a packet that a firewall says it dropped, and that was seen inside, is found") {
    LogRoom b(std::string(policy) + "[log]\nfilters = [\"firewall\"]\n");
    REQUIRE(b.store.db().execute("INSERT INTO policy VALUES ('aa', 'p', x'00', 0)"));
    REQUIRE(b.store.db().execute(
        "INSERT INTO coverage (journal, file, policy_sha256, mode, unconfined, start, stop, frames, octets, allowed, greylisted, blacklisted, flows,"
        " clock_steps, samples_dropped) VALUES ('j', '', 'aa', 'flow', 0, 0, 9000000000000000000, 1, 1, 1, 0, 0, 1, 0, 0)"));
    const auto drop = [&](const std::string& from) {
        b.message(
            "<4>1 - - kernel - - - drop IN=eth0 OUT= MAC= SRC=" + from + " DST=192.0.2.25 LEN=60 TTL=64 PROTO=TCP SPT=40000 DPT=22 SYN",
            "192.0.2.1");
    };
    const auto later = [&] {
        b.commit();
        b.now = b.now + minutes{10};
        b.ingest->conversations_until(b.now);
        b.commit();
        b.commit();
    };
    drop("198.51.100.7");
    later();
    CHECK(b.findings().empty());  // it was dropped
    drop("198.51.100.8");
    b.ingest->opening({.rule = "ssh",
                       .service = "ssh",
                       .tuple = {*parse_address("198.51.100.8"), *parse_address("192.0.2.25"), 40000, 22, 6},
                       .first = b.now,
                       .answered = b.now,
                       .number = 1,
                       .provisional = false});
    later();
    CHECK(b.findings() == "log-drop-passed firewall 1");
    CHECK(b.rows("SELECT sentence FROM finding") ==
          "firewall says that it dropped a packet from 198.51.100.8 port 40000 to 192.0.2.25 port 22, and it was seen inside.");
    CHECK(b.rows("SELECT why FROM finding").find("a conversation that rule ssh allowed") != std::string::npos);
}

}  // namespace sw::test

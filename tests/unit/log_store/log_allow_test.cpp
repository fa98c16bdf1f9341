/// What would make a finding of lines known, what else that would silence, and that it holds as long as the decision.
#include "collector/logs/log_allow.hpp"

#include "collector/logs/learning.hpp"
#include "collector/logs/log_book.hpp"
#include "tests/unit/log_store/log_room.hpp"

namespace sw::test {
namespace {

Result<LogProposal> propose(LogRoom& room, std::int64_t id) {
    const auto finding = room.queue().get(id);
    REQUIRE(finding);
    const auto samples = room.queue().samples(id, 100);
    REQUIRE(samples);
    return propose_log(*finding, *samples, *room.rules.policy, "alice", "seen", "2027-01-01");
}

LogProposal proposal(LogRoom& room, std::string_view reason) {
    auto p = propose(room, room.finding(reason));
    if (!p) FAIL(p.error().text);
    return std::move(*p);
}

std::string refusal(LogRoom& room, std::string_view reason) {
    const auto p = propose(room, room.finding(reason));
    return p ? "" : p.error().text;
}

void add(LogRoom& room, const LogProposal& p) {
    room.elsewhere([&](Store& other) {
        Decision d = room.by(QueueVerb::allow);
        d.before_commit = [&]() -> Result<Done> {
            if (auto done = add_to_store(other, p); !done) return done;
            return bump_log_version(other.db());
        };
        const auto done = Queue(other).decide({p.finding}, d);
        if (!done) FAIL(done.error().text);
    });
    room.commit();
}

/// The last decision.
void undo(LogRoom& room) {
    room.elsewhere([&](Store& other) { REQUIRE(Queue(other).undo(0, "alice", "")); });
    room.commit();
}

char verdict_of(LogRoom& room, std::string_view text) {
    room.say(text);
    room.commit();
    return room.rows("SELECT group_concat(verdict, '') FROM log_event").back();
}

void login(LogRoom& room, const std::string& user) {
    room.say("sshd: Accepted publickey for " + user + " from 198.51.100.7 port 40000 ssh2");
}

/// alice is known there, eve and mallory are not.
void learn_alice(LogRoom& room) {
    room.elsewhere([&](Store& other) { REQUIRE(arm_window(other, "mail", room.now, room.now + std::chrono::seconds{1})); });
    room.commit();
    login(room, "alice");
    room.commit();
    room.elsewhere([&](Store& other) { REQUIRE(freeze(other, "mail", room.by(QueueVerb::allow))); });
    room.commit();
    login(room, "eve");
    login(room, "mallory");
    room.commit();
}

}  // namespace

TEST_CASE("log allow: a pattern covers its template, of its host and program, and nothing else") {
    LogRoom room;
    for (int i = 0; i < 5; ++i) room.say("postfix/smtpd: connect from mx.example[198.51.100." + std::to_string(i) + "]");
    room.say("postfix/smtpd: disconnect from mx.example[198.51.100.1]");
    room.say("postfix/smtpd: connect from mx.example[198.51.100.1]", "192.0.2.1");
    room.commit();
    const LogProposal p = [&] {
        auto made = propose(room, 1);
        if (!made) FAIL(made.error().text);
        return *made;
    }();
    CHECK(p.kind == LogProposal::Kind::pattern);
    CHECK(p.toml.find("host    = \"mail\"\n") != std::string::npos);
    CHECK(p.toml.find("app     = \"postfix/smtpd\"\n") != std::string::npos);
    const auto run = dry_run(room.store, p, room.rules);
    REQUIRE(run);
    CHECK_FALSE(run->refusal());
    REQUIRE(run->covered.size() == 1);
    CHECK(run->covered.front().finding == 1);
    CHECK(run->packets == 5);

    const auto edit = with_pattern(*room.rules.policy, p, noon);
    if (!edit) FAIL(edit.error().text);
    CHECK(edit->text.starts_with(room.rules.policy->text));
    auto made = make_log_rules(*parse_policy("policy.toml", edit->text).policy);
    REQUIRE(made);
    room.ingest->set_rules(made->rules);
    CHECK(verdict_of(room, "postfix/smtpd: connect from mx.example[203.0.113.5]") == '1');
    CHECK(verdict_of(room, "postfix/smtpd: connect from mx.example[203.0.113.5] and more") == '3');
}

TEST_CASE("log allow: it refuses what would silence an escalated finding") {
    LogRoom room;
    room.say("app: user alice did it");
    room.commit();
    REQUIRE(room.queue().decide({1}, room.by(QueueVerb::escalate)));
    LogProposal wide = proposal(room, "log-new-template");
    const auto run = dry_run(room.store, wide, room.rules);
    REQUIRE(run);
    REQUIRE(run->refusal());
    CHECK(run->refusal()->text.find("escalated") != std::string::npos);
    REQUIRE(room.store.db().execute("DELETE FROM log_event"));  // retention leaves its sample
    CHECK(dry_run(room.store, wide, room.rules)->refusal());
}

TEST_CASE("log allow: a value is added to its set alone, and goes when the decision is undone") {
    LogRoom room;
    learn_alice(room);
    const LogProposal p = [&] {
        auto made = propose(room, std::stoll(room.rows("SELECT id FROM finding WHERE shape LIKE '%eve%'")));
        if (!made) FAIL(made.error().text);
        return *made;
    }();
    CHECK(p.kind == LogProposal::Kind::value);
    CHECK(p.sentence().find("\"eve\"") != std::string::npos);
    const auto run = dry_run(room.store, p, room.rules);
    REQUIRE(run);
    CHECK(run->packets == 1);  // not mallory's
    add(room, p);
    CHECK(verdict_of(room, "sshd: Accepted publickey for eve from 198.51.100.7 port 555 ssh2") == '0');
    CHECK(verdict_of(room, "sshd: Accepted publickey for mallory from 198.51.100.7 port 555 ssh2") == '3');
    undo(room);
    CHECK(verdict_of(room, "sshd: Accepted publickey for eve from 198.51.100.7 port 555 ssh2") == '3');
    CHECK(verdict_of(room, "sshd: Accepted publickey for alice from 198.51.100.7 port 555 ssh2") == '0');
}

TEST_CASE("log allow: a template that is added to the store has the values that people saw, no others") {
    LogRoom room;
    login(room, "alice");
    room.commit();
    LogProposal p = proposal(room, "log-new-template");
    p.kind = LogProposal::Kind::template_;
    add(room, p);
    CHECK(verdict_of(room, "sshd: Accepted publickey for alice from 198.51.100.7 port 555 ssh2") == '0');
    CHECK(verdict_of(room, "sshd: Accepted publickey for eve from 198.51.100.7 port 555 ssh2") == '3');
    undo(room);
    CHECK(verdict_of(room, "sshd: Accepted publickey for alice from 198.51.100.7 port 555 ssh2") == '3');
}

TEST_CASE("log allow: what a dismissed learning knew does not come back with a template that is allowed again") {
    LogRoom room;
    room.elsewhere([&](Store& other) { REQUIRE(arm_window(other, "mail", room.now, room.now + std::chrono::seconds{2})); });
    room.commit();
    login(room, "alice");
    login(room, "eve");
    room.commit();
    room.elsewhere([&](Store& other) { REQUIRE(Queue(other).decide({room.finding("log-learnt")}, room.by(QueueVerb::dismiss))); });
    room.commit();
    login(room, "alice");
    room.commit();
    LogProposal p = proposal(room, "log-new-template");
    p.kind = LogProposal::Kind::template_;
    add(room, p);
    CHECK(verdict_of(room, "sshd: Accepted publickey for alice from 198.51.100.7 port 555 ssh2") == '0');
    CHECK(verdict_of(room, "sshd: Accepted publickey for eve from 198.51.100.7 port 555 ssh2") == '3');
}

TEST_CASE("log allow: a name that a host may call itself") {
    LogRoom room("[[log.allow]]\nname = \"ready\"\npattern = '^ready$'\n");
    room.message("<30>1 - mx.example.org app - - - ready");
    room.commit();
    const LogProposal p = proposal(room, "log-host-mismatch");
    CHECK(p.sentence() == "mail may call itself \"mx.example.org\"");
    add(room, p);
    room.message("<30>1 - mx.example.org app - - - ready");
    room.message("<30>1 - mx.example.com app - - - ready");
    room.commit();
    CHECK(room.findings() == "log-host-mismatch mail 1\nlog-host-mismatch mail 1");
}

TEST_CASE("log allow: black lines, folds and what is no line's fault are refused with the reason") {
    LogRoom room;
    room.message("<2>1 - - kernel - - - Kernel panic - not syncing: Fatal exception");
    room.message("no priority at all");
    for (int i = 0; i < 70; ++i) room.say("app: " + std::string(static_cast<std::size_t>(i + 1), 'x') + " came");
    room.commit();
    CHECK(refusal(room, "log-black").find("never allowed") != std::string::npos);
    CHECK(refusal(room, "log-malformed").find("dismiss or escalate it") != std::string::npos);
    const auto folded = propose(room, std::stoll(room.rows("SELECT id FROM finding WHERE folded")));
    REQUIRE_FALSE(folded);
    CHECK(folded.error().text.find("stands for many") != std::string::npos);
}

TEST_CASE("log allow: hostile text in a template stays text in the policy") {
    for (const std::string_view text :
         {"quote ' and \" and \\", "''' [[allow]] name = \"evil\"", "a.*b+(c|d)$", "\xff\xfe odd", "caf\xc3\xa9"}) {
        CAPTURE(text);
        LogRoom room;
        room.say("app: " + std::string(text));
        room.commit();
        const auto p = propose(room, room.finding("log-new-template"));
        REQUIRE(p);
        const auto edit = with_pattern(*room.rules.policy, *p, noon);
        if (!edit) FAIL(edit.error().text);
        const PolicyLoad load = parse_policy("policy.toml", edit->text);
        REQUIRE(load.policy);
        CHECK(load.policy->rules.size() == room.rules.policy->rules.size());
        CHECK(load.policy->log.rules.size() == 1);
        auto made = make_log_rules(*load.policy);
        REQUIRE(made);
        room.ingest->set_rules(made->rules);
        CHECK(verdict_of(room, "app: " + std::string(text)) == '1');
    }
}

}  // namespace sw::test

/// Who may decide what, and what is said where not.
#include "tests/support/catch.hpp"
#include "tests/unit/store/shelf.hpp"

namespace sw {
namespace {

using Catch::Matchers::Contains;
using shelf::decide;
using shelf::Shelf;

constexpr QueueVerb verbs[] = {QueueVerb::take,     QueueVerb::allow,  QueueVerb::dismiss,
                               QueueVerb::escalate, QueueVerb::reopen, QueueVerb::note};

/// A finding that alice has brought into a state.
std::int64_t in_state(Shelf& s, QueueState state) {
    const auto id = s.add();
    const auto by = [&](QueueVerb verb) { REQUIRE(decide(s, verb, id, "alice")); };
    if (state == QueueState::taken) by(QueueVerb::take);
    if (state == QueueState::escalated) by(QueueVerb::escalate);
    if (state == QueueState::allowed) by(QueueVerb::allow);
    if (state == QueueState::dismissed) by(QueueVerb::dismiss);
    return id;
}

std::string refusal(const Result<std::vector<Review>>& result) {
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ExitCode::input);
    CHECK(result.error().text.find('\n') == std::string::npos);
    return result.error().text;
}

/// May alice (who brought it there) or bob apply the verb in this state?
struct Allowed {
    QueueState state;
    QueueVerb verb;
    bool alice, bob;
};
constexpr Allowed table[] = {
    {QueueState::open, QueueVerb::take, true, true},           {QueueState::open, QueueVerb::allow, true, true},
    {QueueState::open, QueueVerb::dismiss, true, true},        {QueueState::open, QueueVerb::escalate, true, true},
    {QueueState::open, QueueVerb::reopen, false, false},       {QueueState::open, QueueVerb::note, true, true},
    {QueueState::taken, QueueVerb::take, false, false},        {QueueState::taken, QueueVerb::allow, true, false},
    {QueueState::taken, QueueVerb::dismiss, true, false},      {QueueState::taken, QueueVerb::escalate, true, false},
    {QueueState::taken, QueueVerb::reopen, true, true},        {QueueState::taken, QueueVerb::note, true, true},
    {QueueState::escalated, QueueVerb::take, false, false},    {QueueState::escalated, QueueVerb::allow, false, false},
    {QueueState::escalated, QueueVerb::dismiss, false, false}, {QueueState::escalated, QueueVerb::escalate, false, false},
    {QueueState::escalated, QueueVerb::reopen, true, true},    {QueueState::escalated, QueueVerb::note, true, true},
    {QueueState::allowed, QueueVerb::take, false, false},      {QueueState::allowed, QueueVerb::allow, false, false},
    {QueueState::allowed, QueueVerb::dismiss, false, false},   {QueueState::allowed, QueueVerb::escalate, false, false},
    {QueueState::allowed, QueueVerb::reopen, true, true},      {QueueState::allowed, QueueVerb::note, true, true},
    {QueueState::dismissed, QueueVerb::take, false, false},    {QueueState::dismissed, QueueVerb::allow, false, false},
    {QueueState::dismissed, QueueVerb::dismiss, false, false}, {QueueState::dismissed, QueueVerb::escalate, false, false},
    {QueueState::dismissed, QueueVerb::reopen, true, true},    {QueueState::dismissed, QueueVerb::note, true, true},
};

QueueState after(QueueVerb verb, QueueState before) {
    switch (verb) {
        case QueueVerb::take:
            return QueueState::taken;
        case QueueVerb::allow:
            return QueueState::allowed;
        case QueueVerb::dismiss:
            return QueueState::dismissed;
        case QueueVerb::escalate:
            return QueueState::escalated;
        case QueueVerb::reopen:
            return QueueState::open;
        case QueueVerb::note:
            return before;
    }
    return before;
}

}  // namespace

TEST_CASE("queue decide: the table of states and verbs, for the one who holds a finding and for somebody else") {
    STATIC_REQUIRE(std::size(table) == 5 * std::size(verbs));
    Shelf s;
    for (const Allowed& row : table)
        for (const std::string analyst : {"alice", "bob"}) {
            INFO(to_string(row.state) << " " << to_string(row.verb) << " by " << analyst);
            const auto id = in_state(s, row.state);
            const QueuedFinding before = *s.queue().get(id);
            const auto done = decide(s, row.verb, id, analyst);
            CHECK(done.has_value() == (analyst == "alice" ? row.alice : row.bob));
            const QueuedFinding now = *s.queue().get(id);
            CHECK(now.version == before.version + (done ? 1 : 0));
            CHECK(now.state == (done ? after(row.verb, row.state) : before.state));
            const bool keeps = !done || row.verb == QueueVerb::note;
            CHECK(now.analyst == (keeps ? before.analyst : row.verb == QueueVerb::reopen ? "" : analyst));
        }
    CHECK(s.queue().verify("")->faults.empty());
}

TEST_CASE("queue decide: a refusal says who decided what, when, why, and the way out") {
    Shelf s;
    const auto id = in_state(s, QueueState::dismissed);
    const std::string text = refusal(decide(s, QueueVerb::escalate, id, "bob"));
    CHECK_THAT(text, Contains("finding 1 was dismissed by alice at 20") && Contains(": 'because' (review 1)") &&
                         Contains("undo that or reopen it first"));
    const auto taken = in_state(s, QueueState::taken);
    CHECK_THAT(refusal(decide(s, QueueVerb::dismiss, taken, "bob")),
               Contains("finding 2 was taken by alice at") && Contains("ask alice, or reopen it first"));
    CHECK_THAT(refusal(decide(s, QueueVerb::take, taken, "alice")), Contains("finding 2 is yours already"));
    CHECK_THAT(refusal(decide(s, QueueVerb::reopen, s.add(), "bob")), Contains("finding 3 is open"));
}

TEST_CASE("queue decide: a note in between does not hide who decided") {
    Shelf s;
    const auto id = in_state(s, QueueState::dismissed);
    REQUIRE(decide(s, QueueVerb::note, id, "carol"));
    CHECK_THAT(refusal(decide(s, QueueVerb::take, id, "bob")), Contains("dismissed by alice"));
}

TEST_CASE("queue decide: a blacklisted finding can be dismissed or escalated, never allowed") {
    Shelf s;
    const auto id = s.add({.black = true, .rule = "mail-out"});
    CHECK_THAT(refusal(decide(s, QueueVerb::allow, id)), Contains("blacklisted by rule mail-out") && Contains("never allowed"));
    REQUIRE(decide(s, QueueVerb::take, id));
    CHECK_THAT(refusal(decide(s, QueueVerb::allow, id)), Contains("never allowed"));
    CHECK(decide(s, QueueVerb::escalate, id));
    CHECK(decide(s, QueueVerb::dismiss, s.add({.black = true})));
}

TEST_CASE("queue decide: every decision but take needs a reason") {
    Shelf s;
    const auto id = s.add();
    for (const QueueVerb verb : verbs)
        for (const std::string reason : {"", " \t\n"}) {
            if (verb == QueueVerb::take) continue;
            INFO(to_string(verb));
            CHECK_THAT(refusal(s.queue().decide({id}, {verb, "alice", reason, {}, "{}"})),
                       Contains("needs a reason") && Contains("-m REASON"));
        }
    CHECK(s.queue().history({}, 10)->empty());
    CHECK(s.queue().decide({id}, {QueueVerb::take, "alice", "", {}, "{}"}));
}

TEST_CASE("queue decide: a nameless analyst and an overlong reason are refused") {
    Shelf s;
    const auto id = s.add();
    CHECK_THAT(refusal(decide(s, QueueVerb::take, id, "")), Contains("who decides"));
    CHECK_THAT(refusal(decide(s, QueueVerb::take, id, std::string(65, 'a'))), Contains("64 octets"));
    CHECK_THAT(refusal(s.queue().decide({id}, {QueueVerb::note, "alice", std::string(4097, 'a'), {}, "{}"})), Contains("4096 octets"));
}

TEST_CASE("queue decide: with a version that is not the finding's any more it says what happened since") {
    Shelf s;
    const auto id = s.add();
    const auto by = [&](QueueVerb verb, const std::string& analyst, std::optional<std::int64_t> version) {
        return s.queue().decide({id}, {verb, analyst, "why not", version, "{}"});
    };
    REQUIRE(by(QueueVerb::note, "bob", 0));
    REQUIRE(by(QueueVerb::take, "bob", 1));
    const std::string text = refusal(by(QueueVerb::note, "alice", 0));
    CHECK_THAT(text, Contains("finding 1 is at version 2 now, not 0") && Contains("noted by bob at") && Contains("taken by bob at"));
    CHECK_THAT(refusal(by(QueueVerb::note, "alice", 1)), !Contains("noted by bob") && Contains("taken by bob"));
    CHECK_THAT(refusal(by(QueueVerb::note, "alice", 3)), Contains("there never was a version 3"));
    CHECK(by(QueueVerb::note, "alice", 2));
}

TEST_CASE("queue decide: several findings are decided all or none") {
    Shelf s;
    const auto a = s.add(), b = in_state(s, QueueState::dismissed), c = s.add();
    const Decision dismiss{QueueVerb::dismiss, "bob", "known", {}, "{}"};
    CHECK_THAT(refusal(s.queue().decide({a, b, c}, dismiss)), Contains("finding 2 was dismissed by alice"));
    CHECK(s.queue().get(a)->state == QueueState::open);
    CHECK_THAT(refusal(s.queue().decide({a, 99}, dismiss)), Contains("no finding 99"));
    CHECK_THAT(refusal(s.queue().decide({}, dismiss)), Contains("no finding is named"));
    CHECK(s.queue().history({}, 10)->size() == 1);
    const auto done = s.queue().decide({a, c, a}, dismiss);
    REQUIRE(done);
    CHECK(done->size() == 2);
    CHECK(s.queue().verify("")->faults.empty());
}

TEST_CASE("queue decide: a match acts on all it selects, or on none if their number is not the expected one") {
    Shelf s;
    s.add(std::size_t{5});
    s.add({.port = 53});
    const auto terms = parse_match("port:465");
    const Decision dismiss{QueueVerb::dismiss, "bob", "known", {}, R"({"match":"port:465"})"};
    CHECK_THAT(refusal(s.queue().decide_matching(*terms, 6, dismiss, {})), Contains("5 findings match, not 6: nothing was changed"));
    CHECK(s.queue().history({}, 10)->empty());
    const auto done = s.queue().decide_matching(*terms, 5, dismiss, {});
    REQUIRE(done);
    CHECK(done->size() == 5);
    CHECK(s.value("SELECT count(*) FROM finding WHERE state = 'dismissed'") == "5");
    CHECK(s.queue().history(1, 10)->front().detail == R"({"match":"port:465"})");
}

TEST_CASE("queue decide: a review tells all of the decision") {
    Shelf s;
    const auto id = s.add({.count = 37});
    REQUIRE(decide(s, QueueVerb::take, id));
    const auto done = s.queue().decide({id}, {QueueVerb::dismiss, "alice", "a printer", {}, "{}"});
    REQUIRE(done);
    const Review& r = done->front();
    CHECK(r.id == 2);
    CHECK(r.analyst == "alice");
    CHECK(r.verb == "dismiss");
    CHECK(r.finding == id);
    CHECK(r.was == QueueState::taken);
    CHECK(r.was_analyst == "alice");
    CHECK(r.becomes == QueueState::dismissed);
    CHECK(r.version == 2);
    CHECK(r.count == 37);
    CHECK(r.reason == "a printer");
    CHECK_FALSE(r.undo_of);
    CHECK(r.hash.size() == 64);
    const auto stored = s.queue().history(id, 1);
    REQUIRE(stored);
    CHECK(stored->front().hash == r.hash);
    CHECK(stored->front().reason == "a printer");
}

}  // namespace sw

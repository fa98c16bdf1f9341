// queue allow: from a finding to a rule in the policy, and what stands in its way.
#include <sys/stat.h>
#include <unistd.h>

#include <set>

#include "tests/cli/fixture.hpp"
#include "tests/support/catch.hpp"

using namespace sw::cli;
namespace craft = sw::craft;

namespace {

/// The intruder's day in store.db.
class DeskWithDay : public Desk {
public:
    DeskWithDay() {
        craft::Octets day;
        REQUIRE(craft::read_file(SPAN_SOURCE_DIR "/tests/captures/enclave-day.pcap", day));
        put("day.pcap", day);
        store("store.db");
    }

    void store(const std::string& name) const {
        const Ended ended = run(*this, {"--db", name, "--policy", "policy.toml", "replay", "--no-progress", "day.pcap"});
        INFO(ended.err);
        REQUIRE(ended.code == 1);
    }
    Ended queue(std::vector<std::string> words, const std::string& store = "store.db") const {
        std::vector<std::string> all = {"--json", "--db", store, "--policy", "policy.toml", "queue"};
        all.insert(all.end(), words.begin(), words.end());
        return run(*this, all);
    }
    Ended allow(std::vector<std::string> words) const {
        words.insert(words.begin(), "allow");
        return queue(words);
    }
    std::vector<Json> findings(const std::string& store = "store.db", const std::string& state = "open") const {
        return of_type(lines_of(queue({"list", "--state", state, "--limit", "1000"}, store).out), "finding");
    }
    /// The first one of these reasons and of this protocol.
    std::int64_t finding(const std::vector<std::string>& reasons, const std::string& proto = "tcp") const {
        for (const Json& f : findings())
            if (f.at("reasons") == Json(reasons) && f.at("proto") == proto) return f.at("id").get<std::int64_t>();
        FAIL("no such finding");
        return 0;
    }
};

std::set<std::string> sentences(const std::vector<Json>& findings) {
    std::set<std::string> set;
    for (const Json& f : findings) set.insert(f.at("sentence").get<std::string>());
    return set;
}

}  // namespace

TEST_CASE("an allowed finding is a rule in the policy, and replaying again shows it gone and nothing else changed") {
    const DeskWithDay desk;
    const std::string before = desk.text("policy.toml");
    const std::int64_t id = desk.finding({"no-rule"});
    const Ended ended = desk.allow({std::to_string(id), "-m", "agreed with \"ops\"", "--write", "policy.toml"});
    INFO(ended.out << ended.err);
    REQUIRE(ended.code == 0);
    const Json proposal = of_type(lines_of(ended.out), "proposal").at(0);
    CHECK(proposal.at("finding") == id);
    CHECK(proposal.at("written") == "policy.toml");

    const std::string after = desk.text("policy.toml");
    const std::string table = proposal.at("toml").get<std::string>();
    const std::size_t at = after.find("\n" + table);
    REQUIRE(at != std::string::npos);
    CHECK(after.substr(0, at) + after.substr(at + 1 + table.size()) == before);
    CHECK(run(desk, {"rules", "check", "policy.toml"}).code == 0);

    std::string gone;
    for (const Json& f : desk.findings("store.db", "allowed")) gone = f.at("sentence").get<std::string>();
    CHECK_FALSE(gone.empty());
    desk.store("again.db");
    const auto now = sentences(desk.findings("again.db"));
    auto expected = sentences(desk.findings());
    CHECK(now.count(gone) == 0);
    CHECK(now == expected);
}

TEST_CASE("without --write nothing is changed, and the rule and what it covers are shown") {
    const DeskWithDay desk;
    const std::string before = desk.text("policy.toml");
    const auto open = desk.findings().size();
    const std::string id = std::to_string(desk.finding({"no-rule"}));
    const Ended ended = desk.allow({id, "-m", "agreed"});
    INFO(ended.err);
    REQUIRE(ended.code == 0);
    const Json proposal = of_type(lines_of(ended.out), "proposal").at(0);
    CHECK(proposal.at("schema") == 1);
    CHECK(proposal.at("written").is_null());
    CHECK(proposal.at("packets").get<std::uint64_t>() >= 1);
    CHECK(desk.text("policy.toml") == before);
    CHECK(desk.findings().size() == open);

    const Ended text = run(desk, {"--db", "store.db", "--policy", "policy.toml", "queue", "allow", id, "-m", "agreed"});
    CHECK(has(text.out, "[[allow]]\nname   = \"finding-" + id + "\"\n"));
    CHECK(has(text.out, "would have allowed "));
    CHECK(has(text.out, "Nothing was changed"));
}

TEST_CASE("what is forbidden, escalated or wrong in itself is refused, and nothing is changed") {
    const DeskWithDay desk;
    const std::string before = desk.text("policy.toml");
    const std::string forbidden = std::to_string(desk.finding({"forbidden"}));
    const std::string escalated = std::to_string(desk.finding({"no-rule"}));
    REQUIRE(desk.queue({"escalate", escalated, "-m", "odd"}).code == 0);
    const std::string wrong = std::to_string(desk.finding({"tunnel"}, "udp"));
    for (const auto& [id, why] : {std::pair{forbidden, "blacklisted"}, std::pair{escalated, "escalated"},
                                  std::pair{wrong, "wrong in themselves"}, std::pair{std::string("99999"), "no finding 99999"}}) {
        const Ended ended = desk.allow({id, "-m", "agreed", "--write", "policy.toml"});
        INFO(ended.err);
        CHECK(ended.code == 2);
        CHECK(has(ended.err, why));
        CHECK(std::count(ended.err.begin(), ended.err.end(), '\n') == 1);
    }
    CHECK(desk.text("policy.toml") == before);
    CHECK(desk.findings("store.db", "allowed").empty());
}

TEST_CASE("a policy that cannot be replaced leaves the finding as it was") {
    const DeskWithDay desk;
    const std::string before = desk.text("policy.toml");
    desk.put(".policy.toml.new", std::string("somebody else's draft"));
    const Ended ended = desk.allow({std::to_string(desk.finding({"no-rule"})), "-m", "agreed", "--write", "policy.toml"});
    CHECK(ended.code == 2);
    CHECK(has(ended.err, "is being edited by somebody else"));
    CHECK(desk.text("policy.toml") == before);
    CHECK(desk.findings("store.db", "allowed").empty());
    CHECK(run(desk, {"--db", "store.db", "queue", "history", "--verify"}).code == 0);
}

TEST_CASE("a finding allowed on a stale look is refused and the policy is left alone") {
    const DeskWithDay desk;
    const std::string before = desk.text("policy.toml");
    const std::string id = std::to_string(desk.finding({"no-rule"}));
    REQUIRE(desk.queue({"note", id, "-m", "asked the owner"}).code == 0);
    const Ended ended = desk.allow({id, "-m", "agreed", "--if-version", "0", "--write", "policy.toml"});
    CHECK(ended.code == 2);
    CHECK(has(ended.err, "is at version 1 now"));
    CHECK(desk.text("policy.toml") == before);
}

TEST_CASE("a policy in another folder, named by a symbolic link, is edited there") {
    const DeskWithDay desk;
    REQUIRE(::mkdir(desk.at("etc").c_str(), 0755) == 0);
    desk.put("etc/real.toml", desk.text("policy.toml"));
    REQUIRE(::symlink("etc/real.toml", desk.at("link.toml").c_str()) == 0);
    const Ended ended = desk.allow({std::to_string(desk.finding({"no-rule"})), "-m", "agreed", "--write", "link.toml"});
    INFO(ended.err);
    CHECK(ended.code == 0);
    CHECK(has(desk.text("etc/real.toml"), "name   = \"finding-"));
    CHECK(std::filesystem::is_symlink(desk.at("link.toml")));
}

TEST_CASE("allow wants a reason, one finding and a day that is still to come") {
    const DeskWithDay desk;
    const std::string id = std::to_string(desk.finding({"no-rule"}));
    CHECK(desk.allow({id}).code == 2);
    CHECK(desk.allow({id, "-m", " "}).code == 2);
    CHECK(desk.allow({id, id, "-m", "x"}).code == 2);
    const Ended past = desk.allow({id, "-m", "x", "--until", "2001-01-01"});
    CHECK(past.code == 2);
    CHECK(has(past.err, "2001-01-01"));
}

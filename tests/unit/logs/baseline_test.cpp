#include "rules/logs/baseline.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/logs/lines.hpp"

using namespace sw;
using Fit = Baseline::Fit;
using Learnt = Baseline::Learnt;

namespace {

constexpr const char* amy = "Accepted password for amy from 192.0.2.130 port 51234 ssh2";
constexpr const char* eve = "Accepted password for eve from 192.0.2.130 port 51235 ssh2";
constexpr const char* far = "Accepted password for amy from 203.0.113.9 port 51236 ssh2";

LogLine of(std::string_view host, std::string_view text) {
    LogLine l = line("sshd", text);
    l.host = host;
    return l;
}

}  // namespace

TEST_CASE("baseline: what was learnt is known, with any port but with no other user or address") {
    Baseline b({}, test_key);
    CHECK(b.ask(line("sshd", amy)).fit == Fit::new_template);
    CHECK(b.learn(line("sshd", amy)) == Learnt::added_template);
    CHECK(b.learn(line("sshd", amy)) == Learnt::known);
    CHECK(b.ask(line("sshd", "Accepted password for amy from 192.0.2.130 port 1 ssh2")).fit == Fit::known);
    REQUIRE(b.ask(line("sshd", "Accepted password for eve from 203.0.113.9 port 1 ssh2")).fit == Fit::new_value);
    const auto values = b.new_values();
    REQUIRE(values.size() == 2);
    CHECK(values[0].hole == 0);
    CHECK(values[0].kind == HoleKind::user);
    CHECK(values[0].value == "eve");
    CHECK_FALSE(values[0].full);
    CHECK(values[1].kind == HoleKind::source);
    CHECK(values[1].value == "203.0.113.9");
}

TEST_CASE("baseline: a template is its host's and its program's alone") {
    Baseline b({}, test_key);
    b.learn(of("mail", amy));
    CHECK(b.ask(of("mail", amy)).fit == Fit::known);
    CHECK(b.ask(of("firewall", amy)).fit == Fit::new_template);
    CHECK(b.ask(line("sshd2", amy)).fit == Fit::new_template);
    CHECK(b.ask(line("", amy)).fit == Fit::new_template);
}

TEST_CASE("baseline: a frozen host learns nothing, neither templates nor values") {
    Baseline b({}, test_key);
    b.learn(line("sshd", amy));
    b.freeze("mail");
    CHECK(b.frozen("mail"));
    CHECK(b.list("mail").front()->state == TemplateState::approved);
    CHECK(b.learn(line("sshd", eve)) == Learnt::refused_frozen);
    CHECK(b.learn(line("sshd", "something else")) == Learnt::refused_frozen);
    CHECK(b.ask(line("sshd", eve)).fit == Fit::new_value);
    CHECK(b.size() == 1);
    CHECK(b.learn(of("firewall", amy)) == Learnt::added_template);
}

TEST_CASE("baseline: a host that may learn again does not change what a person approved") {
    Baseline b({}, test_key);
    b.learn(line("sshd", amy));
    b.freeze("mail");
    b.thaw("mail");
    CHECK(b.learn(line("sshd", eve)) == Learnt::refused_frozen);
    CHECK(b.learn(line("sshd", "something else")) == Learnt::added_template);
    CHECK(b.ask(line("sshd", eve)).fit == Fit::new_value);
}

TEST_CASE("baseline: what was learnt and not yet approved can be thrown away") {
    Baseline b({}, test_key);
    b.learn(line("sshd", amy));
    b.freeze("mail");
    b.thaw("mail");
    b.learn(line("sshd", "forged one"));
    b.learn(line("sshd", "forged two"));
    b.learn(of("firewall", "honest"));
    CHECK(b.discard_learnt("mail") == 2);
    CHECK(b.ask(line("sshd", "forged one")).fit == Fit::new_template);
    CHECK(b.ask(line("sshd", amy)).fit == Fit::known);
    CHECK(b.ask(of("firewall", "honest")).fit == Fit::known);
}

TEST_CASE("baseline: a full set takes no more, and nothing opens it but a person") {
    Baseline b({256, 10'000, 3, 1'000}, test_key);
    for (const char* user : {"a", "b", "c"}) b.learn(line("x", "user " + std::string(user)));
    CHECK(b.learn(line("x", "user d")) == Learnt::refused_full);
    REQUIRE(b.ask(line("x", "user d")).fit == Fit::new_value);
    CHECK(b.new_values().front().full);
    const TemplateId id = b.list().front()->id();
    CHECK_FALSE(b.add_value(id, 0, "d"));
    REQUIRE(b.set_open(id, 0, true));
    CHECK(b.ask(line("x", "user d")).fit == Fit::known);
    REQUIRE(b.set_open(id, 0, false));
    CHECK(b.ask(line("x", "user d")).fit == Fit::new_value);
    CHECK(b.ask(line("x", "user a")).fit == Fit::known);
}

TEST_CASE("baseline: a line with a new value beside a full set adds none of them") {
    Baseline b({256, 10'000, 1, 1'000}, test_key);
    b.learn(line("sshd", amy));
    CHECK(b.learn(line("sshd", far)) == Learnt::refused_full);
    CHECK(b.list().front()->holes[1].values == std::vector<std::string>{"192.0.2.130"});
}

TEST_CASE("baseline: a person adds and removes values") {
    Baseline b({}, test_key);
    b.learn(line("sshd", amy));
    b.freeze("mail");
    const TemplateId id = b.list().front()->id();
    REQUIRE(b.add_value(id, 0, "eve"));
    REQUIRE(b.add_value(id, 0, "eve"));
    CHECK(b.ask(line("sshd", eve)).fit == Fit::known);
    REQUIRE(b.remove_value(id, 0, "eve"));
    CHECK(b.ask(line("sshd", eve)).fit == Fit::new_value);
    CHECK_FALSE(b.remove_value(id, 0, "eve"));
    CHECK_FALSE(b.add_value(id, 2, "1"));    // a port: any is known
    CHECK_FALSE(b.add_value(id, 9, "eve"));  // no such hole
    CHECK_FALSE(b.add_value(id, 0, ""));
    CHECK_FALSE(b.add_value(id, 0, "e\x1bve"));
    CHECK_FALSE(b.add_value(id, 0, std::string(300, 'e')));
    CHECK_FALSE(b.add_value(TemplateId{1}, 0, "eve"));
    CHECK_FALSE(b.set_open(id, 2, true));
    CHECK_FALSE(b.approve(TemplateId{1}));
}

TEST_CASE("baseline: a person removes a template, and the others stay where they are") {
    Baseline b({}, test_key);
    for (int i = 0; i < 200; ++i)
        b.learn(line("x", "word" + std::string(1, static_cast<char>('a' + i % 26)) + std::string(static_cast<std::size_t>(i / 26), 'z')));
    REQUIRE(b.size() == 200);
    std::vector<TemplateId> ids;
    for (const LogTemplate* t : b.list()) ids.push_back(t->id());
    for (std::size_t i = 0; i < ids.size(); i += 2) REQUIRE(b.remove(ids[i]));
    CHECK(b.size() == 100);
    for (std::size_t i = 1; i < ids.size(); i += 2) {
        const LogTemplate* t = b.find(ids[i]);
        REQUIRE(t != nullptr);
        CHECK(b.ask(line("x", t->text)).fit == Fit::known);
    }
    CHECK(b.find(ids[0]) == nullptr);
    CHECK_FALSE(b.remove(ids[0]));
}

TEST_CASE("baseline: written as rows and read again it knows the same lines") {
    Baseline b({}, test_key);
    for (const char* text : {amy, eve, far, "Connection closed by 198.51.100.7", "odd {braces} \\ and \xff"}) b.learn(line("sshd", text));
    const TemplateId id = b.list().front()->id();
    b.freeze("mail");
    Baseline other({}, {9, 9});
    for (const LogTemplate* t : b.list()) {
        const auto added = other.add(*t);
        REQUIRE(added);
        CHECK(*added == t->id());
        CHECK(*other.find(*added) == *t);
    }
    for (const char* text : {amy, eve, far, "Connection closed by 203.0.113.1", "odd {braces} \\ and \xff"}) {
        CHECK(other.ask(line("sshd", text)).fit == Fit::known);
        CHECK(b.ask(line("sshd", text)).fit == Fit::known);
    }
    CHECK(other.find(id)->state == TemplateState::approved);
}

TEST_CASE("baseline: a row that contradicts itself is refused") {
    const auto good = template_of(line("sshd", amy));
    REQUIRE(good);
    const auto refuses = [&](auto change) {
        Baseline b({}, test_key);
        LogTemplate t = *good;
        change(t);
        const auto added = b.add(t);
        return added ? std::string("nothing") : added.error().text;
    };
    CHECK(refuses([](LogTemplate&) {}) == "nothing");
    CHECK(refuses([](LogTemplate& t) { t.text += "{"; }) != "nothing");
    CHECK(refuses([](LogTemplate& t) { t.text += "\\x41"; }).starts_with("the template is written otherwise: "));
    CHECK(refuses([](LogTemplate& t) { t.holes.pop_back(); }) == "the holes are not those of the text");
    CHECK(refuses([](LogTemplate& t) { t.holes[0].kind = HoleKind::program; }) == "the holes are not those of the text");
    CHECK(refuses([](LogTemplate& t) { t.holes[2].values = {"1"}; }) == "values where none are kept");
    CHECK(refuses([](LogTemplate& t) { t.holes[0].values.assign(5000, "x"); }) == "a hole keeps at most 4,096 values");
    CHECK(refuses([](LogTemplate& t) { t.host = std::string(600, 'h'); }) != "nothing");
    Baseline b({}, test_key);
    REQUIRE(b.add(*good));
    CHECK(b.add(*good).error().text == "this template is there already");
}

TEST_CASE("baseline: hosts and their templates are bounded") {
    Baseline b({2, 3, 64, 1'000}, test_key);
    for (const char* text : {"a", "b", "c"}) CHECK(b.learn(of("one", text)) == Learnt::added_template);
    CHECK(b.learn(of("one", "d")) == Learnt::refused_full);
    CHECK(b.learn(of("two", "a")) == Learnt::added_template);
    CHECK(b.learn(of("three", "a")) == Learnt::refused_full);
    LogTemplate row = *template_of(of("three", "a"));
    CHECK_FALSE(b.add(row));
    row.host = "one";
    row.text = "e";
    CHECK_FALSE(b.add(row));
}

TEST_CASE("baseline: lines are counted at their templates, with first and last time") {
    Baseline b({}, test_key);
    b.learn(line("x", "port 1", noon));
    b.ask(line("x", "port 2", noon + std::chrono::seconds{5}));
    b.ask(line("x", "port 3", noon + std::chrono::seconds{3}));
    const LogTemplate& t = *b.list().front();
    CHECK(t.count == 3);
    CHECK(t.first == noon);
    CHECK(t.last == noon + std::chrono::seconds{5});
    CHECK(b.count(t.id(), noon));
    CHECK(t.count == 4);
    CHECK_FALSE(b.count(TemplateId{7}, noon));
}

// Journals in, alarm file and sinks out.
#include "collector/alarm/listener.hpp"

#include "tests/unit/alarm/records.hpp"

namespace sw::test {
namespace {

/// Two journals, a state folder, an alarm file, and a terminal that is a file.
class Post : public cli::Folder {
public:
    Post() {
        for (const char* name : {"sensor", "collector", "state"}) std::filesystem::create_directory(at(name));
        put("tty", std::string());
        options.journals = {at("sensor"), at("collector")};
        options.state = at("state");
        options.file = at("alarms.log");
        options.terminals = {at("tty")};
    }

    std::unique_ptr<Listener> start(int t) const {
        auto parts = open_parts(options);
        if (!parts) FAIL(parts.error().text);
        return std::make_unique<Listener>(options, std::move(*parts), second(t));
    }
    std::vector<std::string> file_lines() const { return lines_in(text("alarms.log")); }
    std::size_t in_file(const std::string& part) const { return times(text("alarms.log"), part); }
    std::size_t on_terminal(const std::string& part) const { return times(text("tty"), part); }

    ListenerOptions options;

private:
    static std::size_t times(const std::string& text, const std::string& part) {
        std::size_t n = 0;
        for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++n;
        return n;
    }
};

}  // namespace

TEST_CASE("listener: alarms of all journals stand in the file once and ring, also those from before its start") {
    const Post post;
    const auto sensor = writer_of(post.at("sensor")), collector = writer_of(post.at("collector"));
    REQUIRE(sensor->alarm(alarm("before")));
    const auto listener = post.start(0);
    listener->step(second(0), {});
    REQUIRE(collector->alarm(alarm("after")));
    for (int t = 0; t < 3; ++t) listener->step(second(t), {});
    CHECK(post.file_lines().size() == 2);
    CHECK(post.on_terminal("before") == 1);
    CHECK(post.on_terminal("after") == 1);
}

TEST_CASE("listener: a restart goes on where it was") {
    const Post post;
    const auto sensor = writer_of(post.at("sensor"));
    for (int round = 0; round < 5; ++round) {
        REQUIRE(sensor->alarm(alarm("number " + std::to_string(round))));
        post.start(0)->step(second(0), {});
    }
    CHECK(post.file_lines().size() == 5);
    for (int round = 0; round < 5; ++round) CHECK(post.on_terminal("number " + std::to_string(round)) == 1);
}

TEST_CASE("listener: if it died before it saved its place, people hear it again and the file has it once") {
    const Post post;
    const auto sensor = writer_of(post.at("sensor"));
    REQUIRE(sensor->alarm(alarm("first")));
    post.start(0)->step(second(0), {});
    const std::string places = post.text("state/places");
    REQUIRE(sensor->alarm(alarm("second")));
    post.start(0)->step(second(0), {});
    post.put("state/places", places);
    post.start(0)->step(second(0), {});
    CHECK(post.file_lines().size() == 2);
    CHECK(post.on_terminal("first") == 1);
    CHECK(post.on_terminal("second") == 2);
}

TEST_CASE("listener: the throttle keeps back rings, never lines of the file, and says how many") {
    Post post;
    const auto sensor = writer_of(post.at("sensor"));
    const auto listener = post.start(0);
    for (int i = 0; i < 20; ++i) REQUIRE(sensor->alarm(alarm("again", 7)));
    for (int t = 0; t < 59; ++t) listener->step(second(0), {});
    CHECK(post.in_file("again") == 20);
    CHECK(post.on_terminal("again") == 1);
    REQUIRE(writer_of(post.at("collector"))->heartbeat(beat(0, 0)));
    listener->finish(second(1), {});
    CHECK(post.on_terminal("again") == 2);
    CHECK(post.on_terminal("again (finding 7; 18 more like it)") == 1);
}

TEST_CASE("listener: silence rings through its own journal, and the end of silence too") {
    const Post post;
    const auto sensor = writer_of(post.at("sensor")), collector = writer_of(post.at("collector"));
    const auto listener = post.start(0);
    for (int t = 0; t < 40; ++t) {
        REQUIRE(collector->heartbeat(beat(t, 1)));
        if (t < 10 || t > 30) REQUIRE(sensor->heartbeat(beat(t, 1)));
        listener->step(second(t), {});
        if (t == 14) CHECK(post.file_lines().empty());
        if (t == 15) CHECK(post.on_terminal("Nothing has been heard from span-sensor span0") == 1);
    }
    CHECK(post.in_file(" critical ") == 1);
    CHECK(post.in_file("span-sensor span0 is heard again.") == 1);
    CHECK(post.file_lines().size() == 2);
    CHECK(all_of(post.at("state")).alarms.size() == 2);
}

TEST_CASE("listener: a journal that comes later, and one that is replaced, are read") {
    const Post post;
    std::filesystem::remove(post.at("sensor"));
    const auto collector = writer_of(post.at("collector"));
    const auto listener = post.start(0);
    const auto run = [&](int from, int to) {
        for (int t = from; t < to; ++t) {
            REQUIRE(collector->heartbeat(beat(t, 1)));
            listener->step(second(t), {});
        }
    };
    run(0, 35);
    CHECK(post.in_file("the writer of " + post.at("sensor").string() + " for 31 s, nor ever before") == 1);
    std::filesystem::create_directory(post.at("sensor"));
    { REQUIRE(writer_of(post.at("sensor"))->alarm(alarm("of the first journal"))); }
    run(35, 40);
    CHECK(post.in_file("of the first journal") == 1);
    std::filesystem::remove_all(post.at("sensor"));
    std::filesystem::create_directory(post.at("sensor"));
    { REQUIRE(writer_of(post.at("sensor"))->alarm(alarm("of the second journal"))); }
    run(40, 80);
    CHECK(post.in_file("of the first journal") == 1);
    CHECK(post.in_file("of the second journal") == 1);
}

TEST_CASE("listener: lines that are no records are an alarm of their own") {
    const Post post;
    { REQUIRE(writer_of(post.at("sensor"))->alarm(alarm("whole"))); }
    post.put("sensor/0000000001.alarms", post.text("sensor/0000000001.alarms") + "rubbish\n");
    const auto listener = post.start(0);
    for (int t = 0; t < 4; ++t) listener->step(second(t), {});
    CHECK(post.in_file("1 lines of the alarm journal") == 1);
}

TEST_CASE("listener: unconfined, every line says so") {
    Post post;
    post.options.unconfined = true;
    REQUIRE(writer_of(post.at("sensor"))->alarm(alarm("it burns")));
    post.start(0)->step(second(0), {});
    CHECK(post.in_file("it burns [span-alarm is not confined]") == 1);
    CHECK(post.on_terminal("it burns [span-alarm is not confined]") == 1);
}

TEST_CASE("listener: an acknowledgement puts the LED out") {
    Post post;
    post.put("led", std::string("0\n"));
    post.put("acks", std::string("old\n"));
    post.options.leds = {post.at("led")};
    post.options.acks = post.at("acks");
    REQUIRE(writer_of(post.at("sensor"))->alarm(alarm("it burns")));
    const auto listener = post.start(0);
    listener->step(second(0), {});
    CHECK(post.text("led") == "1\n");
    post.put("acks", std::string("old\nnew\n"));
    listener->step(second(1), {});
    CHECK(post.text("led") == "0\n");
}

}  // namespace sw::test

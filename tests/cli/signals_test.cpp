/// Signals during a replay from a pipe. The pipe stays open: the program waits for more when the signal comes.
#include <csignal>

#include "tests/cli/fixture.hpp"
#include "tests/support/catch.hpp"

namespace sw::cli {
namespace {

const std::vector<std::string> from_pipe{"--json", "replay", "--policy", "policy.toml", "-"};
constexpr std::size_t file_header = 24;

/// More octets than a pipe holds: once they are written, the program is reading, and has set up its signals.
std::string many_frames(std::size_t& frames) {
    constexpr std::size_t copies = 8;
    const craft::Frames day = craft::enclave_day().frames;
    const std::string once = as_text(craft::pcap(day));
    std::string all = once;
    for (std::size_t i = 1; i < copies; ++i) all += once.substr(file_header);
    frames = day.size() * copies;
    return all;
}

std::string one_frame() { return as_text(craft::pcap(grey_frames())).substr(file_header); }

/// Feed a replay and ask it for its state, frame by frame, until it says that it has judged all.
std::size_t judge_all(Child& child) {
    std::size_t frames = 0;
    child.feed(many_frames(frames));
    for (int asked = 1; asked < 1000; ++asked) {
        child.signal(SIGUSR1);
        child.feed(one_frame());
        ++frames;
        if (has(child.error_lines(asked), ", " + std::to_string(frames) + " frames")) return frames;
    }
    FAIL("a thousand frames later it has not caught up");
    return 0;
}

}  // namespace

TEST_CASE("signals: SIGUSR1 prints one line about the progress, and the replay goes on") {
    const Desk desk;
    Child child(desk, from_pipe);
    std::size_t frames = 0;
    child.feed(many_frames(frames));
    child.signal(SIGUSR1);
    child.feed(one_frame());
    CHECK(has(child.error_lines(1), "greylisted\n"));
    child.close_input();
    const Ended ended = child.finish();
    CHECK(ended.code == 1);
    CHECK(has(ended.err, "-: "));
    CHECK(has(ended.err, " frames, "));
    CHECK(summary_of(ended.out).at("frames") == frames + 1);
    CHECK(summary_of(ended.out).at("interrupted") == false);
}

TEST_CASE("signals: SIGINT and SIGTERM keep and report what was judged, and end with 128 + n, though the pipe says nothing more") {
    for (const int signal : {SIGINT, SIGTERM}) {
        INFO("signal " << signal);
        const Desk desk;
        Child child(desk, from_pipe);
        const std::size_t frames = judge_all(child);
        child.signal(signal);
        const Ended ended = child.finish();
        CHECK(ended.code == 128 + signal);
        const Json s = summary_of(ended.out);
        CHECK(s.at("interrupted") == true);
        CHECK(s.at("frames") == frames);
        CHECK(s.at("frames") ==
              s.at("allowed").get<std::size_t>() + s.at("greylisted").get<std::size_t>() + s.at("blacklisted").get<std::size_t>());
    }
}

TEST_CASE("signals: what --write had been given before SIGINT can be read") {
    const Desk desk;
    std::vector<std::string> arguments = from_pipe;
    arguments.insert(arguments.end() - 1, {"--write", "out.pcapng"});
    Child child(desk, arguments);
    judge_all(child);
    child.signal(SIGINT);
    const Json interrupted = summary_of(child.finish().out);
    const Json written = summary_of(replay_json(desk, {"out.pcapng"}).out);
    const std::size_t brought_up = occurrences(desk.text("out.pcapng"), "EARLIER #");
    CHECK(written.at("frames") ==
          interrupted.at("greylisted").get<std::size_t>() + interrupted.at("blacklisted").get<std::size_t>() + brought_up);
    CHECK(written.at("files")[0].at("error").is_null());
}

}  // namespace sw::cli

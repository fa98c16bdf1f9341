/// A file that is older than what came before begins a new trace: nothing of the old one lives on.
#include "rules/confine/confine.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/judge.hpp"
#include "tests/support/stock.hpp"

namespace sw::craft {
namespace {

std::vector<Frame> views_of(const Frames& frames) {
    std::vector<Frame> views;
    for (const CraftedFrame& f : frames)
        views.push_back({f.bytes.data(), static_cast<std::uint32_t>(f.bytes.size()), f.len, f.ts, views.size() + 1, {f.linktype, false}});
    return views;
}

}  // namespace

TEST_CASE("trace: an older file does not go on with the conversations of the file before") {
    mark_unconfined();
    const PolicyLoad load = parse_policy("stock.toml", stock_policy);
    REQUIRE(load.policy);
    Engine engine(*load.policy, {});

    TcpDialogue talk = smtp();
    for (int i = 0; i < 20; ++i) talk.say(Side::server, "220 mail.example\r\n").say(Side::client, "NOOP\r\n");
    Frames all = talk.frames();
    const auto half = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
    const Frames before(all.begin(), half);
    Frames after(half, all.end());
    for (CraftedFrame& f : after) f.ts = f.ts + -std::chrono::hours{1};

    std::vector<Judgement> out(all.size());
    std::size_t judged = 0;
    engine.begin_file();
    REQUIRE(engine.judge(views_of(before), out, judged));
    for (std::size_t i = 0; i < judged; ++i) CHECK(out[i].verdict == Verdict::allow);
    engine.begin_file();
    REQUIRE(engine.judge(views_of(after), out, judged));
    for (std::size_t i = 0; i < judged; ++i) {
        INFO("frame " << i << " of the older file: " << describe(out[i]));
        CHECK(out[i].reasons == ReasonSet(Reason::not_open));
    }
}

}  // namespace sw::craft

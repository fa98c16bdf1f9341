/// Frames read and looked at by another thread are judged as those that the engine looks at itself.
#include <array>

#include "rules/confine/confine.hpp"
#include "sensor/frame_ahead.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/enclave_day.hpp"
#include "tests/support/judge.hpp"
#include "tests/unit/capture/capture_files.hpp"

namespace sw::craft {
namespace {

/// The day again and again, an hour apart, until the file is longer than all buffers together; a frame longer than a buffer among them.
const test::Octets& long_day() {
    static const test::Octets file = [] {
        test::PcapFile out(test::PcapHeader{.magic = 0xa1b23c4d, .snaplen = 1u << 20});
        const Frames day = enclave_day().frames;
        const std::size_t wanted = 2 * FrameAhead::buffers * (256 << 10);
        for (std::uint32_t round = 0; out.out.size() < wanted; ++round) {
            for (const CraftedFrame& f : day)
                out.record(static_cast<std::uint32_t>(f.ts.ns / 1'000'000'000) + round * 90'000,
                           static_cast<std::uint32_t>(f.ts.ns % 1'000'000'000), static_cast<std::uint32_t>(f.bytes.size()), f.len, f.bytes);
            if (round == 3)
                out.record(static_cast<std::uint32_t>(day.back().ts.ns / 1'000'000'000) + round * 90'000, 0, Octets(400'000, 0x55));
        }
        return out.out;
    }();
    return file;
}

struct Run {
    PolicyLoad load = parse_policy("mail-enclave.toml", load_policy(SPAN_SOURCE_DIR "/rules/profiles/mail-enclave.toml")->text);
    CaptureReader reader;
    Engine engine;
    std::vector<Judgement> judgements;

    explicit Run(const test::Octets& file)
        : reader(*CaptureReader::open(test::memory_file(file), nullptr, FrameAhead::buffers)),
          engine((mark_unconfined(), *load.policy), {}) {}

    void judge(std::span<const Frame> frames, std::span<const Glance> glances) {
        std::array<Judgement, 256> out;
        std::size_t judged = 0;
        REQUIRE(engine.judge(frames, out, judged, glances));
        REQUIRE(judged == frames.size());
        judgements.insert(judgements.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(judged));
    }
    void here() {
        std::array<Frame, 256> frames;
        while (const std::size_t n = reader.next(frames)) judge({frames.data(), n}, {});
    }
    void ahead() {
        FrameAhead source(reader, engine);
        for (const FrameAhead::Batch* b = &source.next(); b->size > 0; b = &source.next()) judge(b->read(), b->seen());
    }
};

void expect_same(const Run& a, const Run& b) {
    REQUIRE(a.judgements.size() == b.judgements.size());
    for (std::size_t i = 0; i < a.judgements.size(); ++i) {
        const Judgement &x = a.judgements[i], &y = b.judgements[i];
        INFO("frame " << i + 1 << ": " << describe(x) << " and " << describe(y));
        REQUIRE((x.verdict == y.verdict && x.rule == y.rule && x.reasons == y.reasons && x.finding == y.finding && x.nearest == y.nearest));
    }
    CHECK(a.engine.counters().anomalies == b.engine.counters().anomalies);
    CHECK(a.engine.counters().flows == b.engine.counters().flows);
}

}  // namespace

TEST_CASE("frame ahead: a long capture is judged alike with and without the second thread") {
    Run here(long_day()), ahead(long_day());
    here.here();
    ahead.ahead();
    expect_same(here, ahead);
    CHECK(ahead.judgements.size() > 10'000);
    CHECK(ahead.reader.turns() > FrameAhead::buffers);
}

TEST_CASE("frame ahead: a torn capture is judged up to the tear, and the reader says where it is") {
    test::Octets torn = long_day();
    torn.resize(torn.size() - 7);
    Run here(torn), ahead(torn);
    here.here();
    ahead.ahead();
    expect_same(here, ahead);
    REQUIRE(ahead.reader.stopped());
    CHECK(ahead.reader.stopped()->frame == ahead.judgements.size());
    CHECK(ahead.reader.stopped()->offset == here.reader.stopped()->offset);
}

TEST_CASE("frame ahead: whoever stops in the middle does not wait for the rest") {
    Run run(long_day());
    {
        FrameAhead source(run.reader, run.engine);
        CHECK(source.next().size > 0);
    }
    CHECK(run.reader.position() < long_day().size());
    Run unread(long_day());
    const FrameAhead never_asked(unread.reader, unread.engine);
}

TEST_CASE("frame ahead: where the other core is far, the reader is untouched, and one thread goes on alone") {
    Run here(long_day()), far(long_day());
    here.here();
    {
        const FrameAhead source(far.reader, far.engine, std::chrono::nanoseconds{0});
        CHECK_FALSE(source.is_near());
    }
    far.here();
    expect_same(here, far);
}

}  // namespace sw::craft

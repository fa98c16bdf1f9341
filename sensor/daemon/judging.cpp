#include "sensor/daemon/judging.hpp"

#include <sodium.h>

#include <utility>

#include "sensor/daemon/clocks.hpp"

namespace sw {
namespace {

EngineOptions engine_options(const Policy& policy, const RunFacts& facts) {
    EngineOptions o;
    o.mode = policy.mode;
    o.grace = facts.grace;
    o.trace = true;
    randombytes_buf(o.hash_key.data(), o.hash_key.size());
    return o;
}

RunRecord run_record(const Policy& policy, const RunFacts& facts) {
    return {.program = "span-sensor " SPAN_VERSION,
            .source = facts.interface,
            .policy_sha256 = policy.sha256,
            .policy_path = policy.path,
            .policy_text = policy.text,
            .mode = policy.mode,
            .unconfined = facts.unconfined,
            .began = Instant::now().wall};
}

}  // namespace

Judging::Judging(Policy policy, const RunFacts& facts, RecordSink& sink)
    : policy_(std::make_unique<const Policy>(std::move(policy))),
      engine_(std::make_unique<Engine>(*policy_, engine_options(*policy_, facts))),
      judgements_(most_frames) {
    sink.run(run_record(*policy_, facts));
    recorder_ = std::make_unique<Recorder>(*engine_, sink);
}

Result<Done> Judging::take(std::span<const Frame> frames, std::span<const Glance> glances, MirrorSides& sides) {
    sides.see(glances);
    std::size_t judged = 0;
    auto done = engine_->judge(frames, judgements_, judged, glances);
    recorder_->judged(frames.first(judged), std::span<const Judgement>(judgements_.data(), judged));
    if (judged > 0) last_frame_ = frames[judged - 1].ts;
    return done;
}

void Judging::pass_time(Timestamp now) {
    engine_->pass_time(now);
    recorder_->settled();
}

void Judging::end() {
    engine_->end_fragments();
    recorder_->settled();
    recorder_->end();
    recorder_->end_file("", "");
}

}  // namespace sw

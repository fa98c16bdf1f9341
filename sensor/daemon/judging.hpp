#pragma once
/// Everything that hangs on one policy: its engine, its recorder, its run in the journal. A new policy is a new one of these.
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sensor/daemon/mirror_sides.hpp"
#include "sensor/engine.hpp"
#include "sensor/journal/recorder.hpp"

namespace sw {

struct RunFacts {
    std::string interface;
    Duration grace{0};
    bool unconfined = false;
};

class Judging {
public:
    static constexpr std::size_t most_frames = 256;

    /// sink must outlive it
    Judging(Policy policy, const RunFacts& facts, RecordSink& sink);

    /// Judge and record at most most_frames frames. glances: of the same frames, by engine()
    /// errors: a rule does not compile for a frame's datalink
    Result<Done> take(std::span<const Frame> frames, std::span<const Glance> glances, MirrorSides& sides);
    void glance(std::span<const Frame> frames, std::span<Glance> out) const { engine_->glance(frames, out); }
    const Engine& engine() const { return *engine_; }

    /// Nothing is on the wire, and no frame older than this will come.
    void pass_time(Timestamp now);

    /// Tell the coverage of the stretch that ends.
    void end_stretch() { recorder_->end_file("", ""); }
    /// The run ends: conversations that are still open are written as cut off, then the coverage.
    void end();

    const EngineCounters& counters() const { return engine_->counters(); }
    const Policy& policy() const { return *policy_; }
    Timestamp last_frame() const { return last_frame_; }
    std::size_t findings() const { return engine_->findings().all().size(); }

private:
    std::unique_ptr<const Policy> policy_;
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<Recorder> recorder_;
    std::vector<Judgement> judgements_;
    Timestamp last_frame_;
};

}  // namespace sw

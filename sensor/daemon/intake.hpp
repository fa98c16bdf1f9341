#pragma once
/// Where the sensor's loop gets its frames from: one ring, or several with a thread each (fan_in.hpp).
#include <cstddef>
#include <span>
#include <string>

#include "sensor/capture/live_source.hpp"
#include "sensor/engine.hpp"

namespace sw {

class Intake {
public:
    virtual ~Intake() = default;

    struct Taken {
        std::size_t frames = 0;
        bool glanced = false;  ///< the glances are set, by the engine of glance_by()
    };
    /// Wait at most so long (and as long as frames are held back) for frames, in the order of their time. 0: nothing came, or a
    /// signal did. out.size() <= glances.size(); lifetime: until the next call
    virtual Taken next(std::span<Frame> out, std::span<Glance> glances, Duration wait) = 0;
    /// Who may glance at frames from now on, from other threads too; nullptr: nobody. No engine that was named before is used behind it.
    virtual void glance_by(const Engine* engine) = 0;
    /// The end: next() gives what the kernel still holds, then 0.
    virtual void finish() {}

    virtual LiveSource::State state() const = 0;
    virtual std::string trouble() const = 0;
    virtual Datalink link() const = 0;
    virtual LiveCounters counters() const = 0;
};

class OneRing final : public Intake {
public:
    /// source must outlive it.
    explicit OneRing(LiveSource& source) : source_(&source) {}

    Taken next(std::span<Frame> out, std::span<Glance>, Duration wait) override { return {source_->next(out, memory_, wait), false}; }
    void glance_by(const Engine*) override {}
    LiveSource::State state() const override { return source_->state(); }
    std::string trouble() const override { return source_->trouble(); }
    Datalink link() const override { return source_->link(); }
    LiveCounters counters() const override { return source_->counters(); }

private:
    LiveSource* source_;
    LiveSource::Memory memory_;
};

}  // namespace sw

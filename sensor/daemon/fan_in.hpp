#pragma once
/// Several rings that share an interface's frames, a thread each: it takes frames and glances at them, and one thread judges them all,
/// in one order. So there is one engine, one verdict for each frame, one list of findings and one journal, as with one ring.
#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "sensor/daemon/intake.hpp"

namespace sw {

/// Frames of each ring in its order, all of them by time: a frame waits until every other ring has shown one that is not older, or for
/// `patience`: so long the kernel may hold back an older one. Pure: it is told what time it is.
class TimeMerge {
public:
    TimeMerge(std::size_t rings, Duration patience) : heads_(rings), patience_(patience) {}

    struct Head {
        bool there = false;
        Timestamp ts;
        Duration seen{0};  ///< when its ring brought it, steady
    };
    Head& head(std::size_t ring) { return heads_[ring]; }
    /// Frames wait for nothing any more.
    void hurry() { patience_ = Duration{0}; }

    static constexpr std::size_t none = ~std::size_t{0};
    /// The ring whose head is next; none: it must still wait, until `until` (steady; greatest: for a frame to come).
    std::size_t next(Duration now, Duration& until) const;

private:
    std::vector<Head> heads_;
    Duration patience_;
};

class FanIn final : public Intake {
public:
    /// Starts a thread a ring: the process is confined by now. rings must outlive it, and are its own until it is gone.
    FanIn(std::vector<LiveSource>& rings, Duration hold);
    ~FanIn() override;

    Taken next(std::span<Frame> out, std::span<Glance> glances, Duration wait) override;
    void glance_by(const Engine* engine) override;
    void finish() override { over_ = true; }
    LiveSource::State state() const override;
    std::string trouble() const override;
    Datalink link() const override { return link_; }
    LiveCounters counters() const override;

private:
    static constexpr std::size_t frames_a_batch = 256, batches = 4;

    struct Batch {
        LiveSource::Memory memory;
        std::vector<Frame> frames{frames_a_batch};
        std::vector<Glance> glances{frames_a_batch};
        std::size_t size = 0, taken = 0;
        std::uint64_t glanced_by = 0;  ///< 0: nobody
        Duration seen{0};
    };
    using BatchPtr = std::unique_ptr<Batch>;

    struct Ring {
        LiveSource* source = nullptr;
        std::thread thread;
        std::mutex engine_lock;  ///< its thread holds it while it glances
        // under lock_:
        std::deque<BatchPtr> full, empty;
        LiveCounters counters;
        std::string trouble;
        LiveSource::State state = LiveSource::State::up;
        bool ended = false;
        // of next():
        BatchPtr current;
        std::vector<BatchPtr> given;  ///< whose frames the caller still has
    };

    void run(Ring& ring);
    void glance(Ring& ring, Batch& batch);
    void publish(Ring& ring);
    void give_back();
    bool fetch();
    std::size_t take(std::span<Frame> out, std::span<Glance> glances, bool& glanced, Duration& until);

    const Duration hold_;
    Datalink link_;
    std::vector<std::unique_ptr<Ring>> rings_;
    TimeMerge merge_;
    mutable std::mutex lock_;
    std::condition_variable came_, room_;
    std::atomic<bool> over_{false}, quit_{false};
    const Engine* engine_ = nullptr;  ///< read under a ring's engine_lock, written under all of them
    std::uint64_t engine_number_ = 0;
    std::uint64_t number_ = 0;  ///< of the last frame
};

}  // namespace sw

#include "sensor/daemon/fan_in.hpp"

#include <signal.h>

#include <algorithm>
#include <utility>

#include "sensor/daemon/clocks.hpp"

namespace sw {
namespace {

constexpr Duration slack = std::chrono::milliseconds{20};  // of the kernel and of our threads, beyond the hold
constexpr Duration look_again = std::chrono::milliseconds{100};

Duration steady() { return Instant::now().steady; }

/// Threads inherit it: signals are for the thread that obeys them.
class SignalsHeld {
public:
    SignalsHeld() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    SignalsHeld(const SignalsHeld&) = delete;
    SignalsHeld& operator=(const SignalsHeld&) = delete;
    ~SignalsHeld() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_{};
};

void add(std::optional<std::uint64_t>& sum, const std::optional<std::uint64_t>& more) {
    if (!more) return;
    sum = sum.value_or(0) + *more;
}

}  // namespace

std::size_t TimeMerge::next(Duration now, Duration& until) const {
    std::size_t first = none;
    bool all = true;
    for (std::size_t i = 0; i < heads_.size(); ++i) {
        all &= heads_[i].there;
        if (heads_[i].there && (first == none || heads_[i].ts < heads_[first].ts)) first = i;
    }
    until = Duration::max();
    if (first == none || all) return first;
    until = heads_[first].seen + patience_;
    return now >= until ? first : none;
}

FanIn::FanIn(std::vector<LiveSource>& rings, Duration hold) : hold_(hold), link_(rings.front().link()), merge_(rings.size(), hold + slack) {
    const SignalsHeld held;
    for (LiveSource& source : rings) {
        rings_.push_back(std::make_unique<Ring>());
        Ring& ring = *rings_.back();
        ring.source = &source;
        ring.counters = source.counters();
        ring.state = source.state();
        for (std::size_t i = 0; i < batches; ++i) ring.empty.push_back(std::make_unique<Batch>());
    }
    for (const auto& ring : rings_) ring->thread = std::thread([this, r = ring.get()] { run(*r); });
}

FanIn::~FanIn() {
    {
        const std::lock_guard held(lock_);
        quit_ = true;
    }
    room_.notify_all();
    for (const auto& ring : rings_) ring->thread.join();
}

/// Of a ring's thread: until nobody wants more, or until the kernel has no more to give.
void FanIn::run(Ring& ring) {
    Duration told{0}, end{0};
    for (;;) {
        BatchPtr batch;
        {
            std::unique_lock held(lock_);
            room_.wait(held, [&] { return quit_ || !ring.empty.empty(); });
            if (quit_) return;
            batch = std::move(ring.empty.front());
            ring.empty.pop_front();
        }
        batch->size = ring.source->next(batch->frames, batch->memory, std::min(look_again, hold_ + slack));
        batch->taken = 0;
        if (batch->size > 0) glance(ring, *batch);
        const Duration now = batch->seen = steady();
        if (batch->size == 0 || now - told > look_again) {
            publish(ring);
            told = now;
        }
        if (over_ && end.count() == 0) end = now + hold_ + slack;
        const bool ended = over_ && batch->size == 0 && now >= end;
        {
            const std::lock_guard held(lock_);
            (batch->size > 0 ? ring.full : ring.empty).push_back(std::move(batch));
            ring.ended = ended;
        }
        came_.notify_one();
        if (ended) return;
    }
}

void FanIn::glance(Ring& ring, Batch& batch) {
    const std::lock_guard held(ring.engine_lock);
    batch.glanced_by = engine_ == nullptr ? 0 : engine_number_;
    if (engine_ != nullptr) engine_->glance(std::span(batch.frames).first(batch.size), batch.glances);
}

/// What only the ring's own thread may ask of its source.
void FanIn::publish(Ring& ring) {
    LiveCounters counters = ring.source->counters();
    const LiveSource::State state = ring.source->state();
    std::string trouble = ring.source->trouble();
    const std::lock_guard held(lock_);
    ring.counters = counters;
    ring.state = state;
    ring.trouble = std::move(trouble);
}

void FanIn::glance_by(const Engine* engine) {
    std::vector<std::unique_lock<std::mutex>> all;
    for (const auto& ring : rings_) all.emplace_back(ring->engine_lock);
    engine_ = engine;
    ++engine_number_;
}

/// The frames of the call before are nobody's any more.
void FanIn::give_back() {
    for (const auto& ring : rings_) {
        for (BatchPtr& batch : ring->given) ring->empty.push_back(std::move(batch));
        ring->given.clear();
    }
}

/// Have a batch in hand of each ring that has one. true: all rings have come to their end, and no frame is left.
bool FanIn::fetch() {
    bool over = true;
    for (std::size_t i = 0; i < rings_.size(); ++i) {
        Ring& ring = *rings_[i];
        if (!ring.current && !ring.full.empty()) {
            ring.current = std::move(ring.full.front());
            ring.full.pop_front();
        }
        TimeMerge::Head& head = merge_.head(i);
        head.there = ring.current != nullptr;
        if (head.there) head = {true, ring.current->frames[ring.current->taken].ts, ring.current->seen};
        over &= ring.ended && !head.there;
    }
    return over;
}

/// Frames whose turn it is, from the batches in hand.
std::size_t FanIn::take(std::span<Frame> out, std::span<Glance> glances, bool& glanced, Duration& until) {
    const Duration now = steady();
    std::size_t n = 0;
    while (n < out.size()) {
        const std::size_t i = merge_.next(now, until);
        if (i == TimeMerge::none) return n;
        Ring& ring = *rings_[i];
        Batch& batch = *ring.current;
        out[n] = batch.frames[batch.taken];
        out[n].number = ++number_;
        glances[n] = batch.glances[batch.taken];
        glanced &= batch.glanced_by == engine_number_;
        ++n;
        if (++batch.taken < batch.size) {
            merge_.head(i).ts = batch.frames[batch.taken].ts;
            continue;
        }
        ring.given.push_back(std::move(ring.current));
        merge_.head(i).there = false;
        return n;  // perhaps its ring has brought more by now
    }
    return n;
}

Intake::Taken FanIn::next(std::span<Frame> out, std::span<Glance> glances, Duration wait) {
    const Duration end = steady() + wait;
    std::unique_lock held(lock_);
    give_back();
    room_.notify_all();
    for (;;) {
        const bool over = fetch();
        if (over_) merge_.hurry();
        Taken taken{0, engine_ != nullptr};
        Duration until = end;
        held.unlock();
        taken.frames = take(out, glances, taken.glanced, until);
        held.lock();
        const Duration now = steady();
        const bool waits = until != Duration::max();
        if (taken.frames > 0 || over || (!waits && now >= end)) return taken;
        came_.wait_for(held, (waits ? until : end) - now);
    }
}

LiveSource::State FanIn::state() const {
    const std::lock_guard held(lock_);
    for (const auto& ring : rings_)
        if (ring->state == LiveSource::State::gone) return LiveSource::State::gone;
    return rings_.front()->state;
}

std::string FanIn::trouble() const {
    const std::lock_guard held(lock_);
    for (const auto& ring : rings_)
        if (!ring->trouble.empty()) return ring->trouble;
    return "";
}

/// Each ring counts its own; the interface's counters are the same for all. Once the threads have ended, as of now; else a tenth of a
/// second old.
LiveCounters FanIn::counters() const {
    const std::lock_guard held(lock_);
    LiveCounters sum = rings_.front()->counters;
    for (std::size_t i = 1; i < rings_.size(); ++i) {
        add(sum.received, rings_[i]->counters.received);
        add(sum.kernel_drops, rings_[i]->counters.kernel_drops);
    }
    return sum;
}

}  // namespace sw

#pragma once
/// source -> decode -> flow -> judge -> conform -> group: one verdict for every frame, in the order they came.
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rules/policy/policy.hpp"
#include "sensor/capture/frame.hpp"
#include "sensor/conform/machine.hpp"
#include "sensor/conform/speech.hpp"
#include "sensor/findings/findings.hpp"
#include "sensor/glance.hpp"
#include "sensor/mirror.hpp"

namespace sw {

struct Flow;

enum class Verdict : std::uint8_t { allow, grey, black };
std::string_view to_string(Verdict v);

struct Judgement {
    Verdict verdict = Verdict::grey;
    bool provisional = false;   ///< allowed by the start-up grace only
    bool held = false;          ///< a fragment that waits for the rest of its datagram: no verdict yet, Engine::settled() will tell it
    int rule = -1;              ///< index in Policy::rules: the allowing or the forbidding rule; -1 for GREY
    ReasonSet reasons;          ///< empty for ALLOW
    std::uint32_t finding = 0;  ///< id; 0 for ALLOW
    int nearest = -1;           ///< GREY, BLACK: index of the nearest allow or housekeeping rule
    bool fits = false;          ///< that rule's filter accepts the conversation: what is wrong is told by reasons alone
    bool answers = false;       ///< the sender is the responder of its conversation
    std::uint16_t wrapped = 0;  ///< octets that the mirror put around the frame: what was judged is so much shorter
    std::uint32_t flow = 0;     ///< ALLOW in mode flow: the conversation's slot in the flow table; 0: none (also ICMP errors about one)
};

struct EngineOptions {
    Mode mode = Mode::flow;
    ReasonSet ignore;   ///< added to the policy's
    Duration grace{0};  ///< from the first frame, packet time
    std::uint32_t max_flows = 1u << 20;
    ConformanceLimits conform;                ///< memory for conversations under judgement
    bool shortcuts = true;                    ///< for tests: false takes the long way for every frame; verdicts are the same
    bool trace = false;                       ///< tell ended conversations to Engine::on_flow_end (costs a call a conversation)
    std::array<std::uint8_t, 16> hash_key{};  ///< SipHash; verdicts do not depend on it
};

/// Of a mirror that wraps its frames.
struct MirrorCounters {
    std::uint64_t frames = 0, refused = 0;  ///< taken out of what carried them; not what the mirror sends
    std::optional<std::uint64_t> lost;      ///< on their way here, by sequence numbers; where there are any

    bool operator==(const MirrorCounters&) const = default;
};

struct EngineCounters {
    std::uint64_t frames = 0, allowed = 0, greylisted = 0, blacklisted = 0;  ///< frames that have a verdict: the sum of the three
    std::uint64_t held = 0;                               ///< fragments that wait for one: with frames, all that were taken
    std::uint64_t flows = 0;                              ///< conversations opened under a rule
    std::uint64_t provisional = 0;                        ///< conversations accepted mid-stream by grace
    std::uint64_t clock_steps = 0;                        ///< packet time went back by more than a second
    std::uint64_t unverified_retransmits = 0;             ///< sent again after we had let go of the first copy
    std::array<std::uint64_t, reason_count> anomalies{};  ///< frames bearing each, ignored ones too
    std::vector<std::uint64_t> by_rule;                   ///< allowed or blacklisted frames a rule
    MirrorCounters mirror;
};

/// The verdict of a fragment that was held: all fragments of a datagram share one.
struct Settled {
    Frame frame;  ///< as captured
    Judgement judgement;
    FiveTuple tuple;          ///< of the datagram, its sender first; ports 0 where they are not known
    std::uint64_t index = 0;  ///< frames of the run that came before it
    std::uint64_t at = 0;     ///< and before its verdict: told before the verdict of the frame with this index
};

/// What the breach that began a finding brought up: frames of its conversation that were allowed before, oldest first.
struct Earlier {
    std::size_t index = 0;  ///< of the frame that completes the breach, in the last judge()
    std::uint32_t finding = 0;
    std::vector<HeldFrame> frames;
};

class Engine {
public:
    /// policy must outlive the engine. The process is confined (FilterCompiler asks).
    Engine(const Policy& policy, const EngineOptions& options);
    ~Engine();

    /// Judge frames in order; out.size() >= frames.size().
    /// errors: a rule does not compile for a frame's datalink: names both; the frames before it are judged (their number in judged)
    /// cost:   see docs/performance.md; nothing is allocated for an allowed frame
    /// glances: of the same frames, by glance(); or none
    Result<Done> judge(std::span<const Frame> frames, std::span<Judgement> out, std::size_t& judged, std::span<const Glance> glances = {});

    /// Verdicts that held frames were given while the last judge(), end_fragments() or pass_time() ran, in the order of `at`.
    /// lifetime: until the next call of one of them
    std::span<const Settled> settled() const;
    /// A capture ends: fragments that still wait are settled, as incomplete.
    void end_fragments();
    /// No frame older than this will come (live, while nothing is on the wire): settle what has waited too long.
    void pass_time(Timestamp packet_time);

    /// From any thread, while the engine judges in another. out.size() >= frames.size()
    void glance(std::span<const Frame> frames, std::span<Glance> out) const;

    /// A file begins: if its first frame is older than what came before, a new trace begins (flows are forgotten).
    void begin_file();

    /// Compile what frames captured on this link will need. errors: as judge() would give them
    Result<Done> prepare(Datalink captured);

    /// A captured frame as the rules see it: taken out of what the mirror wrapped it in, without expected tags.
    struct Seen {
        Opened opened;
        Packet packet;  ///< its anomalies are those that the verdict counted
        std::vector<std::uint8_t> untagged;
    };
    /// lifetime: frame and seen stay where they are while seen is used
    void see(const Frame& frame, Seen& seen) const;

    /// Failing predicates of the nearest rule for one judged frame (what --packets prints).
    std::vector<std::string> why(const Frame& frame, const Judgement& judgement);

    /// With EngineOptions::trace: called while judging, when the flow in a slot ends (closed or idle: complete; else cut off),
    /// before another conversation can take its slot. A closed connection ends with its tombstone: what comes late is its own.
    /// The counters' allowed + greylisted + blacklisted + held then say how many frames came before it ended.
    using FlowEnd = std::function<void(std::uint32_t slot, const Flow& flow, bool complete)>;
    void on_flow_end(FlowEnd f);
    /// End all conversations now, as cut off.
    void end_flows();

    /// What the last judge() brought up, in its order.
    const std::vector<Earlier>& earlier() const;
    /// By rule: what its conversations came to.
    const std::vector<Speech>& speech() const;
    /// Called while judging with all that conversations under judgement tell of themselves: slot as in Judgement::flow.
    using ToldOf = std::function<void(std::uint32_t slot, Side by, Told what, std::string_view value)>;
    void on_told(ToldOf f);

    const Findings& findings() const;
    const EngineCounters& counters() const;
    const Policy& policy() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sw

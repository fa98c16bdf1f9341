#pragma once
/// Turns verdicts into records: every greylisted packet, each cause once, conversations as they end, charts by interval; and what
/// log lines are made of and compared with: syslog datagrams, openings.
#include <cstdint>
#include <memory>
#include <span>

#include "sensor/engine.hpp"
#include "sensor/journal/record.hpp"

namespace sw {

class Recorder {
public:
    /// engine and sink must outlive it; nothing was judged yet, and the sink has its run(). The engine must have been made
    /// with EngineOptions::trace = true.
    Recorder(Engine& engine, RecordSink& sink);
    ~Recorder();

    /// Frames that the engine judged with its last judge(), in order, with their judgements. Every frame must come here before a file or
    /// the run ends.
    /// skip: the first so many of them are already recorded (a resumed run): no packet, no chart counts them, no flow that
    ///       ended among them is told again. A conversation that goes on behind them and the file's coverage are told whole:
    ///       the run that was interrupted told neither. Logs and openings are told again: their frame's number says which.
    /// Fragments that were held are recorded when they have their verdict, wherever that comes.
    void judged(std::span<const Frame> frames, std::span<const Judgement> judgements, std::size_t skip = 0);
    /// After Engine::end_fragments() or pass_time(). recorded: an earlier run has told these already
    void settled(bool recorded = false);
    /// Tell what is summed up so far (charts): after it the sink knows of every frame but for conversations still open and
    /// the coverage. Call it before a commit that a resumed run may go on from.
    void checkpoint();
    /// A capture file (or a stretch of live capture) ends: its coverage, and the charts so far.
    void end_file(const std::string& name, const std::string& error);
    /// The run ends: conversations still open are written as cut off.
    void end();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sw

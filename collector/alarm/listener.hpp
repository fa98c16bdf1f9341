#pragma once
/// Reads the alarm journals, writes the alarm file, rings the sinks, and notices silence. Does nothing by itself: step() is called
/// with the time.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collector/alarm/alarm_file.hpp"
#include "collector/alarm/listener_options.hpp"
#include "collector/alarm/liveness.hpp"
#include "collector/alarm/place_file.hpp"
#include "collector/alarm/sink.hpp"
#include "collector/alarm/throttle.hpp"

namespace sw {

/// What it works with; open before confinement.
struct ListenerParts {
    PlaceFile places;
    std::unique_ptr<AlarmWriter> own;  ///< its own alarm journal, in the state folder
    std::optional<AlarmFile> file;
    std::vector<std::unique_ptr<AlarmSink>> sinks;
};

/// errors: a folder or file of the options cannot be used (code environment). Sinks are opened later, and again.
Result<ListenerParts> open_parts(const ListenerOptions& options);

class Listener {
public:
    Listener(const ListenerOptions& options, ListenerParts parts, Moment start);
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    ~Listener();

    /// Read what is new, ring it, remember where. true: there is more to read already
    bool step(Moment now, Timestamp wall);
    /// HUP
    void reopen();
    /// TERM: ring what is kept back, save.
    void finish(Moment now, Timestamp wall);
    /// USR1: one line.
    std::string counters() const;

private:
    struct Source;
    struct Batch;

    bool read(Source& source, Moment now, Timestamp wall);
    void open(Source& source, Moment now);
    void tell_damage(Source& source, Timestamp wall);
    void take(std::vector<AlarmRecord>& alarms, Moment now);
    void ring(const AlarmRecord& record, std::uint64_t kept_back);
    void say(AlarmRecord record);
    void mark(AlarmRecord& record) const;
    void save();
    void write_file();
    void look_for_acks();
    void beat(Moment now, Timestamp wall);
    void complain(std::string& last, const Result<Done>& done) const;

    ListenerOptions options_;
    ListenerParts parts_;
    std::vector<Source> sources_;  ///< its own journal is the last
    Throttle throttle_;
    Places places_;
    std::string file_trouble_, place_trouble_;  ///< said last
    std::optional<std::uint64_t> acks_octets_;
    Moment next_beat_;
    std::uint64_t recorded_ = 0, rung_ = 0;
};

}  // namespace sw

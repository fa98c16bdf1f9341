#include "collector/alarm/listener.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "collector/alarm/sentences.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

constexpr std::size_t most_at_once = 64;
/// With so many octets waiting for a full disk, the journals are left to keep what comes.
constexpr std::size_t most_unwritten = 1u << 20;
constexpr std::chrono::seconds between_openings{1};

}  // namespace

struct Listener::Source {
    std::string folder;
    bool own = false;
    Liveness liveness;
    std::optional<AlarmReader> reader;
    Moment next_opening{};
    std::uint64_t bad_told = 0, missed_told = 0;
    bool more = false;
};

/// What one read brings.
struct Listener::Batch final : AlarmReader::Sink {
    std::vector<AlarmRecord> alarms;
    std::optional<AlarmHeartbeat> beat;

    void alarm(const AlarmRecord& record) override { alarms.push_back(record); }
    void heartbeat(const AlarmHeartbeat& b) override { beat = b; }
};

Result<ListenerParts> open_parts(const ListenerOptions& o) {
    auto places = PlaceFile::open(o.state);
    if (!places) return Unexpected{places.error()};
    auto own = AlarmWriter::open(o.state);
    if (!own) return Unexpected{own.error()};
    ListenerParts parts{std::move(*places), std::move(*own), std::nullopt, {}};
    if (!o.file.empty()) {
        auto file = AlarmFile::open(o.file);
        if (!file) return Unexpected{file.error()};
        parts.file = std::move(*file);
    }
    for (const std::string& path : o.terminals) parts.sinks.push_back(terminal_sink(path, o.bell));
    for (const SerialLine& line : o.serials) parts.sinks.push_back(serial_sink(line));
    for (const std::string& path : o.leds) parts.sinks.push_back(led_sink(path));
    if (!o.command.empty()) parts.sinks.push_back(command_sink(o.command));
    return parts;
}

Listener::~Listener() = default;

Listener::Listener(const ListenerOptions& options, ListenerParts parts, Moment start)
    : options_(options), parts_(std::move(parts)), throttle_(options.throttle), places_(parts_.places.places()), next_beat_(start) {
    const LivenessLimits limits{options.late, options.grace, options.stalled};
    for (const std::string& folder : options.journals) {
        sources_.push_back({folder, false, Liveness(escape_for_display(folder), limits, start), std::nullopt, start, 0, 0, false});
        if (const auto known = places_.find(folder); known != places_.end()) sources_.back().liveness.restore(known->second.standing);
    }
    sources_.push_back({options.state, true, Liveness("", limits, start), std::nullopt, start, 0, 0, false});
    look_for_acks();
}

bool Listener::step(Moment now, Timestamp wall) {
    bool more = false;
    for (Source& s : sources_) more |= read(s, now, wall);
    write_file();
    save();
    for (const Throttle::Due& due : throttle_.due(now)) ring(due.last, due.kept_back);
    look_for_acks();
    for (const auto& sink : parts_.sinks) sink->tick(now);
    beat(now, wall);
    return more;
}

/// A journal that is late may have been replaced by another of its name.
void Listener::open(Source& s, Moment now) {
    const bool replaced_perhaps = !s.own && s.liveness.is_late();
    if ((s.reader && !replaced_perhaps) || now < s.next_opening) return;
    s.next_opening = now + between_openings;
    const Place& place = places_[s.folder];
    auto reader = AlarmReader::open(s.folder, place.position);
    if (!reader) return s.reader.reset();  // silence is told by its liveness
    if (!place.journal.empty() && !reader->journal().empty() && reader->journal() != place.journal)
        reader = AlarmReader::open(s.folder, {});
    if (!reader) return s.reader.reset();
    const bool same = s.reader && s.reader->journal() == reader->journal();
    s.reader.emplace(std::move(*reader));
    if (!same) s.bad_told = s.missed_told = 0;
    s.bad_told = std::min(s.bad_told, s.reader->bad_lines());
    s.missed_told = std::min(s.missed_told, s.reader->missed_segments());
}

bool Listener::read(Source& s, Moment now, Timestamp wall) {
    open(s, now);
    Batch batch;
    const bool room = !parts_.file || parts_.file->waiting() < most_unwritten;
    if (s.reader) {
        if (!s.reader->read(batch, room ? most_at_once : 0)) s.reader.reset();
    }
    const bool more = batch.alarms.size() == most_at_once;
    take(batch.alarms, now);
    if (batch.beat && !s.own) s.liveness.heard(*batch.beat, now);
    if (s.reader) {
        Place& place = places_[s.folder];
        place.position = s.reader->position();
        place.journal = s.reader->journal();
        tell_damage(s, wall);
    }
    if (!s.own) {
        for (AlarmRecord& r : s.liveness.check(now, wall)) say(std::move(r));
        places_[s.folder].standing = s.liveness.standing();
    }
    return more;
}

void Listener::tell_damage(Source& s, Timestamp wall) {
    const std::uint64_t missed = s.reader->missed_segments(), bad = s.reader->bad_lines();
    const auto told = [&](Severity severity, std::string sentence) { say({{}, wall, severity, "journal", std::move(sentence), 0, 0}); };
    if (missed > s.missed_told)
        told(Severity::critical, fmt::format("{} files of the alarm journal {} were removed before they were read: their alarms are lost.",
                                             missed - s.missed_told, escape_for_display(s.folder)));
    if (bad > s.bad_told)
        told(Severity::high, fmt::format("{} lines of the alarm journal {} are no records: its writer died in them, or they were damaged.",
                                         bad - s.bad_told, escape_for_display(s.folder)));
    s.missed_told = missed;
    s.bad_told = bad;
}

/// The file first and once; then people. What the file has already was perhaps not heard by all: its place was not saved.
void Listener::take(std::vector<AlarmRecord>& alarms, Moment now) {
    if (alarms.empty()) return;
    for (AlarmRecord& r : alarms) {
        ++recorded_;
        mark(r);
        if (parts_.file && !parts_.file->has(r.id)) parts_.file->add(r);
    }
    write_file();
    for (const AlarmRecord& r : alarms)
        if (const auto kept_back = throttle_.ring(r, now)) ring(r, *kept_back);
}

void Listener::ring(const AlarmRecord& record, std::uint64_t kept_back) {
    ++rung_;
    const Ring r{record, sentence_of(record, kept_back)};
    for (const auto& sink : parts_.sinks) sink->ring(r);
}

/// An alarm of its own goes the way of all others: through a journal. Where that cannot be written, it rings at once, and again
/// when it can.
void Listener::say(AlarmRecord record) {
    if (parts_.own->alarm(record)) return;
    mark(record);
    ring(record, 0);
}

void Listener::mark(AlarmRecord& record) const {
    if (options_.unconfined) record.sentence += " [span-alarm is not confined]";
}

void Listener::write_file() {
    if (parts_.file) complain(file_trouble_, parts_.file->write());
}

void Listener::save() {
    if (parts_.file && !parts_.file->settled()) return;
    complain(place_trouble_, parts_.places.save(places_));
}

/// Once for each trouble.
void Listener::complain(std::string& last, const Result<Done>& done) const {
    const std::string text = done ? "" : done.error().text;
    if (!text.empty() && text != last) fmt::print(stderr, "span-alarm: {}\n", text);
    last = text;
}

void Listener::look_for_acks() {
    struct stat status {};
    if (options_.acks.empty() || ::stat(options_.acks.c_str(), &status) != 0) return;
    const auto octets = static_cast<std::uint64_t>(status.st_size);
    const auto before = std::exchange(acks_octets_, octets);
    if (before && octets > *before)
        for (const auto& sink : parts_.sinks) sink->acknowledged();
}

void Listener::beat(Moment now, Timestamp wall) {
    if (now < next_beat_) return;
    next_beat_ = now + std::chrono::seconds{1};
    const std::string trouble = !file_trouble_.empty() ? file_trouble_ : place_trouble_;
    static_cast<void>(parts_.own->heartbeat({wall, "span-alarm", recorded_, std::nullopt, std::nullopt, trouble, true}));
}

void Listener::reopen() {
    if (parts_.file) complain(file_trouble_, parts_.file->reopen());
    for (const auto& sink : parts_.sinks) sink->reopen();
}

void Listener::finish(Moment now, Timestamp wall) {
    step(now, wall);
    for (const Throttle::Due& due : throttle_.due(now, true)) ring(due.last, due.kept_back);
    for (const auto& sink : parts_.sinks) sink->tick(now);
}

std::string Listener::counters() const {
    std::uint64_t bad = 0, missed = 0, dropped = 0, late = 0;
    for (const Source& s : sources_) {
        if (s.reader) bad += s.reader->bad_lines();
        if (s.reader) missed += s.reader->missed_segments();
        late += s.liveness.is_late();
    }
    for (const auto& sink : parts_.sinks) dropped += sink->dropped();
    return fmt::format(
        "{} alarms read, {} rung, {} kept back by the throttle, {} not shown by a sink; {} journals, {} silent, {} bad lines, {} files missed",
        recorded_, rung_, throttle_.kept_back(), dropped, sources_.size() - 1, late, bad, missed);
}

}  // namespace sw

#include <fmt/format.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <random>

#include "rules/base/text.hpp"
#include "sensor/journal/alarm_files.hpp"
#include "sensor/journal/alarm_json.hpp"
#include "sensor/journal/line_files.hpp"
#include "sensor/journal/line_reader.hpp"
#include "sensor/journal/numbered_files.hpp"

namespace sw {
namespace {

constexpr std::size_t most_waiting = 1024;
constexpr LineFiles::Limits alarm_limits{alarm_suffix, 4u << 20, 16};
constexpr LineFiles::Limits beat_limits{beat_suffix, 1u << 20, 2};

/// What earlier runs left: the journal's id, "" if there is none, and the first number that is free.
AlarmSegment known_of(int folder) {
    AlarmSegment known{{}, 0, 1};
    AlarmJson json;
    const auto segments = list_numbered(folder, alarm_suffix);
    for (auto s = segments.rbegin(); s != segments.rend() && known.journal.empty(); ++s) {
        const UniqueFd fd = open_numbered(folder, s->number, alarm_suffix);
        LineReader lines;
        lines.start(fd.get(), 0);
        for (std::string_view line; fd && lines.next(line) == LineReader::Got::line;) {
            const AlarmJson::Kind kind = json.read(line);
            if (kind == AlarmJson::Kind::segment) {
                known.journal = json.segment.journal;
                known.next = std::max(known.next, json.segment.next);
            }
            if (kind == AlarmJson::Kind::alarm) known.next = std::max(known.next, alarm_id_from(json.alarm.id)->number + 1);
        }
    }
    return known;
}

class Writer final : public AlarmWriter {
public:
    explicit Writer(UniqueFd folder) : folder_(std::move(folder)) {}

    Result<Done> begin() {
        std::random_device device;
        AlarmSegment known = known_of(folder_.get());
        journal_ = known.journal.empty() ? fmt::format("{:08x}", device()) : known.journal;
        next_ = known.next;
        const auto first_line = [this](std::uint64_t number) { return to_json(AlarmSegment{journal_, number, next_}); };
        if (auto opened = alarms_.open(folder_.get(), alarm_limits, first_line); !opened) return opened;
        // The line that the run before died in is whole now, perhaps; and one that was read but not yet on the disk when the power
        // failed has rung under a number that no file tells: both are passed over.
        if (!known.journal.empty()) next_ = known_of(folder_.get()).next + 1;
        return beats_.open(folder_.get(), beat_limits, first_line);
    }

    bool alarm(AlarmRecord record) override {
        if (waiting_.size() >= most_waiting && !flush()) {
            ++lost_;
            return false;
        }
        last_id_ = wait(std::move(record));
        return flush();
    }

    const std::string& last_id() const override { return last_id_; }

    bool heartbeat(const AlarmHeartbeat& beat) override {
        const bool alarms_told = waiting_.empty() || flush();
        if (!beats_.settle()) return false;
        beats_.take(to_json(beat));
        return beats_.settle() && alarms_told;
    }

private:
    struct Waiting {
        std::string line;
        bool taken = false;  ///< by the file, which may still have to write or sync it
    };

    std::string wait(AlarmRecord record) {
        record.id = fmt::format("{}:{}", journal_, next_++);
        waiting_.push_back({to_json(record), false});
        return record.id;
    }

    /// One after the other, so that at most one can have been read and not be on the disk.
    bool flush() {
        while (!waiting_.empty()) {
            Waiting& first = waiting_.front();
            if (!alarms_.settle()) return false;
            if (!std::exchange(first.taken, true)) alarms_.take(first.line);
            if (!alarms_.settle() || !alarms_.sync()) return false;
            const Timestamp at = json_.read(first.line) == AlarmJson::Kind::alarm ? json_.alarm.at : Timestamp{};
            waiting_.pop_front();
            if (lost_ > 0) tell_lost(at);
        }
        return true;
    }

    void tell_lost(Timestamp at) {
        wait({{},
              at,
              Severity::critical,
              "journal",
              fmt::format("The alarm journal could not be written, and {} alarms found no room in memory: they are lost.", lost_),
              0,
              0});
        lost_ = 0;
    }

    UniqueFd folder_;
    std::string journal_, last_id_;
    std::uint64_t next_ = 1;
    LineFiles alarms_, beats_;
    std::deque<Waiting> waiting_;
    std::uint64_t lost_ = 0;
    AlarmJson json_;
};

}  // namespace

Result<std::unique_ptr<AlarmWriter>> AlarmWriter::open(const std::string& folder) {
    auto fd = open_journal_folder(folder);
    if (!fd) return Unexpected{fd.error()};
    const std::string name = escape_for_display(folder);
    if (::flock(fd->get(), LOCK_EX | LOCK_NB) != 0)
        return unexpected(fmt::format("cannot write the alarm journal {}: {}", name,
                                      errno == EWOULDBLOCK ? "another process writes it; end that one first" : std::strerror(errno)),
                          ExitCode::environment);
    auto writer = std::make_unique<Writer>(std::move(*fd));
    if (auto begun = writer->begin(); !begun)
        return unexpected(fmt::format("alarm journal {}: {}", name, begun.error().text), begun.error().code);
    return std::unique_ptr<AlarmWriter>(std::move(writer));
}

}  // namespace sw

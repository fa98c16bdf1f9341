#include "collector/daemon/spool.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "rules/base/text.hpp"
#include "sensor/journal/numbered_files.hpp"
#include "sensor/journal/segments.hpp"

namespace sw {

using namespace std::chrono_literals;

Spool::Spool(std::string folder, Store store, const SampleLimits& limits, const Ring& ring, LinesReadTo lines_read_to)
    : folder_(std::move(folder)),
      name_(escape_for_display(folder_)),
      store_(std::move(store)),
      ingest_(store_, limits),
      coverage_(ingest_, name_),
      ring_(&ring),
      lines_read_to_(std::move(lines_read_to)) {}

/// A spool that is not there yet, or that no sensor has begun, is waited for.
Result<Done> Spool::open(Instant now) {
    not_before_ = now + 1s;
    auto any = JournalReader::open(folder_, {});
    if (!any) return Done{};
    auto progress = ingest_.begin("spool:" + any->id());
    if (!progress) return fail(progress.error(), now);
    committed_ = progress->position;
    auto reader = JournalReader::open(folder_, skip_to_.value_or(committed_));
    if (!reader) return Done{};
    reader_.emplace(std::move(*reader));
    skip_to_.reset();
    uncommitted_ = 0;
    committed_at_ = now;
    return Done{};
}

Result<std::size_t> Spool::turn(Instant now) {
    if (!reader_ && now < not_before_) return std::size_t{0};
    if (!reader_)
        if (auto done = open(now); !done) return Unexpected{done.error()};
    if (!reader_) return std::size_t{0};
    auto read = reader_->read(coverage_, records_a_read);
    if (!read) (*ring_)(Severity::critical, "integrity", read.error().text);
    const std::size_t n = read ? *read : 0;
    uncommitted_ += n;
    if (is_time(now, n == 0))
        if (auto done = commit(now); !done) return Unexpected{done.error()};
    return n;
}

bool Spool::is_time(Instant now, bool idle) const {
    const auto since = now - committed_at_;
    const JournalPosition here = reader_->position();
    if (ingest_.pending() > 0) return ingest_.pending() >= Ingest::comfortable || since >= 1s || (idle && since >= 200ms);
    // Heartbeats only: nothing is lost if they are read again, but segments must not pile up.
    return here.segment != committed_.segment || (here != committed_ && since >= 60s);
}

Result<Done> Spool::commit(Instant now) {
    if (!reader_ || reader_->position() == committed_) return Done{};
    for (AlarmRecord& a : coverage_.take()) (*ring_)(std::move(a));
    const JournalPosition here = reader_->position();
    if (auto done = ingest_.commit(here); !done) return fail(done.error(), now);
    remove_finished(std::min(here.segment, lines_read_to_(folder_)));
    committed_ = here;
    committed_at_ = now;
    records_ += std::exchange(uncommitted_, 0);
    pause_ = least_pause;
    if (!std::exchange(trouble_, {}).empty())
        (*ring_)(Severity::notice, "store",
                 fmt::format("{}: the store takes records again; what waited in the spool is caught up with", name_));
    return Done{};
}

/// Nothing since the last commit is in the store; the spool still has it.
Result<Done> Spool::fail(const Error& error, Instant now) {
    if (error.code == ExitCode::integrity) return Unexpected{error};
    if (error.code == ExitCode::input && reader_) {
        skip_segment(error);
        return Done{};
    }
    reader_.reset();
    not_before_ = now + pause_;
    pause_ = std::min<std::chrono::seconds>(pause_ * 2, most_pause);
    if (trouble_.empty()) (*ring_)(Severity::high, "store", fmt::format("{}: nothing is taken from this spool: {}", name_, error.text));
    trouble_ = error.text;
    return Done{};
}

/// Records that no sensor of ours writes.
void Spool::skip_segment(const Error& error) {
    const JournalPosition next{reader_->position().segment + 1, 0};
    (*ring_)(Severity::critical, "integrity",
             fmt::format("{}: {}; what is left of its segments up to {} is skipped", name_, error.text, next.segment - 1));
    skip_to_ = next;
    reader_.reset();
    not_before_ = {};
}

void Spool::remove_finished(std::uint64_t segment) {
    if (segment <= std::exchange(removed_to_, std::max(removed_to_, segment))) return;
    const auto folder = open_journal_folder(folder_);
    if (!folder) return;
    for (const SegmentEntry& s : list_segments(folder->get())) {
        if (s.number + 1 >= segment) return;
        if (::unlinkat(folder->get(), segment_name(s.number).c_str(), 0) == 0) continue;
        if (std::exchange(removal_failed_, true)) return;
        return (*ring_)(Severity::high, "store",
                        fmt::format("{}: segments that are in the store cannot be removed ({}): the spool will fill up to its budget; let "
                                    "the collector's user write this folder",
                                    name_, std::strerror(errno)));
    }
}

}  // namespace sw

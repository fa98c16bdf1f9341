#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "rules/base/text.hpp"
#include "sensor/journal/alarm_files.hpp"
#include "sensor/journal/alarm_json.hpp"
#include "sensor/journal/line_reader.hpp"
#include "sensor/journal/numbered_files.hpp"

namespace sw {
namespace {

/// The newest heartbeat of a journal: the last whole line of the newest file.
class NewestBeat {
public:
    /// Is there one that was not told yet? It is in json.heartbeat then.
    bool look(int folder, AlarmJson& json, std::uint64_t& bad) {
        follow(folder);
        struct stat status {};
        if (!fd_ || ::fstat(fd_.get(), &status) != 0) return false;
        if (status.st_nlink == 0) fd_.reset();  // removed, and the one behind it too: look for the newest next time
        if (!fd_) return false;
        const auto size = static_cast<std::uint64_t>(status.st_size);
        std::array<char, 4096> tail{};
        const std::uint64_t from = size - std::min<std::uint64_t>(size, tail.size());
        const ssize_t n = size == told_ ? 0 : ::pread(fd_.get(), tail.data(), tail.size(), static_cast<off_t>(from));
        if (n <= 0) return false;
        std::string_view text(tail.data(), static_cast<std::size_t>(n));
        const std::size_t end = text.rfind('\n');
        if (end == std::string_view::npos || from + end + 1 == told_) return false;
        told_ = from + end + 1;
        const std::size_t start = end == 0 ? 0 : text.rfind('\n', end - 1) + 1;  // npos + 1 is 0
        const AlarmJson::Kind kind = json.read(text.substr(start, end - start));
        bad += kind == AlarmJson::Kind::bad;
        return kind == AlarmJson::Kind::heartbeat;
    }

private:
    void follow(int folder) {
        if (fd_)
            if (UniqueFd next = open_numbered(folder, number_ + 1, beat_suffix); next) use(std::move(next), number_ + 1);
        if (fd_) return;
        const auto files = list_numbered(folder, beat_suffix);
        if (!files.empty()) use(open_numbered(folder, files.back().number, beat_suffix), files.back().number);
    }
    void use(UniqueFd fd, std::uint64_t number) {
        fd_ = std::move(fd);
        number_ = number;
        told_ = 0;
    }

    UniqueFd fd_;
    std::uint64_t number_ = 0, told_ = 0;
};

}  // namespace

struct AlarmReader::Impl {
    std::string folder_name;
    UniqueFd folder;
    AlarmPosition position;
    UniqueFd segment, next;  ///< next: was there before the last look at segment's end
    std::uint64_t next_number = 0;
    LineReader lines;
    NewestBeat beat;
    AlarmJson json;
    std::string journal;
    std::uint64_t bad = 0, missed = 0;

    bool find_segment();
    bool find_next();
    bool advance();
    std::size_t take(std::string_view line, Sink& sink);
    void begin(UniqueFd fd, std::uint64_t number, std::uint64_t offset);
    void read_journal_id(int fd);
};

void AlarmReader::Impl::begin(UniqueFd fd, std::uint64_t number, std::uint64_t offset) {
    segment = std::move(fd);
    next.reset();
    position = {number, offset};
    lines.start(segment.get(), offset);
}

/// The first line of a segment, wherever reading goes on.
void AlarmReader::Impl::read_journal_id(int fd) {
    LineReader first;
    first.start(fd, 0);
    std::string_view line;
    if (first.next(line) == LineReader::Got::line && json.read(line) == AlarmJson::Kind::segment) journal = json.segment.journal;
}

/// Where reading starts: at position, or at the oldest that there is if that is gone.
bool AlarmReader::Impl::find_segment() {
    const auto segments = list_numbered(folder.get(), alarm_suffix);
    if (segments.empty()) return false;
    const auto at = std::find_if(segments.begin(), segments.end(), [&](const SegmentEntry& s) { return s.number >= position.segment; });
    const bool replaced = at == segments.end() || (at->number == position.segment && at->octets < position.offset);
    const SegmentEntry& from = replaced ? segments.front() : *at;
    UniqueFd fd = open_numbered(folder.get(), from.number, alarm_suffix);
    if (!fd) return false;
    read_journal_id(fd.get());
    const bool there = from.number == position.segment && !replaced;
    if (!there && !replaced && position.segment != 0) missed += from.number - position.segment;
    begin(std::move(fd), from.number, there ? position.offset : 0);
    return true;
}

bool AlarmReader::Impl::find_next() {
    next_number = position.segment + 1;
    next = open_numbered(folder.get(), next_number, alarm_suffix);
    struct stat status {};
    if (next || ::fstat(segment.get(), &status) != 0 || status.st_nlink > 0) return static_cast<bool>(next);
    // Removed while it was read, and so was the next: go on with the oldest that there is.
    const auto segments = list_numbered(folder.get(), alarm_suffix);
    if (segments.empty() || segments.front().number <= position.segment) return false;
    next_number = segments.front().number;
    next = open_numbered(folder.get(), next_number, alarm_suffix);
    return static_cast<bool>(next);
}

/// At the end of a segment: is there more, in this one or in the next?
bool AlarmReader::Impl::advance() {
    if (!next) return find_next();  // what was put here before the next one began is read first
    bad += lines.torn();
    missed += next_number - position.segment - 1;
    begin(std::move(next), next_number, 0);
    return true;
}

std::size_t AlarmReader::Impl::take(std::string_view line, Sink& sink) {
    position.offset = lines.offset();
    switch (json.read(line)) {
        case AlarmJson::Kind::bad:
            ++bad;
            break;
        case AlarmJson::Kind::segment:
            journal = json.segment.journal;
            break;
        case AlarmJson::Kind::alarm:
            sink.alarm(json.alarm);
            return 1;
        case AlarmJson::Kind::heartbeat:
        case AlarmJson::Kind::unknown:
            break;
    }
    return 0;
}

AlarmReader::AlarmReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AlarmReader::AlarmReader(AlarmReader&&) noexcept = default;
AlarmReader& AlarmReader::operator=(AlarmReader&&) noexcept = default;
AlarmReader::~AlarmReader() = default;

Result<AlarmReader> AlarmReader::open(const std::string& folder, AlarmPosition from) {
    auto fd = open_journal_folder(folder);
    if (!fd) return Unexpected{fd.error()};
    auto impl = std::make_unique<Impl>();
    impl->folder_name = folder;
    impl->folder = std::move(*fd);
    impl->position = from;
    impl->find_segment();
    return AlarmReader(std::move(impl));
}

Result<std::size_t> AlarmReader::read(Sink& sink, std::size_t max) {
    Impl& r = *impl_;
    std::size_t alarms = 0;
    bool more = r.segment || r.find_segment();
    for (std::string_view line; more && alarms < max;) {
        switch (r.lines.next(line)) {
            case LineReader::Got::line:
                alarms += r.take(line, sink);
                break;
            case LineReader::Got::nothing:
                more = r.advance();
                break;
            case LineReader::Got::error:
                return unexpected(fmt::format("reading the alarm journal {}: {}", escape_for_display(r.folder_name), std::strerror(errno)),
                                  ExitCode::environment);
        }
    }
    if (r.beat.look(r.folder.get(), r.json, r.bad)) sink.heartbeat(r.json.heartbeat);
    return alarms;
}

AlarmPosition AlarmReader::position() const { return impl_->position; }
const std::string& AlarmReader::journal() const { return impl_->journal; }
std::uint64_t AlarmReader::bad_lines() const { return impl_->bad; }
std::uint64_t AlarmReader::missed_segments() const { return impl_->missed; }

}  // namespace sw

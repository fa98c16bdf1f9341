#include "collector/sources/journal_source.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <charconv>

#include "collector/store/digits.hpp"
#include "rules/base/text.hpp"
#include "sensor/journal/segments.hpp"

namespace sw {

/// Everything else is the packets' Ingest's.
class JournalSource::Sink final : public RecordSink {
public:
    Sink(JournalSource& source, LogIngest& into) : source_(source), into_(into) {}

    void run(const RunRecord& r) override {
        if (is_mirror()) return into_.sensor_policy(r);
        if (source_.drops_.socket != r.source) source_.drops_ = {r.source, 0};
    }
    void finding(const FindingRecord&) override {}
    void packet(const PacketRecord&) override {}
    void count(const CountRecord&) override {}
    void flow(const FlowRecord&) override {}
    void opening(const OpeningRecord& o) override { into_.opening(o); }
    void log(const LogRecord& l) override {
        into_.line({.via = source_.via_, .source = l.tuple.src, .mac = l.mac, .received = l.ts, .octets = l.octets, .broken = {}});
    }
    void chart(const ChartRecord&) override {}
    void coverage(const CoverageRecord& c) override {
        if (is_mirror()) into_.conversations_until(c.to);
        source_.lost(into_, c.to, c.logs_dropped, "there was no room for them in its journal");
    }
    void heartbeat(const HeartbeatRecord& h) override { is_mirror() ? into_.conversations_until(h.at) : source_.heard(h, into_); }

private:
    bool is_mirror() const { return source_.via_ == LogVia::mirror; }

    JournalSource& source_;
    LogIngest& into_;
};

/// The kernel counts in 32 bits.
void JournalSource::heard(const HeartbeatRecord& h, LogIngest& into) {
    const std::uint64_t more =
        h.samples_dropped >= drops_.total ? h.samples_dropped - drops_.total : (h.samples_dropped + (1ull << 32)) - drops_.total;
    drops_.total = h.samples_dropped;
    lost(into, h.at, more, "the kernel dropped them, because they came faster than they were read");
}

void JournalSource::lost(LogIngest& into, Timestamp at, std::uint64_t lines, std::string_view why) {
    if (lines == 0) return;
    const std::string origin = via_ == LogVia::socket ? drops_.socket.substr(0, drops_.socket.rfind(' ')) : folder_;
    into.lost(origin, at, lines);
    const std::uint64_t before = std::exchange(lost_, lost_ + lines);
    if (before == 0 || digits_of(before) != digits_of(lost_))
        trouble_(Severity::high, "coverage", fmt::format("{}: {} syslog datagrams are lost: {}", escape_for_display(origin), lost_, why),
                 lost_);
}

JournalSource::JournalSource(std::string folder, LogVia via, LogTrouble trouble)
    : folder_(std::move(folder)), name_(escape_for_display(folder_)), via_(via), trouble_(std::move(trouble)) {}

/// One that is not there yet, or that nobody has begun, is waited for.
Result<Done> JournalSource::open(LogIngest& into) {
    const auto now = std::chrono::steady_clock::now();
    if (now < not_before_) return Done{};
    not_before_ = now + std::chrono::seconds{1};
    auto any = JournalReader::open(folder_, {});
    if (!any) return Done{};
    journal_ = "logs:" + any->id();
    const auto at = into.position(journal_);
    if (!at) return Unexpected{at.error()};
    committed_ = {at->segment, at->offset};
    drops_ = {};
    if (const std::size_t blank = at->mark.rfind(' '); via_ == LogVia::socket && blank != std::string::npos) {
        drops_.socket = at->mark.substr(0, blank);
        std::from_chars(at->mark.data() + blank + 1, at->mark.data() + at->mark.size(), drops_.total);
    }
    auto reader = JournalReader::open(folder_, committed_);
    if (!reader) return Done{};
    reader_.emplace(std::move(*reader));
    reader_->want(JournalReader::Want::logs);
    given_ = committed_;
    return Done{};
}

Result<std::size_t> JournalSource::read(LogIngest& into, std::size_t max) {
    if (!reader_)
        if (auto done = open(into); !done) return Unexpected{done.error()};
    if (!reader_) return std::size_t{0};
    Sink sink(*this, into);
    auto n = reader_->read(sink, max);
    given_ = reader_->position();
    if (n) return *n;
    trouble_(Severity::critical, "integrity", n.error().text, 0);
    return std::size_t{1};  // the rest of the segment was skipped: look on
}

void JournalSource::positions(std::vector<LogPosition>& positions) {
    if (!reader_ || given_ == committed_) return;
    const std::string mark = via_ == LogVia::socket ? fmt::format("{} {}", drops_.socket, drops_.total) : std::string();
    positions.push_back({journal_, given_.segment, given_.offset, mark, false});
}

/// A sensor's spool is emptied by those who read its packets; what came in on our socket is read by nobody else.
void JournalSource::committed() {
    if (!reader_) return;
    const bool ended = given_.segment != committed_.segment;
    committed_ = given_;
    if (via_ != LogVia::socket || !ended) return;
    const auto folder = open_journal_folder(folder_);
    if (!folder) return;
    for (const SegmentEntry& s : list_segments(folder->get()))
        if (s.number + 1 < committed_.segment) ::unlinkat(folder->get(), segment_name(s.number).c_str(), 0);
}

void JournalSource::rewind() {
    reader_.reset();
    not_before_ = {};
}

}  // namespace sw

#include "collector/store/ingest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "collector/store/ingest_impl.hpp"
#include "collector/store/wall_clock.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

/// The interval of packet time that ts is in: the greatest multiple of chart_interval not after it.
std::int64_t interval_of(Timestamp ts) {
    const std::int64_t length = chart_interval / Duration{1};
    const std::int64_t into = (ts.ns % length + length) % length;
    std::int64_t start;
    return __builtin_sub_overflow(ts.ns, into, &start) ? std::numeric_limits<std::int64_t>::min() : start;
}

}  // namespace

/// Of the first samples every one, then every power of ten from 100 on.
std::uint64_t Ingest::Impl::next_after(std::uint64_t ordinal) const {
    if (ordinal < limits_.first) return ordinal + 1;
    std::uint64_t decade = 100;
    while (decade <= ordinal && decade <= std::numeric_limits<std::uint64_t>::max() / 10) decade *= 10;
    return decade > ordinal ? decade : std::numeric_limits<std::uint64_t>::max();
}

void Ingest::Impl::forget_pending() {
    for (const std::size_t i : touched_) {
        FindingRow& row = rows_[i];
        row.packets = row.octets = row.kept = row.dropped = 0;
        row.next_sample = next_after(row.stored);
    }
    for (const FindingSpan& span : spans_) rows_[span.row].span_begin = rows_[span.row].span_end = 0;
    touched_.clear();
    spans_.clear();
    samples_.clear();
    arena_.clear();
    flows_.clear();
    charts_.clear();
    coverage_.clear();
    run_told_ = false;
}

void Ingest::Impl::forget_rows() {
    rows_.clear();
    by_key_.clear();
    absent_.clear();
    for (Number& n : numbers_) n.row = none;
}

void Ingest::Impl::fail(const Error& error) {
    error_ = error;
    open_.reset();
    forget_pending();
    forget_rows();
    uncommitted_ = {};
}

Result<Ingest::Progress> Ingest::Impl::begin(const std::string& journal) {
    // Rows that an open transaction made are not there any more once it is rolled back.
    if (open_) forget_rows();
    open_.reset();
    forget_pending();
    uncommitted_ = {};
    error_.reset();
    journal_ = journal;
    live_ = journal.starts_with("spool:");
    if (!prepared_) {
        auto prepared = IngestSql::prepare(store_.db());
        if (!prepared) return Unexpected{prepared.error()};
        sql_ = std::move(*prepared);
        prepared_ = true;
    }
    if (auto done = read_totals(); !done) return Unexpected{done.error()};
    Progress progress;
    auto row = sql_.progress.bind(1, journal).step();
    if (!row) return Unexpected{row.error()};
    if (*row) {
        progress.known = true;
        progress.position = {static_cast<std::uint64_t>(sql_.progress.integer(0)), static_cast<std::uint64_t>(sql_.progress.integer(1))};
        progress.complete = sql_.progress.integer(2) != 0;
        progress.began = {sql_.progress.integer(3)};
    }
    sql_.progress.reset();
    auto covered = sql_.covered.bind(1, journal).step();
    if (!covered) return Unexpected{covered.error()};
    progress.covered = *covered;
    sql_.covered.reset();
    return progress;
}

Result<Done> Ingest::Impl::commit(JournalPosition position, bool complete) {
    const auto write = [&]() -> Result<Done> {
        if (auto done = flush(); !done) return done;
        if (also_)
            if (auto done = also_(); !done) return done;
        sql_.position.bind(1, journal_)
            .bind(2, static_cast<std::int64_t>(position.segment))
            .bind(3, static_cast<std::int64_t>(position.offset))
            .bind(4, std::int64_t{complete})
            .bind(5, wall_clock().ns);
        if (auto done = sql_.position.run(); !done) return done;
        return open_->commit();
    };
    if (error_) return Unexpected{*error_};
    if (auto done = write(); !done) {
        fail(done.error());
        return done;
    }
    open_.reset();
    committed_.packets += uncommitted_.packets;
    committed_.findings_new += uncommitted_.findings_new;
    committed_.findings_known += uncommitted_.findings_known;
    committed_.samples += uncommitted_.samples;
    committed_.samples_dropped += uncommitted_.samples_dropped;
    uncommitted_ = {};
    if (rows_.size() > most_rows) forget_rows();
    return Done{};
}

/// Memory stays bounded even if the caller commits late: what waits goes into an open transaction.
void Ingest::Impl::relieve() {
    if (pending() < 4 * comfortable) return;
    if (auto done = flush(); !done) fail(done.error());
}

void Ingest::Impl::run(const RunRecord& r) {
    if (error_) return;
    // What waits was said under the run before; the statements name the policy of run_.
    const bool another = run_ && (run_->policy_sha256 != r.policy_sha256 || run_->began != r.began);
    if (another && pending() > 0)
        if (auto done = flush(); !done) return fail(done.error());
    run_ = r;
    run_told_ = run_told_ && !another;
    numbers_.clear();
}

void Ingest::Impl::describe(std::uint32_t number, FindingText text) {
    if (error_) return;
    if (number == 0 || number >= most_numbers)
        return fail({ExitCode::input, fmt::format("journal {}: finding number {} is out of range", escape_for_display(journal_), number)});
    if (numbers_.size() <= number)
        numbers_.resize(std::max<std::size_t>(number + 1, std::min<std::size_t>(numbers_.size() * 2, most_numbers)));
    numbers_[number] = {std::make_shared<FindingText>(std::move(text)), none};
}

std::int64_t Ingest::Impl::id_of(std::uint32_t number) const {
    const std::size_t row = number < numbers_.size() ? numbers_[number].row : none;
    return row == none ? 0 : rows_[row].id;
}

FindingRow* Ingest::Impl::row_of(std::uint32_t number) {
    if (number < numbers_.size() && numbers_[number].row != none) [[likely]]
        return &rows_[numbers_[number].row];
    if (error_) return nullptr;
    if (number >= numbers_.size() || !numbers_[number].text || !run_) {
        fail({ExitCode::input,
              fmt::format("journal {}: a packet of finding {}, which was never described", escape_for_display(journal_), number)});
        return nullptr;
    }
    auto row = resolve(numbers_[number].text);
    if (!row) {
        fail(row.error());
        return nullptr;
    }
    numbers_[number].row = *row;
    return &rows_[*row];
}

void Ingest::Impl::add_to_span(FindingRow& row, std::uint64_t packets, std::uint64_t octets, Timestamp ts) {
    if (ts.ns < row.span_begin || ts.ns >= row.span_end) {
        row.span_begin = interval_of(ts);
        row.span_end = (Timestamp{row.span_begin} + chart_interval).ns;
        row.span = spans_.size();
        spans_.push_back({static_cast<std::size_t>(&row - rows_.data()), row.span_begin, 0, 0});
    }
    spans_[row.span].packets += packets;
    spans_[row.span].octets += octets;
}

void Ingest::Impl::add(FindingRow& row, std::uint64_t packets, std::uint64_t octets, Timestamp first, Timestamp last) {
    if (row.packets == 0) {
        touched_.push_back(static_cast<std::size_t>(&row - rows_.data()));
        row.first = first;
        row.last = last;
    }
    row.packets += packets;
    row.octets += octets;
    row.first = std::min(row.first, first);
    row.last = std::max(row.last, last);
    add_to_span(row, packets, octets, first);
    uncommitted_.packets += packets;
}

PendingSample& Ingest::Impl::keep(FindingRow& row, PendingSample s, Bytes octets, std::string_view comment) {
    s.row = static_cast<std::size_t>(&row - rows_.data());
    s.nth = row.packets;
    s.at = arena_.size();
    s.caplen = octets.size();
    s.comment = comment.size();
    arena_.insert(arena_.end(), octets.begin(), octets.end());
    arena_.insert(arena_.end(), comment.begin(), comment.end());
    samples_.push_back(s);
    return samples_.back();
}

PendingSample& Ingest::Impl::keep_packet(FindingRow& row, const PacketRecord& p) {
    PendingSample s;
    s.ts = p.frame.ts;
    s.len = p.frame.len;
    s.link = p.frame.link;
    s.verdict = p.verdict;
    s.reasons = p.reasons;
    s.number = p.frame.number;
    s.wrapping = p.wrapping;
    s.inner_link = p.inner_link;
    return keep(row, s, {p.frame.data, p.frame.caplen}, p.comment);
}

/// Kept of a finding that is new: they follow its first packet.
void Ingest::Impl::keep_earlier(const PacketRecord& p) {
    FindingRow* row = row_of(p.finding);
    if (row == nullptr || row->stored + row->packets != 1) return;
    keep_packet(*row, p).earlier = p.earlier;
    relieve();
}

void Ingest::Impl::packet(const PacketRecord& p) {
    if (p.earlier > 0) return keep_earlier(p);
    FindingRow* row = row_of(p.finding);
    if (row == nullptr) return;
    add(*row, 1, p.judged_len(), p.frame.ts, p.frame.ts);
    if (row->stored + row->packets >= row->next_sample) {
        keep_packet(*row, p);
        row->next_sample = next_after(row->stored + row->packets);
    }
    relieve();
}

void Ingest::Impl::log_line(std::uint32_t number, Timestamp received, Bytes octets, const std::function<std::string()>& comment) {
    FindingRow* row = row_of(number);
    if (row == nullptr) return;
    add(*row, 1, octets.size(), received, received);
    if (row->stored + row->packets >= row->next_sample) {
        PendingSample s;
        s.ts = received;
        s.len = static_cast<std::uint32_t>(octets.size());
        // Of what the line is told as: its row may be one of the store's that takes many, and has no text here.
        const std::optional<LogFinding>& told = numbers_[number].text->log;
        s.verdict = told && told->black ? Verdict::black : Verdict::grey;
        s.is_log = true;
        keep(*row, s, octets, comment());
        row->next_sample = next_after(row->stored + row->packets);
    }
    relieve();
}

void Ingest::Impl::count(const CountRecord& c) {
    if (c.packets == 0) return;
    FindingRow* row = row_of(c.finding);
    if (row == nullptr) return;
    add(*row, c.packets, c.octets, c.first, c.last);
    row->next_sample = next_after(row->stored + row->packets);
    relieve();
}

Ingest::Ingest(Store& store, const SampleLimits& limits) : impl_(std::make_unique<Impl>(store, limits)) {}
Ingest::~Ingest() = default;
Result<Ingest::Progress> Ingest::begin(const std::string& journal) { return impl_->begin(journal); }
Result<Done> Ingest::commit(JournalPosition position, bool complete) { return impl_->commit(position, complete); }
void Ingest::run(const RunRecord& r) { impl_->run(r); }
void Ingest::finding(const FindingRecord& f) { impl_->describe(f.finding, {f, std::nullopt}); }
void Ingest::log_finding(std::uint32_t number, const LogFinding& f) {
    FindingRecord record;
    record.finding = number;
    impl_->describe(number, {std::move(record), f});
}
void Ingest::log_line(std::uint32_t number, Timestamp received, Bytes octets, const std::function<std::string()>& comment) {
    impl_->log_line(number, received, octets, comment);
}
void Ingest::also(std::function<Result<Done>()> rows) { impl_->also_ = std::move(rows); }
std::int64_t Ingest::id_of(std::uint32_t number) const { return impl_->id_of(number); }
void Ingest::packet(const PacketRecord& p) { impl_->packet(p); }
void Ingest::count(const CountRecord& c) { impl_->count(c); }
void Ingest::flow(const FlowRecord& f) { impl_->append(impl_->flows_, f); }
void Ingest::chart(const ChartRecord& c) { impl_->append(impl_->charts_, c); }
void Ingest::coverage(const CoverageRecord& c) { impl_->append(impl_->coverage_, c); }
void Ingest::heartbeat(const HeartbeatRecord&) {}
std::size_t Ingest::pending() const { return impl_->pending(); }
const Ingest::Totals& Ingest::totals() const { return impl_->totals(); }

}  // namespace sw

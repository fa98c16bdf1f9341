// What waits in memory, written into the open transaction.
#include <algorithm>

#include "collector/store/address_blob.hpp"
#include "collector/store/digits.hpp"
#include "collector/store/ingest_impl.hpp"
#include "collector/store/stored_text.hpp"
#include "collector/store/wall_clock.hpp"

namespace sw {
namespace {

std::int64_t as_integer(std::uint64_t v) { return static_cast<std::int64_t>(v); }

void bind_or_null(Statement& s, int at, const std::string& text) { text.empty() ? s.bind_null(at) : s.bind(at, stored_text(text)); }

void bind_or_null(Statement& s, int at, const Address& a) { a.family == 0 ? s.bind_null(at) : s.bind(at, Bytes(address_blob(a))); }

void bind_or_null(Statement& s, int at, const std::optional<std::uint64_t>& n) { n ? s.bind(at, as_integer(*n)) : s.bind_null(at); }

bool has_port(const Shape& s) { return !s.any_port && (s.proto == 6 || s.proto == 17) && s.network != Network::arp; }

}  // namespace

Result<Done> Ingest::Impl::read_totals() {
    auto row = sql_.totals.step();
    if (!row) return Unexpected{row.error()};
    findings_ = static_cast<std::uint64_t>(sql_.totals.integer(0));
    sample_octets_ = static_cast<std::uint64_t>(sql_.totals.integer(1));
    sql_.totals.reset();
    return Done{};
}

/// Behind the lock: has another process written since? Then what we remember of the rows is read again.
Result<Done> Ingest::Impl::catch_up() {
    auto row = sql_.data_version.step();
    if (!row) return Unexpected{row.error()};
    const std::int64_t version = sql_.data_version.integer(0);
    sql_.data_version.reset();
    if (version != data_version_) {
        data_version_ = version;
        ++epoch_;
        absent_.clear();
        const std::uint64_t unwritten =
            static_cast<std::uint64_t>(std::count_if(rows_.begin(), rows_.end(), [](const FindingRow& r) { return r.id == 0; }));
        if (auto done = read_totals(); !done) return done;
        findings_ += unwritten;
    }
    for (const std::size_t i : touched_) {
        FindingRow& known = rows_[i];
        if (known.epoch == epoch_) continue;
        known.epoch = epoch_;
        auto found = load(known, false);
        if (!found) return Unexpected{found.error()};
        if (*found || known.id == 0) continue;
        if (!known.text) return unexpected("a finding was removed from the store meanwhile: run it again", ExitCode::environment);
        known.id = 0;
        known.stored = 0;
    }
    return Done{};
}

Result<Done> Ingest::Impl::write_policy() {
    const RunRecord& r = *run_;
    sql_.policy.bind(1, stored_text(r.policy_sha256))
        .bind(2, stored_text(r.policy_path))
        .bind(3, Bytes(reinterpret_cast<const std::uint8_t*>(r.policy_text.data()), r.policy_text.size()))
        .bind(4, wall_clock().ns);
    return sql_.policy.run();
}

/// Which samples of those that wait are kept, now that their rows' counts are certain.
void Ingest::Impl::choose_samples() {
    for (PendingSample& s : samples_) {
        FindingRow& row = rows_[s.row];
        s.nth += row.stored;
        if (s.earlier == 0 && !wanted(s.nth)) continue;
        const std::uint64_t then = sample_octets_ + s.caplen;
        s.keep = then <= limits_.octets || (s.earlier == 0 && s.nth == 1 && then <= 2 * limits_.octets);
        if (s.earlier == 0) ++(s.keep ? row.kept : row.dropped);
        if (s.keep) sample_octets_ = then;
    }
}

/// Columns 2 to 16 and 24.
void Ingest::Impl::bind_packets(const FindingRecord& f) {
    const Shape& shape = f.shape;
    Statement& s = sql_.insert;
    s.bind(2, canonical(shape)).bind(3, static_cast<std::int64_t>(f.severity)).bind(4, std::int64_t{!shape.forbid.empty()});
    s.bind(5, std::int64_t{!is_exact(shape)})
        .bind(6, stored_reasons(shape.reasons))
        .bind(7, stored_text(f.sentence))
        .bind(8, stored_list(f.why));
    s.bind(9, stored_text(f.detail)).bind(10, to_string(shape.direction));
    bind_or_null(s, 11, shape.initiator);
    bind_or_null(s, 12, shape.responder);
    s.bind(13, proto_word(shape));
    has_port(shape) ? s.bind(14, std::int64_t{shape.port}) : s.bind_null(14);
    bind_or_null(s, 15, f.nearest);
    bind_or_null(s, 16, shape.forbid);
    s.bind(24, std::string_view("packet"));
}

void Ingest::Impl::bind_lines(const LogFinding& f) {
    Statement& s = sql_.insert;
    s.bind(2, f.shape).bind(3, static_cast<std::int64_t>(f.severity)).bind(4, std::int64_t{f.black}).bind(5, std::int64_t{f.folded});
    s.bind(6, stored_list({f.reason})).bind(7, stored_text(f.sentence)).bind(8, stored_list(f.why)).bind(9, stored_text(f.detail));
    s.bind(10, to_string(Direction::unknown));
    bind_or_null(s, 11, f.source);
    s.bind_null(12).bind(13, std::string_view("syslog")).bind_null(14).bind_null(15).bind_null(16);
    s.bind(24, std::string_view("log"));
}

Result<Done> Ingest::Impl::insert_finding(FindingRow& row) {
    Statement& s = sql_.insert;
    s.bind_borrowed(1, Bytes(row.key));
    row.text->log ? bind_lines(*row.text->log) : bind_packets(row.text->record);
    s.bind(17, as_integer(row.packets)).bind(18, as_integer(row.octets)).bind(19, row.first.ns).bind(20, row.last.ns);
    s.bind(21, as_integer(row.kept)).bind(22, as_integer(row.dropped)).bind(23, stored_text(run_->policy_sha256));
    if (auto done = s.run(); !done) return done;
    row.id = store_.db().last_insert();
    row.told_by = run_->policy_sha256;
    row.stored_first = row.first;
    row.epoch = epoch_;
    ++uncommitted_.findings_new;
    row.seen = true;
    return Done{};
}

Result<Done> Ingest::Impl::update_finding(FindingRow& row) {
    sql_.update.bind(1, as_integer(row.packets)).bind(2, as_integer(row.octets)).bind(3, row.last.ns).bind(4, as_integer(row.kept));
    sql_.update.bind(5, as_integer(row.dropped)).bind(6, row.id);
    if (auto done = sql_.update.run(); !done) return done;
    if (row.first < row.stored_first) {  // rare, and it moves the row within the queue's index
        if (auto done = sql_.earlier.bind(1, row.first.ns).bind(2, row.id).run(); !done) return done;
        row.stored_first = row.first;
    }
    if (row.text && row.told_by != run_->policy_sha256) {
        const FindingRecord& f = row.text->record;
        const LogFinding* log = row.text->log ? &*row.text->log : nullptr;
        sql_.retell.bind(1, stored_text(log ? log->sentence : f.sentence))
            .bind(2, stored_list(log ? log->why : f.why))
            .bind(3, stored_text(log ? log->detail : f.detail));
        bind_or_null(sql_.retell, 4, f.nearest);
        if (auto done = sql_.retell.bind(5, stored_text(run_->policy_sha256)).bind(6, row.id).run(); !done) return done;
        row.told_by = run_->policy_sha256;
    }
    if (!std::exchange(row.seen, true)) ++uncommitted_.findings_known;
    return Done{};
}

/// A new finding that its sensor has not rung for itself, or one whose count has one digit more now.
Result<Done> Ingest::Impl::note_due(const FindingRow& row) {
    const unsigned digits = digits_of(row.stored + row.packets);
    const std::uint64_t heard = row.stored == 0 && row.text && !row.text->record.alarm.empty() ? 1 : row.stored;
    if (!live_ || (heard > 0 && digits == digits_of(heard))) return Done{};
    sql_.alarm_due.bind(1, row.id).bind(2, as_integer(heard)).bind(3, std::int64_t{digits}).bind(4, wall_clock().ns);
    return sql_.alarm_due.run();
}

Result<Done> Ingest::Impl::write_finding(FindingRow& row) {
    if (auto done = row.id == 0 ? insert_finding(row) : update_finding(row); !done) return done;
    if (auto done = note_due(row); !done) return done;
    uncommitted_.samples += row.kept;
    uncommitted_.samples_dropped += row.dropped;
    row.stored += row.packets;
    row.next_sample = next_after(row.stored);
    row.packets = row.octets = row.kept = row.dropped = 0;
    return Done{};
}

Result<Done> Ingest::Impl::write_findings() {
    for (const std::size_t i : touched_)
        if (auto done = write_finding(rows_[i]); !done) return done;
    touched_.clear();
    return Done{};
}

Result<Done> Ingest::Impl::write_spans() {
    std::sort(spans_.begin(), spans_.end(), [&](const FindingSpan& a, const FindingSpan& b) { return rows_[a.row].id < rows_[b.row].id; });
    for (const FindingSpan& s : spans_) {
        rows_[s.row].span_begin = rows_[s.row].span_end = 0;
        sql_.span.bind(1, rows_[s.row].id).bind(2, s.start).bind(3, as_integer(s.packets)).bind(4, as_integer(s.octets));
        if (auto done = sql_.span.run(); !done) return done;
    }
    spans_.clear();
    return Done{};
}

Result<Done> Ingest::Impl::write_samples() {
    if (samples_.empty()) return Done{};
    // Packets before a finding's first have the ordinals 0, -1 and so on, the nearest first.
    const auto ordinal = [](const PendingSample& s) { return s.earlier == 0 ? as_integer(s.nth) : 1 - std::int64_t{s.earlier}; };
    const auto place = [&](const PendingSample& s) { return std::pair(rows_[s.row].id, ordinal(s)); };
    std::sort(samples_.begin(), samples_.end(), [&](const PendingSample& a, const PendingSample& b) { return place(a) < place(b); });
    const std::string policy = stored_text(run_->policy_sha256);
    ReasonSet reasons;
    std::string slugs = stored_reasons(reasons);
    Statement& s = sql_.sample;
    s.bind(10, journal_).bind(12, policy);
    for (const PendingSample& p : samples_) {
        if (!p.keep) continue;
        if (!(p.reasons == reasons)) slugs = stored_reasons(reasons = p.reasons);
        const FindingRow& row = rows_[p.row];
        const std::string line_slug = p.is_log && row.text && row.text->log ? stored_list({row.text->log->reason}) : "";
        const std::string comment = stored_text({reinterpret_cast<const char*>(arena_.data()) + p.at + p.caplen, p.comment});
        s.bind(1, rows_[p.row].id).bind(2, ordinal(p)).bind(3, p.ts.ns).bind(4, std::int64_t{p.len}).bind(5, std::int64_t{p.link.linktype});
        s.bind(6, std::int64_t{p.link.swapped})
            .bind_borrowed(7, to_string(p.verdict))
            .bind_borrowed(8, line_slug.empty() ? slugs : line_slug)
            .bind_borrowed(9, comment);
        s.bind(11, as_integer(p.number)).bind_borrowed(13, Bytes(arena_.data() + p.at, p.caplen));
        s.bind_borrowed(14, p.is_log ? std::string_view("log") : std::string_view("packet"));
        if (auto done = s.run(); !done) return done;
        if (p.wrapping.octets() > 0)
            if (auto done = write_wrapping(rows_[p.row].id, ordinal(p), p); !done) return done;
    }
    samples_.clear();
    arena_.clear();
    return sql_.sample_octets.bind(1, std::to_string(sample_octets_)).run();
}

Result<Done> Ingest::Impl::write_flows() {
    const std::string policy = flows_.empty() ? "" : stored_text(run_->policy_sha256);
    for (const FlowRecord& f : flows_) {
        if (f.ledger)
            if (auto done = write_session(f); !done) return done;
        if (f.live) continue;
        sql_.flow.bind(1, stored_text(f.rule)).bind(2, Bytes(address_blob(f.tuple.src))).bind(3, Bytes(address_blob(f.tuple.dst)));
        sql_.flow.bind(4, std::int64_t{f.tuple.proto}).bind(5, std::int64_t{f.tuple.sport}).bind(6, std::int64_t{f.tuple.dport});
        sql_.flow.bind(7, as_integer(f.packets[0]))
            .bind(8, as_integer(f.packets[1]))
            .bind(9, as_integer(f.octets[0]))
            .bind(10, as_integer(f.octets[1]));
        sql_.flow.bind(11, f.first.ns)
            .bind(12, f.last.ns)
            .bind(13, std::int64_t{f.provisional})
            .bind(14, std::int64_t{f.complete})
            .bind(15, policy);
        if (auto done = sql_.flow.run(); !done) return done;
    }
    flows_.clear();
    return Done{};
}

Result<Done> Ingest::Impl::write_charts() {
    for (const ChartRecord& c : charts_) {
        sql_.chart.bind(1, c.start.ns)
            .bind(2, stored_text(c.rule))
            .bind(3, Bytes(address_blob(c.initiator)))
            .bind(4, Bytes(address_blob(c.responder)));
        sql_.chart.bind(5, std::int64_t{c.proto})
            .bind(6, std::int64_t{c.port})
            .bind(7, as_integer(c.packets))
            .bind(8, as_integer(c.octets));
        if (auto done = sql_.chart.bind(9, as_integer(c.flows)).run(); !done) return done;
    }
    charts_.clear();
    return Done{};
}

Result<Done> Ingest::Impl::write_coverage() {
    for (const CoverageRecord& c : coverage_) {
        // A capture file has one row: what an earlier reading of it covered before it broke off is in this one.
        if (!c.file.empty())
            if (auto done = sql_.uncover.bind(1, journal_).run(); !done) return done;
        Statement& s = sql_.coverage;
        s.bind(1, journal_).bind(2, stored_text(c.file)).bind(3, stored_text(run_->policy_sha256)).bind(4, to_string(run_->mode));
        s.bind(5, std::int64_t{run_->unconfined})
            .bind(6, c.from.ns)
            .bind(7, c.to.ns)
            .bind(8, as_integer(c.frames))
            .bind(9, as_integer(c.octets));
        s.bind(10, as_integer(c.allowed))
            .bind(11, as_integer(c.greylisted))
            .bind(12, as_integer(c.blacklisted))
            .bind(13, as_integer(c.flows));
        s.bind(14, as_integer(c.clock_steps));
        bind_or_null(s, 15, c.kernel_drops);
        bind_or_null(s, 16, c.interface_drops);
        s.bind(17, as_integer(c.samples_dropped));
        bind_or_null(s, 18, c.error);
        s.bind(19, as_integer(c.logs)).bind(20, as_integer(c.logs_dropped));
        if (auto done = s.run(); !done) return done;
        if (!c.mirror_lost) continue;
        sql_.mirror.bind(1, as_integer(*c.mirror_lost)).bind(2, store_.db().last_insert());
        if (auto done = sql_.mirror.run(); !done) return done;
    }
    coverage_.clear();
    return Done{};
}

Result<Done> Ingest::Impl::flush() {
    if (!open_) {
        auto transaction = Transaction::begin(store_.db());
        if (!transaction) return Unexpected{transaction.error()};
        open_.emplace(std::move(*transaction));
    }
    if (run_ && !run_told_)
        if (auto done = lose_sessions(); !done) return done;
    if (pending() == 0) return Done{};
    if (!run_) return unexpected("records came before the run that they belong to");
    if (auto done = catch_up(); !done) return done;
    choose_samples();
    using Step = Result<Done> (Impl::*)();
    for (const Step step : {&Impl::write_policy, &Impl::write_findings, &Impl::write_spans, &Impl::write_samples, &Impl::write_flows,
                            &Impl::write_charts, &Impl::write_coverage})
        if (auto done = (this->*step)(); !done) return done;
    return Done{};
}

}  // namespace sw

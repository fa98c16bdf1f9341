// What waits, into the transaction that Ingest opened.
#include <algorithm>

#include "collector/logs/book_rows.hpp"
#include "collector/logs/log_ingest_impl.hpp"
#include "collector/store/address_blob.hpp"
#include "collector/store/stored_text.hpp"
#include "collector/store/wall_clock.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

std::int64_t as_integer(std::uint64_t v) { return static_cast<std::int64_t>(v); }

bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f && c != '\\'; });
}

constexpr std::uint32_t most_numbers = 200'000;  ///< of findings in one run of Ingest

/// Most names are plain ASCII, and are bound where they lie.
void bind_clean(Statement& s, int at, std::string_view text) {
    if (is_plain(text))
        s.bind_borrowed(at, text);
    else
        s.bind(at, escape_for_display(text));
}

}  // namespace

Result<Done> LogIngest::Impl::open() {
    auto prepared = LogSql::prepare(store_.db());
    if (!prepared) return Unexpected{prepared.error()};
    sql_ = std::move(*prepared);
    ingest_.also([this] { return write_rows(); });
    return reload();
}

void LogIngest::Impl::set_rules(LogRules r) {
    rules = std::move(r);
    token_.clear();  // the book is loaded again at the next commit
    book_->judge.set_policy(rules.logs);
}

/// Everything that is not committed is forgotten.
void LogIngest::Impl::forget() {
    events_.clear();
    arena_.clear();
    touched_.clear();
    losses.clear();
    witness.forget();
    uncommitted_ = {};
    last_source_.reset();
}

Result<Done> LogIngest::Impl::reload() {
    forget();
    auto token = log_token(store_.db());
    if (!token) return Unexpected{token.error()};
    auto book = LogBook::load(store_.db(), rules);
    if (!book) return Unexpected{book.error()};
    auto begun = ingest_.begin(options.live ? "spool:logs" : "logs");
    if (!begun) return Unexpected{begun.error()};
    if (auto done = witness.load(store_.db(), *rules.policy); !done) return done;
    book_ = std::move(*book);
    token_ = std::move(*token);
    error_.reset();
    source_index_.clear();
    for (std::uint32_t i = 0; i < book_->sources.size(); ++i) {
        const LogSourceRow& s = book_->sources[i];
        source_index_.emplace(SourceKey{s.via, s.address, s.address.family != 0 ? std::string() : s.host}, i);
    }
    start_run();
    return Done{};
}

/// Did somebody else decide or change something?
Result<Done> LogIngest::Impl::look_again() {
    auto row = sql_.data_version.step();
    if (!row) return Unexpected{row.error()};
    const std::int64_t version = sql_.data_version.integer(0);
    sql_.data_version.reset();
    if (version == data_version_ && !token_.empty()) return Done{};
    data_version_ = version;
    auto token = log_token(store_.db());
    if (!token) return Unexpected{token.error()};
    return *token == token_ ? Result<Done>(Done{}) : reload();
}

Result<LogPosition> LogIngest::Impl::position(const std::string& journal) {
    LogPosition p;
    p.journal = journal;
    auto there = sql_.position_of.bind(1, std::string_view(journal)).step();
    if (!there) return Unexpected{there.error()};
    if (*there) {
        p.segment = static_cast<std::uint64_t>(sql_.position_of.integer(0));
        p.offset = static_cast<std::uint64_t>(sql_.position_of.integer(1));
        p.complete = sql_.position_of.integer(2) != 0;
        p.mark = octets_of(sql_.position_of, 3);
    }
    sql_.position_of.reset();
    return p;
}

/// What time alone tells, what two witnesses tell, and everything that waits.
Result<Done> LogIngest::Impl::write_all(Timestamp now) {
    close_boots(now);
    look_for_silence(now);
    auto compared = witness.settle(store_.db());
    if (!compared) return Unexpected{compared.error()};
    for (const Witness::Finding& f : *compared) {
        const std::uint32_t number = number_of(f.cause, f.source, {f.sentence, f.detail, f.why});
        ingest_.log_line(number, f.at, as_bytes(f.shown), [&] { return f.comment; });
    }
    return ingest_.commit({}, false);
}

Result<Done> LogIngest::Impl::commit(std::span<const LogPosition> positions, Timestamp now) {
    if (error_) return Unexpected{*error_};
    positions_ = positions;
    if (auto done = write_all(now); !done) {
        fail(done.error());
        forget();
        return done;
    }
    add_up();
    forget();
    if (next_number_ > most_numbers / 2) start_run();
    return look_again();
}

void LogIngest::Impl::add_up() {
    committed.lines += uncommitted_.lines;
    committed.octets += uncommitted_.octets;
    committed.known += uncommitted_.known;
    committed.allowed += uncommitted_.allowed;
    committed.learnt += uncommitted_.learnt;
    committed.grey += uncommitted_.grey;
    committed.black += uncommitted_.black;
}

Result<Done> LogIngest::Impl::write_rows() {
    using Step = Result<Done> (Impl::*)();
    for (const Step step : {&Impl::write_sources, &Impl::write_templates, &Impl::write_events, &Impl::write_claims, &Impl::write_hosts,
                            &Impl::write_positions, &Impl::write_losses})
        if (auto done = (this->*step)(); !done) return done;
    if (uncommitted_.octets > 0)
        if (auto done = sql_.octets.bind(1, std::to_string(uncommitted_.octets)).run(); !done) return done;
    return witness.write(store_.db());
}

Result<Done> LogIngest::Impl::write_sources() {
    const auto number = [](Statement& s, int at, const auto& value) {
        value ? s.bind(at, static_cast<std::int64_t>(*value)) : s.bind_null(at);
    };
    for (LogSourceRow& r : book_->sources) {
        if (!r.changed) continue;
        Statement& s = r.id == 0 ? sql_.source_new : sql_.source_more;
        const bool fresh = r.id == 0;
        if (fresh) {
            s.bind(1, to_string(r.via))
                .bind(2, r.address.family == 0 ? Bytes() : Bytes(address_blob(r.address)))
                .bind(3, std::string_view(r.host));
            r.mac.empty() ? s.bind_null(4) : s.bind(4, std::string_view(r.mac));
            s.bind(5, r.first.ns).bind(6, r.last.ns).bind(7, as_integer(r.lines)).bind(8, as_integer(r.octets));
            number(s, 9, r.sequence);
            s.bind(10, as_integer(r.missing));
            number(s, 11, r.zone);
            number(s, 12, r.skew);
            s.bind(13, std::int64_t{r.silent});
            auto row = s.step();
            if (!row) return Unexpected{row.error()};
            r.id = s.integer(0);
            s.reset();
        } else {
            s.bind(1, r.id);
            r.mac.empty() ? s.bind_null(2) : s.bind(2, std::string_view(r.mac));
            s.bind(3, r.last.ns).bind(4, as_integer(r.lines)).bind(5, as_integer(r.octets));
            number(s, 6, r.sequence);
            s.bind(7, as_integer(r.missing));
            number(s, 8, r.zone);
            number(s, 9, r.skew);
            if (auto done = s.bind(10, std::int64_t{r.silent}).bind(11, r.first.ns).run(); !done) return done;
        }
        r.lines = r.octets = r.missing = 0;
        r.changed = false;
    }
    return Done{};
}

Result<Done> LogIngest::Impl::write_events() {
    Statement& s = sql_.event;
    std::int64_t first = 0;
    for (const Event& e : events_) {
        const std::string_view raw = std::string_view(arena_).substr(e.at, e.octets);
        const auto part = [&](const Part& p) { return raw.substr(p.at, p.size); };
        s.bind(1, e.received.ns).bind(2, book_->sources[e.source].id);
        bind_clean(s, 3, part(e.host));
        e.claimed ? s.bind(4, e.claimed->ns) : s.bind_null(4);
        s.bind(5, std::int64_t{e.facility}).bind(6, std::int64_t{e.severity});
        bind_clean(s, 7, part(e.app));
        bind_clean(s, 8, part(e.proc_id));
        bind_clean(s, 9, part(e.msg_id));
        s.bind(10, static_cast<std::int64_t>(e.verdict));
        e.found ? s.bind(11, *e.found) : s.bind_null(11);
        const std::int64_t finding = e.finding == 0 ? 0 : ingest_.id_of(e.finding);
        finding == 0 ? s.bind_null(12) : s.bind(12, finding);
        s.bind(13, std::int64_t{e.odd}).bind_borrowed(14, as_bytes(raw));
        if (auto done = s.run(); !done) return done;
        if (first == 0) first = store_.db().last_insert();
    }
    witness.first_event(first);
    return Done{};
}

Result<Done> LogIngest::Impl::write_values(const LogTemplate& t, std::int64_t id, std::int64_t learning) {
    for (std::size_t hole = 0; hole < t.holes.size(); ++hole)
        for (const std::string& value : t.holes[hole].values) {
            sql_.value.bind(1, id).bind(2, static_cast<std::int64_t>(hole)).bind(3, as_bytes(value)).bind(4, learning);
            if (auto done = sql_.value.run(); !done) return done;
        }
    return Done{};
}

Result<Done> LogIngest::Impl::write_templates() {
    for (auto& [name, host] : book_->hosts) {
        if (!std::exchange(host.discard, false) || host.learning == 0) continue;
        token_.clear();  // values that it learnt of older templates are in memory still
        for (Statement* gone : {&sql_.template_gone, &sql_.value_gone})
            if (auto done = gone->bind(1, host.learning).run(); !done) return done;
    }
    for (const auto& [row, t] : touched_) {
        if (t.learning != 0) {
            const std::int64_t learning = ingest_.id_of(t.learning);
            sql_.template_new.bind(1, t.id)
                .bind(2, std::string_view(row->host))
                .bind(3, as_bytes(row->program))
                .bind(4, std::string_view(row->text));
            sql_.template_new.bind(5, holes_word(*row)).bind(6, learning).bind(7, row->first.ns).bind(8, row->last.ns);
            if (auto done = sql_.template_new.run(); !done) return done;
            if (auto done = write_values(*row, t.id, learning); !done) return done;
        }
        if (t.count == 0) continue;
        sql_.template_more.bind(1, t.id).bind(2, as_integer(t.count)).bind(3, t.first.ns).bind(4, t.last.ns);
        if (auto done = sql_.template_more.run(); !done) return done;
    }
    return Done{};
}

Result<Done> LogIngest::Impl::write_claims() {
    for (auto& [name, host] : book_->hosts) {
        for (const auto& [claimed, learning] : host.new_claims) {
            sql_.claim.bind(1, std::string_view(name)).bind(2, std::string_view(claimed)).bind(3, ingest_.id_of(learning));
            if (auto done = sql_.claim.run(); !done) return done;
        }
        host.new_claims.clear();
    }
    return Done{};
}

Result<Done> LogIngest::Impl::write_losses() {
    for (const auto& [where, lost] : losses) {
        sql_.loss.bind(1, stored_text(where.first)).bind(2, where.second).bind(3, as_integer(lost));
        if (auto done = sql_.loss.run(); !done) return done;
    }
    return Done{};
}

Result<Done> LogIngest::Impl::write_positions() {
    for (const LogPosition& p : positions_) {
        sql_.position.bind(1, std::string_view(p.journal)).bind(2, as_integer(p.segment)).bind(3, as_integer(p.offset));
        sql_.position.bind(4, std::int64_t{p.complete}).bind(5, wall_clock().ns);
        p.mark.empty() ? sql_.position.bind_null(6) : sql_.position.bind(6, as_bytes(p.mark));
        if (auto done = sql_.position.run(); !done) return done;
    }
    return Done{};
}

}  // namespace sw

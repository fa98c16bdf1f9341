#include "collector/cli/status_facts.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>

#include "collector/store/ingest.hpp"
#include "rules/base/hex.hpp"
#include "rules/base/text.hpp"
#include "rules/policy/policy.hpp"

namespace sw {
namespace {

constexpr Duration soon = std::chrono::days{14};

std::uint64_t count_of(const Statement& row, int column) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, row.integer(column)));
}

/// Calls take(row) for each row.
template <class Take>
Result<Done> each(Database& db, std::string_view sql, Take take) {
    auto statement = db.prepare(sql);
    if (!statement) return Unexpected{statement.error()};
    for (;;) {
        const auto row = statement->step();
        if (!row) return Unexpected{row.error()};
        if (!*row) return Done{};
        take(*statement);
    }
}

Result<Done> read_queue(Database& db, StatusFacts& facts) {
    for (const QueueState s : {QueueState::open, QueueState::taken, QueueState::escalated, QueueState::allowed, QueueState::dismissed})
        facts.queue[s] = {};
    for (const Severity s : {Severity::notice, Severity::high, Severity::critical}) facts.undecided[s] = 0;
    auto done = each(db, "SELECT state, count(*), min(first) FROM finding GROUP BY state", [&](const Statement& row) {
        if (const auto state = queue_state_from(row.text(0))) facts.queue[*state] = {count_of(row, 1), {row.integer(2)}};
    });
    if (!done) return done;
    return each(db, "SELECT severity, count(*) FROM finding WHERE state IN ('open', 'taken', 'escalated') GROUP BY severity",
                [&](const Statement& row) {
                    if (row.integer(0) >= 0 && row.integer(0) <= 2)
                        facts.undecided[static_cast<Severity>(row.integer(0))] = count_of(row, 1);
                });
}

Result<Done> read_samples(Database& db, StatusFacts& facts) {
    facts.sample_budget = SampleLimits{}.octets;
    auto done = each(db, "SELECT count(*), coalesce(sum(length(octets)), 0) FROM sample", [&](const Statement& row) {
        facts.samples = count_of(row, 0);
        facts.sample_octets = count_of(row, 1);
    });
    if (!done) return done;
    return each(db, "SELECT coalesce(sum(samples_dropped), 0) FROM finding",
                [&](const Statement& row) { facts.samples_dropped = count_of(row, 0); });
}

std::optional<std::uint64_t> known(const Statement& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional(count_of(row, column));
}

Result<Done> read_missing(Database& db, StatusFacts& facts) {
    constexpr Duration day = std::chrono::hours{24};
    auto rows = db.prepare(
        "SELECT coalesce(sum(kernel_drops), 0), coalesce(sum(interface_drops), 0), coalesce(sum(mirror_lost), 0), max(stop) FROM coverage"
        " WHERE stop >= (SELECT max(stop) FROM coverage) - ?"
        " AND coalesce(kernel_drops, 0) + coalesce(interface_drops, 0) + coalesce(mirror_lost, 0) > 0");
    if (!rows) return Unexpected{rows.error()};
    auto row = rows->bind(1, day.count()).step();
    if (!row) return Unexpected{row.error()};
    facts.missing = {count_of(*rows, 0), count_of(*rows, 1), count_of(*rows, 2), {rows->integer(3)}};
    return Done{};
}

Result<Done> read_coverage(Database& db, StatusFacts& facts) {
    if (auto done = read_missing(db, facts); !done) return done;
    return each(
        db,
        "SELECT journal, file, mode, policy_sha256, error, unconfined, start, stop, frames, kernel_drops, interface_drops, mirror_lost "
        "FROM coverage ORDER BY id DESC LIMIT 1",
        [&](const Statement& row) {
            facts.coverage = StatusFacts::Coverage{.journal = row.text(0),
                                                   .file = row.text(1),
                                                   .mode = row.text(2),
                                                   .policy_sha256 = row.text(3),
                                                   .error = row.is_null(4) ? "" : row.text(4),
                                                   .unconfined = row.integer(5) != 0,
                                                   .from = {row.integer(6)},
                                                   .to = {row.integer(7)},
                                                   .frames = count_of(row, 8),
                                                   .kernel_drops = known(row, 9),
                                                   .interface_drops = known(row, 10),
                                                   .mirror_lost = known(row, 11)};
        });
}

void read_expiring(const std::string& path, const std::string& text, Timestamp now, StatusFacts& facts) {
    const PolicyLoad load = parse_policy(path, text);
    if (!load.policy) {
        facts.policy_problem = "the policy in the store cannot be read: it is of another version of this program";
        return;
    }
    for (const Rule& rule : load.policy->rules)
        if (rule.until && *rule.until - now < soon) facts.expiring.push_back({rule.name, *rule.until});
}

Result<Done> read_policies(Database& db, Timestamp now, StatusFacts& facts) {
    auto done = each(db, "SELECT sha256, path, first_used FROM policy ORDER BY first_used, sha256", [&](const Statement& row) {
        facts.policies.push_back({row.text(0), row.text(1), {row.integer(2)}});
    });
    if (!done || facts.policies.empty()) return done;
    if (facts.coverage)
        std::stable_partition(facts.policies.begin(), facts.policies.end(),
                              [&](const StatusFacts::UsedPolicy& p) { return p.sha256 != facts.coverage->policy_sha256; });
    auto statement = db.prepare("SELECT path, text FROM policy WHERE sha256 = ?");
    if (!statement) return Unexpected{statement.error()};
    const auto row = statement->bind(1, std::string_view(facts.policies.back().sha256)).step();
    if (!row) return Unexpected{row.error()};
    if (*row) {
        const Bytes text = statement->blob(1);
        read_expiring(statement->text(0), std::string(text.begin(), text.end()), now, facts);
    }
    return Done{};
}

/// Cheap: the number of rows, their numbers, and the last link. "queue history --verify" computes every one.
Result<Done> read_chain(Database& db, StatusFacts& facts) {
    std::int64_t last = 0;
    auto done = each(db, "SELECT count(*), coalesce(max(id), 0) FROM review", [&](const Statement& row) {
        facts.decisions = count_of(row, 0);
        last = row.integer(1);
    });
    if (!done) return done;
    facts.chain_ends = static_cast<std::uint64_t>(last) == facts.decisions;
    std::string expected;
    return each(db, "SELECT prev, hash FROM review ORDER BY id DESC LIMIT 2", [&](const Statement& row) {
        if (facts.head.empty())
            facts.head = to_hex(row.blob(1));
        else
            facts.chain_ends = facts.chain_ends && to_hex(row.blob(1)) == expected;
        expected = to_hex(row.blob(0));
    });
}

std::uint64_t size_of(const std::string& path) {
    struct stat about {};
    return ::stat(path.c_str(), &about) == 0 ? static_cast<std::uint64_t>(about.st_size) : 0;
}

Result<Done> read_logs(Store& store, StatusFacts& facts) {
    auto logs = log_facts(store);
    if (!logs) return Unexpected{logs.error()};
    facts.logs = std::move(*logs);
    return Done{};
}

}  // namespace

Result<StatusFacts> status_facts(Store& store, Timestamp now) {
    StatusFacts facts;
    Database& db = store.db();
    // One picture: nobody decides or ingests between two of these.
    if (auto begun = db.execute("BEGIN"); !begun) return Unexpected{begun.error()};
    Result<Done> done = read_queue(db, facts);
    if (done) done = read_samples(db, facts);
    if (done) done = read_coverage(db, facts);
    if (done) done = read_policies(db, now, facts);
    if (done)
        done = each(db, "SELECT journal FROM journal_offset WHERE complete = 0 AND journal LIKE 'capture:%' ORDER BY journal",
                    [&](const Statement& row) { facts.incomplete.push_back(row.text(0)); });
    if (done) done = read_chain(db, facts);
    if (done) done = read_logs(store, facts);
    (void)db.execute("ROLLBACK");  // nothing was written
    if (!done) return Unexpected{done.error()};
    facts.store_octets = size_of(store.path());
    facts.wal_octets = size_of(store.path() + "-wal");
    return facts;
}

/// What nobody could read is no proof of health.
static void add_problems(const StatusFacts::Writer& w, std::vector<std::string>& problems) {
    const std::string who = writer_of(w.last);
    if (!w.last.unreadable.empty()) return problems.push_back(fmt::format("whether {} is alive is unknown: {}", who, w.last.unreadable));
    if (w.late) return problems.push_back(fmt::format("no heartbeat of {}: it is dead, stopped or cannot write its journal", who));
    if (!w.last.beat->trouble.empty())
        problems.push_back(fmt::format("{} runs but does not do its work: {}", who, escape_again(w.last.beat->trouble)));
    if (!w.last.beat->both_ways) problems.push_back(fmt::format("{} sees one direction of the traffic only", who));
}

std::vector<std::string> status_problems(const StatusFacts& facts) {
    std::vector<std::string> problems;
    const auto plural = [](std::uint64_t n) { return n == 1 ? "" : "s"; };
    if (const std::uint64_t n = facts.undecided.at(Severity::critical); n > 0)
        problems.push_back(fmt::format("{} critical finding{} undecided", n, plural(n)));
    std::uint64_t waiting = 0;
    for (const auto& [severity, n] : facts.undecided) waiting += n;
    if (waiting > 0) problems.push_back(fmt::format("the queue is not empty: {} finding{}", waiting, plural(waiting)));
    if (facts.coverage && !facts.coverage->error.empty())
        problems.push_back(fmt::format("the last coverage ended early: {}", escape_for_display(facts.coverage->error)));
    if (facts.coverage && facts.coverage->unconfined) problems.emplace_back("the last coverage was judged UNCONFINED");
    for (const std::string& journal : facts.incomplete)
        problems.push_back(fmt::format("begun and not finished: {} (replay it again)", escape_for_display(journal)));
    if (!facts.chain_ends)
        problems.emplace_back("the record of decisions does not hold together: run 'span-watcher queue history --verify'");
    for (const StatusFacts::Writer& w : facts.writers) add_problems(w, problems);
    for (std::string& problem : log_problems(facts.logs)) problems.push_back(std::move(problem));
    if (!facts.policy_problem.empty()) problems.push_back(facts.policy_problem);
    return problems;
}

}  // namespace sw

#include "collector/store/review_chain.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>

#include "collector/store/queue_row.hpp"
#include "rules/base/hex.hpp"
#include "rules/base/text.hpp"

namespace sw::review_chain {
namespace {

/// Of queue_row::review_columns, in their order: i integer, t text.
constexpr std::string_view kinds = "iittittttiitit";
static_assert(kinds.size() == queue_row::review_fields);

void put_number(std::vector<std::uint8_t>& out, std::uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

void put_field(std::vector<std::uint8_t>& out, const Statement& row, int column) {
    const char kind = row.is_null(column) ? 'n' : kinds[static_cast<std::size_t>(column)];
    out.push_back(static_cast<std::uint8_t>(kind));
    if (kind == 'i') put_number(out, static_cast<std::uint64_t>(row.integer(column)));
    if (kind != 't') return;
    const std::string text = row.text(column);
    put_number(out, text.size());
    out.insert(out.end(), text.begin(), text.end());
}

void bind_text_or_null(Statement& statement, int at, const std::string& text) {
    if (text.empty())
        statement.bind_null(at);
    else
        statement.bind(at, std::string_view(text));
}

struct Link {
    std::int64_t id = 0;
    Hash hash{};
};

Result<Link> last_link(Database& db) {
    auto statement = db.prepare("SELECT id, hash FROM review ORDER BY id DESC LIMIT 1");
    if (!statement) return Unexpected{statement.error()};
    auto row = statement->step();
    if (!row) return Unexpected{row.error()};
    Link link;
    if (!*row) return link;
    link.id = statement->integer(0);
    const Bytes hash = statement->blob(1);
    if (hash.size() != link.hash.size())
        return unexpected("the record of decisions is damaged: 'span-watcher queue history --verify' says where", ExitCode::integrity);
    std::copy(hash.begin(), hash.end(), link.hash.begin());
    return link;
}

void bind_review(Statement& s, const Review& r) {
    s.bind(1, r.id).bind(2, r.at.ns).bind(3, std::string_view(r.analyst)).bind(4, std::string_view(r.verb)).bind(5, r.finding);
    s.bind(6, to_string(r.was)).bind(8, to_string(r.becomes));
    bind_text_or_null(s, 7, r.was_analyst);
    bind_text_or_null(s, 9, r.becomes_analyst);
    s.bind(10, r.version).bind(11, static_cast<std::int64_t>(r.count)).bind(12, std::string_view(r.reason));
    if (r.undo_of)
        s.bind(13, *r.undo_of);
    else
        s.bind_null(13);
    s.bind(14, std::string_view(r.detail));
}

/// SQLite gives the values back as it would give them to a reader, so that both hash the same octets.
Result<Hash> hash_of_new(Database& db, const Review& review, const Hash& prev) {
    auto statement = db.prepare("SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14");
    if (!statement) return Unexpected{statement.error()};
    bind_review(*statement, review);
    if (auto row = statement->step(); !row) return Unexpected{row.error()};
    return hash_of(prev, *statement);
}

Result<Done> update_finding(Database& db, const Review& review) {
    auto statement = db.prepare("UPDATE finding SET state = ?1, analyst = ?2, version = ?3 WHERE id = ?4 AND version = ?3 - 1");
    if (!statement) return Unexpected{statement.error()};
    statement->bind(1, to_string(review.becomes));
    bind_text_or_null(*statement, 2, review.becomes_analyst);
    auto done = statement->bind(3, review.version).bind(4, review.finding).run();
    if (done && db.changes() != 1)
        return unexpected(fmt::format("finding {} changed while it was decided: look at it again", review.finding));
    return done;
}

std::string_view past(std::string_view verb) {
    struct Past {
        std::string_view verb, past;
    };
    constexpr std::array<Past, 7> table{{{"take", "taken"},
                                         {"allow", "allowed"},
                                         {"dismiss", "dismissed"},
                                         {"escalate", "escalated"},
                                         {"reopen", "reopened"},
                                         {"note", "noted"},
                                         {"undo", "undone"}}};
    for (const Past& p : table)
        if (p.verb == verb) return p.past;
    return "decided";
}

}  // namespace

Hash hash_of(Bytes prev, const Statement& row) {
    std::vector<std::uint8_t> octets(prev.begin(), prev.end());
    for (int column = 0; column < queue_row::review_fields; ++column) put_field(octets, row, column);
    Hash hash;
    crypto_generichash(hash.data(), hash.size(), octets.data(), octets.size(), nullptr, 0);
    return hash;
}

std::optional<Error> fault_of(const std::string& analyst, const std::string& reason) {
    constexpr std::size_t longest_reason = 4096, longest_analyst = 64;
    if (analyst.empty() || analyst.size() > longest_analyst)
        return Error{ExitCode::input, fmt::format("who decides must be named by 1 to {} octets", longest_analyst)};
    if (reason.size() > longest_reason) return Error{ExitCode::input, fmt::format("the reason is longer than {} octets", longest_reason)};
    return std::nullopt;
}

Result<Done> append(Database& db, Review& review) {
    auto last = last_link(db);
    if (!last) return Unexpected{last.error()};
    review.id = last->id + 1;
    auto hash = hash_of_new(db, review, last->hash);
    if (!hash) return Unexpected{hash.error()};
    auto statement = db.prepare(
        fmt::format("INSERT INTO review ({}, prev, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
                    queue_row::review_columns));
    if (!statement) return Unexpected{statement.error()};
    bind_review(*statement, review);
    if (auto done = statement->bind(15, Bytes(last->hash)).bind(16, Bytes(*hash)).run(); !done) return done;
    review.hash = to_hex(*hash);
    return update_finding(db, review);
}

Result<std::vector<Review>> of_finding(Database& db, std::int64_t finding) {
    auto statement = db.prepare(fmt::format("SELECT {}, hash FROM review WHERE finding = ? ORDER BY id", queue_row::review_columns));
    if (!statement) return Unexpected{statement.error()};
    statement->bind(1, finding);
    return queue_row::all(*statement, queue_row::review);
}

std::string told(const Review& r) {
    const std::string reason = r.reason.empty() ? "" : fmt::format(": '{}'", escape_for_display(r.reason));
    const std::string what =
        r.undo_of ? fmt::format("put back to {} (undo of review {})", to_string(r.becomes), *r.undo_of) : std::string(past(r.verb));
    return fmt::format("{} by {} at {}{} (review {})", what, escape_for_display(r.analyst), queue_row::to_the_second(r.at), reason, r.id);
}

}  // namespace sw::review_chain

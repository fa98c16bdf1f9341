#include "tests/unit/store/shelf.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "tests/support/catch.hpp"

namespace sw::shelf {
namespace fs = std::filesystem;
namespace {

fs::path new_folder() {
    std::string name = fs::temp_directory_path() / "span-watcher-shelf-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) FAIL("no temporary folder " << name);
    return name;
}

Store open(const fs::path& path) {
    auto store = Store::open(path, Store::Access::ingest);
    if (!store) FAIL(store.error().text);
    return std::move(*store);
}

void bind_address(Statement& s, int at, const std::string& text) {
    const auto address = parse_address(text);
    if (!address) {
        s.bind_null(at);
        return;
    }
    std::array<std::uint8_t, 17> octets{address->family};
    std::copy(address->octets.begin(), address->octets.end(), octets.begin() + 1);
    s.bind(at, Bytes(octets));
}

void bind_optional(Statement& s, int at, const std::string& text) {
    if (text.empty())
        s.bind_null(at);
    else
        s.bind(at, std::string_view(text));
}

}  // namespace

Shelf::Shelf() : folder_(new_folder()), store_(open(folder_ / "store.db")) {
    sql("INSERT INTO policy (sha256, path, text, first_used) VALUES ('5a', 'policy.toml', x'', 0)");
}

Shelf::~Shelf() {
    std::error_code ignored;  // nothing sensible can be done about it here
    fs::remove_all(folder_, ignored);
}

std::int64_t Shelf::add(const Row& row) {
    auto s = store_.db().prepare(
        "INSERT INTO finding (key, shape, state, severity, black, folded, reasons, sentence, why, detail, direction, initiator, responder, "
        "proto, port, nearest, rule, count, octets, first, last, policy_sha256) VALUES (randomblob(16), '{}', ?, ?, ?, 0, ?, ?, "
        "'[\"dst port 465 is not 25\"]', 'SYN', ?, ?, ?, ?, ?, ?, ?, ?, 60, ?, ?, '5a')");
    if (!s) FAIL(s.error().text);
    s->bind(1, std::string_view(row.state)).bind(2, row.severity).bind(3, row.black ? 1 : 0).bind(4, std::string_view(row.reasons));
    s->bind(5, std::string_view(row.sentence)).bind(6, std::string_view(row.direction));
    bind_address(*s, 7, row.initiator);
    bind_address(*s, 8, row.responder);
    s->bind(9, std::string_view(row.proto));
    if (row.port >= 0)
        s->bind(10, row.port);
    else
        s->bind_null(10);
    bind_optional(*s, 11, row.nearest);
    bind_optional(*s, 12, row.rule);
    s->bind(13, row.count).bind(14, row.first.ns).bind(15, row.last.ns);
    if (auto done = s->run(); !done) FAIL(done.error().text);
    return store_.db().last_insert();
}

std::int64_t Shelf::add(std::size_t count) {
    const std::int64_t first = add();
    for (std::size_t i = 1; i < count; ++i) add();
    return first;
}

void Shelf::sample(std::int64_t finding, std::int64_t ordinal, const std::string& comment) {
    auto s = store_.db().prepare(
        "INSERT INTO sample (finding, ordinal, ts, len, linktype, swapped, verdict, reasons, comment, source, number, policy_sha256, octets) "
        "VALUES (?, ?, 7, 60, 1, 0, 'grey', '[\"no-rule\"]', ?, 'capture:1', 9, '5a', x'00ff41')");
    if (!s) FAIL(s.error().text);
    if (auto done = s->bind(1, finding).bind(2, ordinal).bind(3, std::string_view(comment)).run(); !done) FAIL(done.error().text);
}

void Shelf::sql(const std::string& text) {
    INFO(text);
    const auto done = store_.db().execute(text);
    if (!done) FAIL(done.error().text);
}

std::string Shelf::value(const std::string& query) {
    auto s = store_.db().prepare(query);
    if (!s) FAIL(s.error().text);
    const auto row = s->step();
    if (!row) FAIL(row.error().text);
    return *row ? s->text(0) : std::string();
}

Result<std::vector<Review>> decide(Shelf& shelf, QueueVerb verb, std::int64_t id, const std::string& analyst) {
    return shelf.queue().decide({id}, {verb, analyst, verb == QueueVerb::take ? "" : "because", {}, "{}"});
}

std::vector<std::int64_t> matching(Shelf& shelf, const std::string& expression, Timestamp now) {
    const auto terms = parse_match(expression);
    if (!terms) FAIL(terms.error().text);
    const auto rows = shelf.queue().list({*terms, QueueOrder::id, 1000, 0}, now);
    if (!rows) FAIL(rows.error().text);
    std::vector<std::int64_t> ids;
    for (const QueuedFinding& f : *rows) ids.push_back(f.id);
    return ids;
}

}  // namespace sw::shelf

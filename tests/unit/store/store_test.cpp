/// Opening: whose file it is, its version, its health.
#include <fstream>
#include <set>

#include "collector/store/schema.hpp"
#include "collector/store/store_health.hpp"
#include "tests/unit/store/store_room.hpp"

namespace sw::test {
namespace {

namespace fs = std::filesystem;

/// A store with enough in it that its middle holds pages of tables.
void fill(const std::string& path) {
    Store store = open_store(path);
    REQUIRE(store.db().execute("INSERT INTO policy VALUES ('aa', 'p', x'00', 0)"));
    REQUIRE(
        store.db().execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
                           "INSERT INTO chart SELECT i, 'rule', randomblob(17), randomblob(17), 6, 25, 1, 1, 1 FROM n"));
}

void overwrite_middle(const std::string& path) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(fs::file_size(path) / 2));
    for (int i = 0; i < 20'000; ++i) file.put('\x5a');
    REQUIRE(file.good());
}

}  // namespace

TEST_CASE("store: what is not there is told with what makes one, and is not made by reading") {
    const cli::Folder folder;
    for (const auto access : {Store::Access::read, Store::Access::review}) {
        const Error e = refusal_of(folder.at("week.db"), access);
        CHECK(e.code == ExitCode::environment);
        CHECK(e.text == std::string(folder.at("week.db")) + R"(: there is no store: "span-watcher replay --db FILE CAPTURE..." makes one)");
        CHECK_FALSE(fs::exists(folder.at("week.db")));
    }
}

TEST_CASE("store: one that is made has our mark and version, and opens again in every way") {
    const cli::Folder folder;
    {
        Store made = open_store(folder.at("week.db"));
        CHECK(*made.db().value("PRAGMA application_id") == Store::application_id);
        CHECK(*made.db().value("PRAGMA user_version") == Store::version);
        CHECK(made.set_aside().empty());
    }
    CHECK(begins_like_ours(folder.at("week.db")));
    CHECK((fs::status(folder.at("week.db")).permissions() & fs::perms::others_all) == fs::perms::none);
    for (const auto access : {Store::Access::read, Store::Access::review, Store::Access::ingest})
        CHECK(*open_store(folder.at("week.db"), access).db().value("SELECT count(*) FROM finding") == 0);
}

TEST_CASE("store: a text file and another program's database are refused, and left as they are") {
    const cli::Folder folder;
    folder.put("text", std::string(4096, 'x'));
    {
        auto other = Database::open(folder.at("other.db"), Database::Access::create);
        REQUIRE(other);
        REQUIRE(other->execute("CREATE TABLE cookie (name TEXT)"));
    }
    const std::string before = folder.text("other.db");
    for (const auto access : {Store::Access::read, Store::Access::review, Store::Access::ingest}) {
        const Error text = refusal_of(folder.at("text"), access), other = refusal_of(folder.at("other.db"), access);
        CHECK(text.code == ExitCode::input);
        CHECK(text.text == std::string(folder.at("text")) + ": is not a store of span-watcher: name another file with --db");
        CHECK(other.code == ExitCode::input);
        CHECK(other.text == std::string(folder.at("other.db")) + ": is another program's database: name another file with --db");
    }
    CHECK(folder.text("text") == std::string(4096, 'x'));
    CHECK(folder.text("other.db") == before);
}

TEST_CASE("store: another program's damaged database is not set aside") {
    const cli::Folder folder;
    {
        auto other = Database::open(folder.at("other.db"), Database::Access::create);
        REQUIRE(other);
        REQUIRE(other->execute("CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(100000)); PRAGMA application_id=77"));
    }
    overwrite_middle(folder.at("other.db"));
    refusal_of(folder.at("other.db"), Store::Access::ingest);
    CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
}

TEST_CASE("store: one of a newer program is refused with both versions") {
    const cli::Folder folder;
    REQUIRE(open_store(folder.at("week.db")).db().execute("PRAGMA user_version=7"));
    for (const auto access : {Store::Access::read, Store::Access::review, Store::Access::ingest}) {
        const Error e = refusal_of(folder.at("week.db"), access);
        CHECK(e.code == ExitCode::input);
        CHECK(e.text == std::string(folder.at("week.db")) + ": made by a newer span-watcher (schema 7, this one knows " +
                            std::to_string(Store::version) + "): use that program");
    }
}

TEST_CASE("store: an empty file is a store to be only for ingest") {
    const cli::Folder folder;
    folder.put("week.db", std::string());
    CHECK(refusal_of(folder.at("week.db"), Store::Access::read).text.find("holds nothing yet") != std::string::npos);
    CHECK(*open_store(folder.at("week.db")).db().value("PRAGMA user_version") == Store::version);
}

TEST_CASE("store: a folder is no store, and a folder that is not there is named") {
    const cli::Folder folder;
    CHECK(refusal_of(folder.path(), Store::Access::ingest).text == folder.path().string() + ": is a directory, not a store");
    const Error e = refusal_of(folder.at("none/week.db"), Store::Access::ingest);
    CHECK(e.code == ExitCode::environment);
    CHECK(e.text == std::string(folder.at("none/week.db")) + ": cannot be made: No such file or directory");
}

TEST_CASE("store: a damaged one is refused for reading, and set aside whole for ingest") {
    const cli::Folder folder;
    const std::string path = folder.at("week.db");
    fill(path);
    overwrite_middle(path);
    const std::string damaged = folder.text("week.db");
    for (const auto access : {Store::Access::read, Store::Access::review}) {
        const Error e = refusal_of(path, access);
        CHECK(e.code == ExitCode::integrity);
        CHECK(e.text.starts_with(path + ": the store is damaged ("));
    }
    Store fresh = open_store(path);
    CHECK(*fresh.db().value("SELECT count(*) FROM chart") == 0);
    const std::string& aside = fresh.set_aside();
    REQUIRE(aside.starts_with(path + ".damaged-20"));
    CHECK(aside.size() == path.size() + std::string(".damaged-20261121T232000Z").size());
    CHECK(folder.text(fs::path(fresh.set_aside()).filename()) == damaged);
}

TEST_CASE("store: two damaged within a second both keep their names") {
    const cli::Folder folder;
    const std::string path = folder.at("week.db");
    std::set<std::string> names;
    for (int i = 0; i < 3; ++i) {
        fill(path);
        overwrite_middle(path);
        names.insert(open_store(path).set_aside());
    }
    CHECK(names.size() == 3);
    for (const std::string& name : names) CHECK(fs::exists(name));
}

TEST_CASE("migrations: an older store becomes the newest, and keeps its rows") {
    const cli::Folder folder;
    auto db = Database::open(folder.at("a.db"), Database::Access::create);
    REQUIRE(db);
    const char* const steps[] = {"CREATE TABLE t (a INTEGER) STRICT; INSERT INTO t VALUES (1)",
                                 "ALTER TABLE t ADD COLUMN b INTEGER NOT NULL DEFAULT 5", "UPDATE t SET b = b + a"};
    REQUIRE(migrate(*db, Migrations(steps, 1)));
    CHECK(*db->value("PRAGMA user_version") == 1);
    CHECK(*db->value("PRAGMA application_id") == Store::application_id);
    REQUIRE(migrate(*db, steps));
    CHECK(*db->value("PRAGMA user_version") == 3);
    CHECK(*db->value("SELECT b FROM t") == 6);
    REQUIRE(migrate(*db, steps));
    CHECK(*db->value("SELECT b FROM t") == 6);
    const auto older = migrate(*db, Migrations(steps, 2));
    REQUIRE_FALSE(older);
    CHECK(older.error().text ==
          std::string(folder.at("a.db")) + ": made by a newer span-watcher (schema 3, this one knows 2): use that program");
}

TEST_CASE("migrations: a step that fails leaves the store as it was") {
    const cli::Folder folder;
    auto db = Database::open(folder.at("a.db"), Database::Access::create);
    REQUIRE(db);
    const char* const steps[] = {"CREATE TABLE t (a INTEGER) STRICT", "INSERT INTO t VALUES (1)", "INSERT INTO no_such_table VALUES (1)"};
    REQUIRE(migrate(*db, Migrations(steps, 1)));
    CHECK_FALSE(migrate(*db, steps));
    CHECK(*db->value("PRAGMA user_version") == 1);
    CHECK(*db->value("SELECT count(*) FROM t") == 0);
}

}  // namespace sw::test

/// SQLite as we hold it: pragmas, BLOBs, transactions.
#include "tests/unit/store/store_room.hpp"

namespace sw::test {

TEST_CASE("database: every connection has the pragmas of the design") {
    const cli::Folder folder;
    open_store(folder.at("a.db"));
    for (const auto access : {Store::Access::ingest, Store::Access::review}) {
        Store store = open_store(folder.at("a.db"), access);
        Database& db = store.db();
        CHECK(rows_of(db, "PRAGMA journal_mode") == "wal");
        CHECK(rows_of(db, "PRAGMA synchronous") == "2");
        CHECK(rows_of(db, "PRAGMA foreign_keys") == "1");
        CHECK(rows_of(db, "PRAGMA trusted_schema") == "0");
        CHECK(rows_of(db, "PRAGMA cell_size_check") == "1");
        CHECK(rows_of(db, "PRAGMA mmap_size") == "0");
        CHECK(rows_of(db, "PRAGMA temp_store") == "2");
        CHECK(rows_of(db, "PRAGMA busy_timeout") == "10000");
        CHECK(rows_of(db, "PRAGMA writable_schema = ON; PRAGMA writable_schema").empty());
        CHECK_FALSE(db.execute("UPDATE sqlite_schema SET sql = ''"));
        CHECK_FALSE(db.execute("ATTACH ':memory:' AS other"));
        CHECK_FALSE(db.execute("SELECT \"no such column\""));
    }
}

TEST_CASE("database: BLOBs hold all octets, and no octets are not NULL") {
    const cli::Folder folder;
    Store store = open_store(folder.at("a.db"));
    REQUIRE(store.db().execute("CREATE TABLE t (b BLOB NOT NULL) STRICT"));
    std::vector<std::uint8_t> all(256);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint8_t>(i);
    auto insert = store.db().prepare("INSERT INTO t VALUES (?)");
    REQUIRE(insert);
    REQUIRE(insert->bind(1, Bytes(all)).run());
    REQUIRE(insert->bind(1, Bytes()).run());
    auto select = store.db().prepare("SELECT b FROM t ORDER BY rowid");
    REQUIRE(select);
    REQUIRE(*select->step());
    CHECK(std::vector<std::uint8_t>(select->blob(0).begin(), select->blob(0).end()) == all);
    REQUIRE(*select->step());
    CHECK_FALSE(select->is_null(0));
    CHECK(select->blob(0).empty());
    CHECK_FALSE(*select->step());
}

TEST_CASE("database: a transaction that is not committed leaves nothing") {
    const cli::Folder folder;
    Store store = open_store(folder.at("a.db"));
    {
        auto transaction = Transaction::begin(store.db());
        REQUIRE(transaction);
        REQUIRE(store.db().execute("INSERT INTO setting VALUES ('a', '1')"));
    }
    CHECK(*store.db().value("SELECT count(*) FROM setting") == 0);
    auto transaction = Transaction::begin(store.db());
    REQUIRE(transaction);
    REQUIRE(store.db().execute("INSERT INTO setting VALUES ('a', '1')"));
    REQUIRE(transaction->commit());
    CHECK(*store.db().value("SELECT count(*) FROM setting") == 1);
}

TEST_CASE("database: a name that looks like a URI or like memory is a file's name") {
    const cli::Folder folder;
    const std::filesystem::path before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path());
    for (const std::string name : {"file:a.db?immutable=1", ":memory:"}) {
        open_store(name);
        CHECK(std::filesystem::exists(name));
    }
    std::filesystem::current_path(before);
}

TEST_CASE("database: a statement's error names the file and says what to do") {
    const cli::Folder folder;
    Store store = open_store(folder.at("a.db"));
    Store other = open_store(folder.at("a.db"), Store::Access::read);
    const auto done = other.db().execute("DELETE FROM setting");
    REQUIRE_FALSE(done);
    CHECK(done.error().code == ExitCode::environment);
    CHECK(done.error().text ==
          std::string(folder.at("a.db")) +
              ": cannot be written: check the permissions of the file and of its folder, and that its file system is not read-only");
}

}  // namespace sw::test

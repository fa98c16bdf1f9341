#pragma once
/// SQLite, held. sqlite3.h is included in collector/store only.
#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "rules/base/bytes.hpp"
#include "rules/base/result.hpp"

namespace sw {

/// A prepared statement. Binding and reading count columns from 1 and 0, as SQLite does.
/// lifetime: shorter than its Database's
class Statement {
public:
    Statement() = default;
    /// path: of the database, for messages; outlives the statement
    explicit Statement(sqlite3_stmt* s, const std::string* path = nullptr) : stmt_(s), path_(path) {}

    Statement& bind(int at, std::int64_t value);
    Statement& bind(int at, std::string_view text);
    Statement& bind(int at, Bytes octets);                    ///< copied; a null span of no octets is an empty BLOB, not NULL
    Statement& bind_borrowed(int at, std::string_view text);  ///< not copied: lives until the next reset
    Statement& bind_borrowed(int at, Bytes octets);
    Statement& bind_null(int at);

    /// A row is there (true), or it is done (false). errors: SQLite's, as Database::error() words it
    Result<bool> step();
    /// Step to the end, then reset.
    Result<Done> run();
    void reset();

    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    std::string text(int column) const;
    Bytes blob(int column) const;  ///< valid until the next step or reset

private:
    struct Finalize {
        void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
    };
    std::unique_ptr<sqlite3_stmt, Finalize> stmt_;
    const std::string* path_ = nullptr;
};

class Database {
public:
    enum class Access : std::uint8_t { read, write, create };

    /// Opens with the pragmas and limits that every connection of ours has; changes nothing in the file. create: mode 0660
    /// less the umask, since others of the group decide on what is in it. A path is never read as a URI.
    /// errors: cannot be opened, is not a database (code environment, input or integrity, by SQLite's code)
    static Result<Database> open(const std::string& path, Access access);
    /// One that no file holds, gone with the object.
    static Result<Database> in_memory();

    Result<Statement> prepare(std::string_view sql);
    Result<Done> execute(std::string_view sql);  ///< one or several statements without results
    /// The first column of the first row; 0 if there is none.
    Result<std::int64_t> value(std::string_view sql);
    /// The last error, with what to do about it: full disk, read-only, busy, damaged ...
    Error error() const;
    std::int64_t last_insert() const;
    std::int64_t changes() const;
    const std::string& path() const { return *path_; }

    static constexpr int busy_timeout_ms = 10'000;  ///< so long a person's decision waits for ingest, or ingest for it

private:
    Result<Done> set_up();
    struct Close {
        void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
    };
    std::unique_ptr<std::string> path_;  ///< stays where it is when the Database moves: statements point to it
    std::unique_ptr<sqlite3, Close> db_;
};

/// BEGIN IMMEDIATE now; ROLLBACK at the end of the scope unless commit() succeeded.
class Transaction {
public:
    static Result<Transaction> begin(Database& db);
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();
    Result<Done> commit();

private:
    explicit Transaction(Database* db) : db_(db) {}
    Database* db_;
};

}  // namespace sw

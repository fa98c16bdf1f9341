#include "collector/store/database.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "collector/store/database_error.hpp"
#include "rules/base/text.hpp"
#include "rules/base/unique_fd.hpp"

namespace sw {
namespace {

constexpr std::uint8_t nothing = 0;  // SQLite takes a null pointer for NULL
const void* octets_of(Bytes b) { return b.data() != nullptr ? static_cast<const void*>(b.data()) : &nothing; }
const char* text_of(std::string_view t) { return t.data() != nullptr ? t.data() : ""; }

/// Every store may be somebody else's: what our own statements need, and little more. In the units of sqlite3_limit.
constexpr std::pair<int, int> limits[] = {
    {SQLITE_LIMIT_LENGTH, 32 << 20},  // the largest frame is 16 MiB
    {SQLITE_LIMIT_SQL_LENGTH, 1 << 20},
    {SQLITE_LIMIT_COLUMN, 100},
    {SQLITE_LIMIT_EXPR_DEPTH, 1000},
    {SQLITE_LIMIT_COMPOUND_SELECT, 16},
    {SQLITE_LIMIT_VDBE_OP, 250'000},
    {SQLITE_LIMIT_FUNCTION_ARG, 16},
    {SQLITE_LIMIT_ATTACHED, 0},
    {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 4096},
    {SQLITE_LIMIT_VARIABLE_NUMBER, 10'000},
    {SQLITE_LIMIT_TRIGGER_DEPTH, 8},
    {SQLITE_LIMIT_WORKER_THREADS, 0},
};

constexpr std::pair<int, int> settings[] = {
    {SQLITE_DBCONFIG_DEFENSIVE, 1},      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0}, {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
    {SQLITE_DBCONFIG_ENABLE_VIEW, 0},    {SQLITE_DBCONFIG_DQS_DML, 0},        {SQLITE_DBCONFIG_DQS_DDL, 0},
    {SQLITE_DBCONFIG_ENABLE_TRIGGER, 1},
};

constexpr const char* pragmas =
    "PRAGMA synchronous=FULL; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32768;"
    "PRAGMA wal_autocheckpoint=4096; PRAGMA journal_size_limit=33554432;";

/// SQLite keeps an account of its memory that nobody asks for: a lock an allocation. To be told before it is used first.
void keep_no_account() { [[maybe_unused]] static const int told = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

/// SQLite would give the file the mode 0644. name: path, as SQLite is told it
Result<Done> make_file(const std::string& path, const std::string& name) {
    const UniqueFd fd(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0660));
    if (fd || errno == EISDIR || errno == EACCES || errno == EROFS) return Done{};  // those SQLite tells better
    return unexpected(fmt::format("{}: cannot be made: {}", escape_for_display(path), std::strerror(errno)), ExitCode::environment);
}

}  // namespace

Statement& Statement::bind(int at, std::int64_t value) {
    sqlite3_bind_int64(stmt_.get(), at, value);
    return *this;
}

Statement& Statement::bind(int at, std::string_view text) {
    sqlite3_bind_text64(stmt_.get(), at, text_of(text), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    return *this;
}

Statement& Statement::bind(int at, Bytes octets) {
    sqlite3_bind_blob64(stmt_.get(), at, octets_of(octets), octets.size(), SQLITE_TRANSIENT);
    return *this;
}

Statement& Statement::bind_borrowed(int at, std::string_view text) {
    sqlite3_bind_text64(stmt_.get(), at, text_of(text), text.size(), SQLITE_STATIC, SQLITE_UTF8);
    return *this;
}

Statement& Statement::bind_borrowed(int at, Bytes octets) {
    sqlite3_bind_blob64(stmt_.get(), at, octets_of(octets), octets.size(), SQLITE_STATIC);
    return *this;
}

Statement& Statement::bind_null(int at) {
    sqlite3_bind_null(stmt_.get(), at);
    return *this;
}

Result<bool> Statement::step() {
    const int code = sqlite3_step(stmt_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    static const std::string unnamed = "the store";
    return Unexpected{database_error(sqlite3_db_handle(stmt_.get()), path_ != nullptr ? *path_ : unnamed)};
}

Result<Done> Statement::run() {
    for (;;) {
        auto row = step();
        if (!row) {
            const Error& error = row.error();
            reset();
            return Unexpected{error};
        }
        if (!*row) break;
    }
    reset();
    return Done{};
}

void Statement::reset() { sqlite3_reset(stmt_.get()); }
bool Statement::is_null(int column) const { return sqlite3_column_type(stmt_.get(), column) == SQLITE_NULL; }
std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(stmt_.get(), column); }

std::string Statement::text(int column) const {
    const auto* p = reinterpret_cast<const char*>(sqlite3_column_text(stmt_.get(), column));
    return p == nullptr ? std::string() : std::string(p, static_cast<std::size_t>(sqlite3_column_bytes(stmt_.get(), column)));
}

Bytes Statement::blob(int column) const {
    const auto* p = static_cast<const std::uint8_t*>(sqlite3_column_blob(stmt_.get(), column));
    return {p, p == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(stmt_.get(), column))};
}

Result<Database> Database::open(const std::string& path, Access access) {
    if (path.empty()) return unexpected("--db names no file");
    // Neither "file:...?immutable=1" nor ":memory:" is anything but a file's name.
    const std::string name = path.front() == '/' ? path : "./" + path;
    if (access == Access::create)
        if (auto made = make_file(path, name); !made) return Unexpected{made.error()};
    Database db;
    db.path_ = std::make_unique<std::string>(path);
    sqlite3* handle = nullptr;
    keep_no_account();
    const int how = access == Access::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    const int code = sqlite3_open_v2(name.c_str(), &handle, how | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    db.db_.reset(handle);
    if (handle == nullptr) return unexpected("out of memory", ExitCode::environment);
    if (code != SQLITE_OK) return Unexpected{db.error()};
    if (access != Access::read && sqlite3_db_readonly(handle, "main") != 0) return Unexpected{unwritable(path)};
    if (auto done = db.set_up(); !done) return Unexpected{done.error()};
    return db;
}

Result<Database> Database::in_memory() {
    Database db;
    db.path_ = std::make_unique<std::string>("(in memory)");
    sqlite3* handle = nullptr;
    keep_no_account();
    const int code = sqlite3_open_v2(":memory:", &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    db.db_.reset(handle);
    if (handle == nullptr) return unexpected("out of memory", ExitCode::environment);
    if (code != SQLITE_OK) return Unexpected{db.error()};
    if (auto done = db.set_up(); !done) return Unexpected{done.error()};
    return db;
}

Result<Done> Database::set_up() {
    sqlite3_busy_timeout(db_.get(), busy_timeout_ms);
    for (const auto& [limit, most] : limits) sqlite3_limit(db_.get(), limit, most);
    for (const auto& [setting, value] : settings) sqlite3_db_config(db_.get(), setting, value, nullptr);
    return execute(pragmas);
}

Result<Statement> Database::prepare(std::string_view sql) {
    sqlite3_stmt* s = nullptr;
    if (sqlite3_prepare_v3(db_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &s, nullptr) != SQLITE_OK)
        return Unexpected{error()};
    return Statement(s, path_.get());
}

Result<Done> Database::execute(std::string_view sql) {
    if (sqlite3_exec(db_.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return Unexpected{error()};
    return Done{};
}

Result<std::int64_t> Database::value(std::string_view sql) {
    auto statement = prepare(sql);
    if (!statement) return Unexpected{statement.error()};
    auto row = statement->step();
    if (!row) return Unexpected{row.error()};
    return *row ? statement->integer(0) : std::int64_t{0};
}

Error Database::error() const { return database_error(db_.get(), *path_); }
std::int64_t Database::last_insert() const { return sqlite3_last_insert_rowid(db_.get()); }
std::int64_t Database::changes() const { return sqlite3_changes64(db_.get()); }

Result<Transaction> Transaction::begin(Database& db) {
    if (auto done = db.execute("BEGIN IMMEDIATE"); !done) return Unexpected{done.error()};
    return Transaction(&db);
}

Transaction::Transaction(Transaction&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}

Transaction::~Transaction() {
    // SQLite has rolled back by itself where the error was grave: then there is nothing to do.
    if (db_ != nullptr) static_cast<void>(db_->execute("ROLLBACK"));
}

Result<Done> Transaction::commit() {
    if (auto done = db_->execute("COMMIT"); !done) return Unexpected{done.error()};
    db_ = nullptr;
    return Done{};
}

}  // namespace sw

/// Roles that write by name: a real database lives below the writable folder, and nothing is touched elsewhere.
#include <fcntl.h>
#include <linux/landlock.h>
#include <sqlite3.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <memory>
#include <thread>

#include "tests/support/catch.hpp"
#include "tests/unit/confine/in_child.hpp"
#include "tests/unit/confine/temporary_file.hpp"

namespace {

using confined::ending;
using confined::killed;
using confined::TemporaryFile;
using confined::TemporaryFolder;
using sw::Role;

constexpr const char* no_landlock = "skipped: this kernel has no Landlock, without which no role writes by name";

bool kernel_has_landlock() { return syscall(SYS_landlock_create_ruleset, nullptr, 0, 1) >= 1; }

struct Attempt {
    const char* name;
    std::function<bool()> works;
};

// What both roles do below their writable folder ends alike; for people who read the failure.
std::string both_writers(const TemporaryFolder& folder, const std::function<int()>& body) {
    const std::string record = ending(Role::cli_record, {}, body, {folder.path()});
    const std::string queue = ending(Role::cli_queue, {}, body, {folder.path()});
    return record == queue ? record : "record: " + record + ", queue: " + queue;
}

bool run(sqlite3* db, const char* sql) {
    char* message = nullptr;
    const bool ok = sqlite3_exec(db, sql, nullptr, nullptr, &message) == SQLITE_OK;
    if (!ok) std::fprintf(stderr, "%s: %s\n", sql, message);
    sqlite3_free(message);
    return ok;
}

using Connection = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;

Connection open_database(const std::string& path) {
    sqlite3* db = nullptr;
    sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    sqlite3_busy_timeout(db, 1000);
    return {db, sqlite3_close};
}

// The life of a store: made, written by two connections, checkpointed, vacuumed, closed.
int work_with_database(const std::string& path) {
    const Connection db = open_database(path);
    for (const char* sql :
         {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA auto_vacuum=INCREMENTAL", "CREATE TABLE IF NOT EXISTS t (x BLOB)",
          "BEGIN IMMEDIATE", "INSERT INTO t VALUES (randomblob(100000))", "COMMIT"})
        if (!run(db.get(), sql)) return 1;
    Connection second = open_database(path);
    if (!run(second.get(), "INSERT INTO t SELECT randomblob(50000) FROM t")) return 2;
    if (!run(db.get(), "PRAGMA wal_checkpoint(TRUNCATE)") || !run(db.get(), "DELETE FROM t")) return 3;
    if (!run(db.get(), "PRAGMA incremental_vacuum") || !run(db.get(), "PRAGMA quick_check")) return 4;
    second.reset();
    return run(db.get(), "PRAGMA journal_mode=DELETE") && run(db.get(), "INSERT INTO t VALUES (1)") ? 0 : 5;
}

int touch(const std::string& path) { return open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600); }

bool refused(long result) { return result < 0 && (errno == EACCES || errno == EXDEV); }

}  // namespace

TEST_CASE("confine: a database is made, written, checkpointed and closed below the writable folder") {
    if (!kernel_has_landlock()) {
        WARN(no_landlock);
        return;
    }
    const TemporaryFolder folder;
    CHECK(both_writers(folder, [&] { return work_with_database(folder.file("store.db")); }) == "exit 0");
    CHECK_FALSE(std::filesystem::exists(folder.file("store.db-wal")));
}

TEST_CASE("confine: a database that was opened before goes on after") {
    if (!kernel_has_landlock()) {
        WARN(no_landlock);
        return;
    }
    const TemporaryFolder folder;
    const std::string path = folder.file("store.db");
    const Connection db = open_database(path);
    REQUIRE(run(db.get(), "PRAGMA journal_mode=WAL"));
    REQUIRE(run(db.get(), "CREATE TABLE t (x BLOB)"));
    CHECK(both_writers(folder, [&] { return run(db.get(), "INSERT INTO t VALUES (1)") ? 0 : 1; }) == "exit 0");
}

TEST_CASE("confine: a file is replaced below the writable folder: written beside it, synced, renamed, mode kept") {
    if (!kernel_has_landlock()) {
        WARN(no_landlock);
        return;
    }
    const TemporaryFolder folder;
    CHECK(both_writers(folder, [&] {
              const std::string beside = folder.file("policy.new"), path = folder.file("policy.toml");
              const int fd = open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
              if (fd < 0 || ::write(fd, "x", 1) != 1 || fchmod(fd, 0640) != 0 || fchown(fd, geteuid(), getegid()) != 0) return 1;
              if (fsync(fd) != 0 || close(fd) != 0 || rename(beside.c_str(), path.c_str()) != 0) return 2;
              const int directory = open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
              if (directory < 0 || fsync(directory) != 0) return 3;
              return unlink(path.c_str()) == 0 ? 0 : 4;
          }) == "exit 0");
}

TEST_CASE("confine: nothing is made, written, renamed or removed outside the writable folder") {
    if (!kernel_has_landlock()) {
        WARN(no_landlock);
        return;
    }
    const TemporaryFolder inside, outside;
    const std::string theirs = outside.file("theirs");
    std::ofstream(theirs) << "theirs";
    std::ofstream(inside.file("ours")) << "ours";
    REQUIRE(symlink(theirs.c_str(), inside.file("link").c_str()) == 0);
    const std::vector<Attempt> attempts{
        {"open for writing", [&] { return refused(open(theirs.c_str(), O_WRONLY)); }},
        {"open for appending", [&] { return refused(open(theirs.c_str(), O_RDWR | O_APPEND)); }},
        {"truncate by opening", [&] { return refused(open(theirs.c_str(), O_WRONLY | O_TRUNC)); }},
        {"through a symbolic link", [&] { return refused(open(inside.file("link").c_str(), O_WRONLY)); }},
        {"create", [&] { return refused(touch(outside.file("new"))); }},
        {"create without a name", [&] { return refused(open(outside.path().c_str(), O_TMPFILE | O_RDWR, 0600)); }},
        {"unlink", [&] { return refused(unlink(theirs.c_str())); }},
        {"rename away", [&] { return refused(rename(theirs.c_str(), inside.file("taken").c_str())); }},
        {"rename to", [&] { return refused(rename(inside.file("ours").c_str(), theirs.c_str())); }},
        {"remove a folder", [&] { return refused(unlinkat(AT_FDCWD, inside.path().c_str(), AT_REMOVEDIR)); }},
        {"read", [&] { return refused(open("/etc/passwd", O_RDONLY)); }},
    };
    for (const Attempt& attempt : attempts) {
        CAPTURE(attempt.name);
        CHECK(both_writers(inside, [&] { return attempt.works() ? 0 : 1; }) == "exit 0");
    }
    std::string kept;
    std::ifstream(theirs) >> kept;
    CHECK(kept == "theirs");
}

TEST_CASE("confine: roles that write by name may not do more to files than that") {
    if (!kernel_has_landlock()) {
        WARN(no_landlock);
        return;
    }
    const TemporaryFolder folder;
    const std::string path = folder.file("x");
    const std::vector<Attempt> forbidden{
        {"truncate by opening for reading", [&] { return open(path.c_str(), O_RDONLY | O_TRUNC) >= 0; }},
        {"truncate by name", [&] { return truncate(path.c_str(), 0) == 0; }},
        {"mkdir", [&] { return mkdir(path.c_str(), 0700) == 0; }},
        {"link", [&] { return link("/etc/passwd", path.c_str()) == 0; }},
        {"symlink", [&] { return symlink("/etc/passwd", path.c_str()) == 0; }},
        {"mknod", [&] { return mknod(path.c_str(), S_IFIFO | 0600, 0) == 0; }},
        {"chmod", [&] { return chmod(path.c_str(), 0777) == 0; }},
        {"chown", [&] { return chown(path.c_str(), 0, 0) == 0; }},
        {"set user id", [&] { return fchmod(0, 04755) == 0; }},
        {"utimes", [&] { return utimensat(AT_FDCWD, path.c_str(), nullptr, 0) == 0; }},
        {"duplicate a descriptor", [&] { return fcntl(0, F_DUPFD, 3) >= 0; }},
        {"signal-driven descriptor", [&] { return fcntl(0, F_SETOWN, getppid()) == 0; }},
    };
    for (const Attempt& attempt : forbidden) {
        CAPTURE(attempt.name);
        CHECK(both_writers(folder, [&] { return attempt.works() ? 1 : 0; }) == killed);
    }
}

TEST_CASE("confine: only the queue's role sends, and only where the socket is connected to already") {
    int pair[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
    const TemporaryFolder folder;
    const auto send_it = [&] { return send(pair[0], "decided", 7, MSG_NOSIGNAL) == 7 ? 0 : 1; };
    if (kernel_has_landlock()) {
        CHECK(ending(Role::cli_queue, {}, send_it, {folder.path()}) == "exit 0");
        char text[8] = {};
        CHECK(recv(pair[1], text, 7, 0) == 7);
        CHECK(std::string(text) == "decided");
        CHECK(ending(Role::cli_record, {}, send_it, {folder.path()}) == killed);
        const auto send_to = [&] {
            sockaddr_un address{};
            address.sun_family = AF_UNIX;
            return sendto(pair[0], "x", 1, 0, reinterpret_cast<sockaddr*>(&address), sizeof address) == 1 ? 0 : 1;
        };
        CHECK(ending(Role::cli_queue, {}, send_to, {folder.path()}) == killed);
        const auto connect_it = [&] {
            sockaddr_un address{};
            return connect(pair[0], reinterpret_cast<sockaddr*>(&address), sizeof address);
        };
        CHECK(ending(Role::cli_queue, {}, connect_it, {folder.path()}) == killed);
    }
    CHECK(ending(Role::cli_replay, {}, send_it) == killed);
    close(pair[0]);
    close(pair[1]);
}

TEST_CASE("confine: recording starts threads, the queue does not") {
    if (!kernel_has_landlock()) {
        WARN(no_landlock);
        return;
    }
    const TemporaryFolder folder;
    const auto body = [] {
        int sum = 0;
        std::thread([&] { sum = 42; }).join();
        return sum;
    };
    CHECK(ending(Role::cli_record, {}, body, {folder.path()}) == "exit 42");
    CHECK(ending(Role::cli_queue, {}, body, {folder.path()}) == killed);
}

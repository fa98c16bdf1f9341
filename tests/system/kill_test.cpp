/// kill -9 of the ingesting process at random instants: nothing that it said was committed is lost, nothing is there twice.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <sstream>

#include "tests/cli/folder.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/records.hpp"

namespace sw::test {
namespace {

constexpr std::uint64_t commit_every = 250;

std::uint64_t rounds() {
    const char* text = std::getenv("SPAN_KILL_ROUNDS");
    return text != nullptr ? std::strtoull(text, nullptr, 10) : 100;
}

/// The driver, its standard output ours to read.
class Driver {
public:
    Driver(const std::string& store, std::uint64_t records) {
        std::array<int, 2> ends{};
        REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
        const std::string count = std::to_string(records), every = std::to_string(commit_every);
        pid_ = ::fork();
        if (pid_ == 0) {
            ::dup2(ends[1], STDOUT_FILENO);
            ::execl(SPAN_INGEST_DRIVER, "ingest_driver", store.c_str(), count.c_str(), every.c_str(), nullptr);
            ::_exit(127);
        }
        REQUIRE(pid_ > 0);
        ::close(ends[1]);
        out_ = ::fdopen(ends[0], "r");
    }
    Driver(const Driver&) = delete;
    Driver& operator=(const Driver&) = delete;
    ~Driver() {
        if (pid_ > 0) end(SIGKILL);
        std::fclose(out_);
    }

    /// The next line, or "" at its end.
    std::string line() {
        std::array<char, 256> text{};
        return std::fgets(text.data(), text.size(), out_) != nullptr ? text.data() : "";
    }
    /// Everything it still said before it ended; signal 0: let it end by itself. Gives wait's status.
    int end(int signal) {
        if (signal != 0) ::kill(pid_, signal);
        int status = 0;
        ::waitpid(pid_, &status, 0);
        pid_ = -1;
        return status;
    }

private:
    pid_t pid_ = -1;
    std::FILE* out_ = nullptr;
};

struct Heard {
    std::uint64_t resumed = 0, micros = 0, committed = 0;
    bool done = false;

    void take(const std::string& line) {
        std::istringstream words(line);
        std::string verb;
        words >> verb;
        if (verb == "resumed") words >> resumed >> micros;
        if (verb == "committed") words >> committed;
        if (verb == "done") done = true;
    }
};

/// Let it say so many lines, work for a random moment, and die.
Heard kill_once(const std::string& path, std::uint64_t records, std::mt19937_64& random) {
    Driver driver(path, records);
    Heard heard;
    const auto lines = random() % 5;
    for (std::uint64_t i = 0; i < lines && !heard.done; ++i) heard.take(driver.line());
    for (volatile std::uint64_t moment = random() % 3'000'000; moment > 0;) moment = moment - 1;
    driver.end(SIGKILL);
    for (std::string rest = driver.line(); !rest.empty(); rest = driver.line()) heard.take(rest);
    return heard;
}

std::uint64_t offset_in(const std::string& path) {
    auto store = Store::open(path, Store::Access::read);
    if (!store) FAIL(store.error().text);
    CHECK(rows_of(store->db(), "PRAGMA integrity_check") == "ok");
    return static_cast<std::uint64_t>(*store->db().value("SELECT offset FROM journal_offset"));
}

void run_through(const std::string& path, std::uint64_t records) {
    Driver driver(path, records);
    REQUIRE(driver.end(0) == 0);
}

std::string dump_of(const std::string& path) {
    auto store = Store::open(path, Store::Access::read);
    if (!store) FAIL(store.error().text);
    return dump(*store);
}

}  // namespace

TEST_CASE("kill: an ingesting process that dies at any instant loses and repeats nothing") {
    const cli::Folder folder;
    const std::string killed = folder.at("killed.db"), whole = folder.at("whole.db");
    // The pipe holds what a killed process said; it must hold all that an unkilled one says, too: some 20 octets a commit.
    const std::uint64_t records = std::min<std::uint64_t>(rounds() * 2 * commit_every + 5'000, 2'000 * commit_every);
    std::mt19937_64 random(std::random_device{}());
    std::uint64_t acknowledged = 0, slowest = 0, kills = 0, begun = 0;
    bool exists = false;
    for (std::uint64_t round = 0; round < rounds(); ++round) {
        const Heard heard = kill_once(killed, records, random);
        if (heard.micros != 0) CHECK(heard.resumed >= acknowledged);
        acknowledged = std::max(acknowledged, std::max(heard.resumed, heard.committed));
        slowest = std::max(slowest, heard.micros);
        kills += !heard.done;
        exists = exists || heard.micros != 0;
        if (exists) CHECK(offset_in(killed) >= acknowledged);
        if (!heard.done) continue;
        CHECK(acknowledged == records);
        ++begun;
        for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(killed + suffix);
        acknowledged = 0;
        exists = false;
    }
    run_through(killed, records);
    run_through(whole, records);
    CHECK(dump_of(killed) == dump_of(whole));
    CHECK(kills >= rounds() / 2);
    std::printf("%llu kills, %llu stores filled, slowest start behind a kill %.1f ms\n", static_cast<unsigned long long>(kills),
                static_cast<unsigned long long>(begun + 1), static_cast<double>(slowest) / 1000);
}

}  // namespace sw::test

/// From the socket into the journal: each datagram once, wherever a process dies.
#include "collector/sources/datagram_receiver.hpp"

#include <sys/wait.h>

#include "collector/sources/journal_source.hpp"
#include "tests/unit/sources/sender.hpp"
#include "tests/unit/sources/sourced.hpp"

namespace sw::test {
namespace {

constexpr JournalLimits limits{.segment_octets = 1u << 20, .total_octets = 16u << 20};

std::unique_ptr<DatagramReceiver> receiver(LogSocket socket, const cli::Folder& folder) {
    auto made = DatagramReceiver::open(std::move(socket), folder.path(), limits, true);
    if (!made) FAIL(made.error().text);
    return std::move(*made);
}

/// Everything that the journal holds, by a source of its own.
struct Kept : Sourced {
    explicit Kept(const cli::Folder& journal) {
        JournalSource source(journal.path(), LogVia::socket, trouble());
        while (read(source) > 0) {
        }
        commit_of(source);
    }
    std::string texts() { return rows("SELECT group_concat(CAST(raw AS TEXT), '|') FROM log_event"); }
};

/// A process that got as far as its journal with the first `kept` datagrams of the queue, and died.
void die_behind(const LogSocket& socket, const cli::Folder& folder, std::size_t kept) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(socket.descriptor(), 3);
        ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
        ::setenv("LISTEN_FDS", "1", 1);
        auto own = LogSocket::from_environment();
        auto journal = JournalWriter::open(folder.path(), limits);
        if (!own || !*own || !journal) ::_exit(1);
        RunRecord run;
        run.source = (*own)->identity();
        (*journal)->run(run);
        const auto all = (*own)->peek();
        if (!all || all->size() < kept) ::_exit(2);
        for (const Datagram& d : all->first(kept))
            (*journal)->log({.rule = {},
                             .tuple = {d.source, (*own)->address(), d.port, (*own)->port(), 17},
                             .mac = {},
                             .ts = d.received,
                             .number = 1,
                             .octets = d.octets});
        if (!(*journal)->flush(false)) ::_exit(3);
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
}

/// The next process, with the socket that its supervisor kept.
void live_on(const LogSocket& socket, const cli::Folder& folder) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(socket.descriptor(), 3);
        ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
        ::setenv("LISTEN_FDS", "1", 1);
        auto own = LogSocket::from_environment();
        if (!own || !*own) ::_exit(1);
        auto made = DatagramReceiver::open(std::move(**own), folder.path(), limits, true);
        ::_exit(made && (*made)->turn() ? 0 : 2);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFEXITED(status));
    REQUIRE(WEXITSTATUS(status) == 0);
}

}  // namespace

TEST_CASE("datagram receiver: what waits is in the journal's file when the kernel's queue is empty") {
    const cli::Folder folder;
    LogSocket socket = bound_socket();
    const Sender sender(socket);
    for (const char* text : {"one", "two", "", "three"}) sender.send(text);
    auto r = receiver(std::move(socket), folder);
    sender.send("four");
    REQUIRE(r->turn());
    CHECK(r->received() == 5);
    Kept kept(folder);  // another process would see this much
    CHECK(kept.rows("SELECT count(*) FROM log_event") == "5");
    CHECK(kept.texts().find("one|two||three|four") == 0);
    CHECK(kept.rows("SELECT via || ' ' || host FROM log_source") == "socket 127.0.0.1");
}

TEST_CASE("datagram receiver: one that died behind its journal left datagrams that are not taken twice") {
    for (const std::size_t kept : {0u, 1u, 3u, 5u}) {
        CAPTURE(kept);
        const cli::Folder folder;
        LogSocket socket = bound_socket();
        const Sender sender(socket);
        for (const char* text : {"same", "same", "same", "other", "same"}) sender.send(text);
        die_behind(socket, folder, kept);
        live_on(socket, folder);
        CHECK(Kept(folder).texts() == "same|same|same|other|same");
        live_on(socket, folder);
        CHECK(Kept(folder).texts() == "same|same|same|other|same");
    }
}

TEST_CASE("datagram receiver: a journal of another socket tells nothing of this one's queue") {
    const cli::Folder folder;
    {
        LogSocket before = bound_socket();
        const Sender sender(before);
        sender.send("one");
        die_behind(before, folder, 1);
    }
    LogSocket socket = bound_socket();
    const Sender sender(socket);
    sender.send("one");
    live_on(socket, folder);
    CHECK(Kept(folder).texts() == "one|one");
}

TEST_CASE("datagram receiver: what the kernel dropped is a loss, told once") {
    const cli::Folder folder;
    LogSocket socket = bound_socket();
    const Sender sender(socket);
    const int small = 4096, fd = socket.descriptor();
    auto r = receiver(std::move(socket), folder);
    REQUIRE(::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small) == 0);
    constexpr std::uint64_t sent = 300;
    for (std::uint64_t i = 0; i < sent; ++i) sender.send(std::string(1000, 'x'));
    REQUIRE(r->turn());
    r->every_second(noon);
    r->every_second(noon + std::chrono::seconds{1});
    Kept kept(folder);
    const std::uint64_t lost = std::stoull(kept.rows("SELECT sum(lost) FROM log_loss"));
    CHECK(lost > 0);
    CHECK(r->received() + lost == sent);
    CHECK(kept.rows("SELECT count(*) FROM log_loss") == "1");
    REQUIRE(kept.troubles.size() == 1);
    CHECK(kept.troubles.front().find("the kernel dropped them") != std::string::npos);
}

}  // namespace sw::test

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <sodium.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

#include "rules/confine/confine_table.hpp"
#include "rules/policy/program.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/confine/forbidden.hpp"
#include "tests/unit/confine/in_child.hpp"
#include "tests/unit/confine/temporary_file.hpp"

namespace {

using confined::Attempt;
using confined::ending;
using confined::forbidden;
using confined::killed;
using confined::TemporaryFile;
using sw::Role;

// For people who read the failure.
std::string both_roles(const std::function<int()>& body, const std::vector<std::string>& readable = {}) {
    const std::string replay = ending(Role::cli_replay, readable, body), rules = ending(Role::cli_rules, readable, body);
    return replay == rules ? replay : "replay: " + replay + ", rules: " + rules;
}

bool kernel_has_landlock() { return syscall(SYS_landlock_create_ruleset, nullptr, 0, 1) >= 1; }

int read_all(const std::string& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return file ? static_cast<int>(text.str().size()) : -errno;
}

}  // namespace

TEST_CASE("confine: every forbidden call kills, whatever the role") {
    REQUIRE(forbidden.size() >= 40);
    for (const Attempt& attempt : forbidden) {
        CAPTURE(attempt.name);
        CHECK(both_roles([&] { return attempt.call() < 0 ? 1 : 0; }) == killed);
    }
}

TEST_CASE("confine: the harness can fail: without a forbidden call the child ends well") {
    CHECK(both_roles([] { return 0; }) == "exit 0");
    CHECK(both_roles([] { return 7; }) == "exit 7");
}

TEST_CASE("confine: a socket of any family is refused politely") {
    CHECK(both_roles([] {
              for (int family = 0; family < AF_MAX; ++family)
                  for (int type : {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW})
                      if (socket(family, type, 0) >= 0 || errno != EPERM) return 1;
              int pair[2];
              return socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 && errno == EPERM ? 0 : 2;
          }) == "exit 0");
}

TEST_CASE("confine: no memory becomes code") {
    CHECK(both_roles([] {
              void* page = mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
              if (page != MAP_FAILED || errno != EACCES) return 1;
              page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
              if (page == MAP_FAILED) return 2;
              return mprotect(page, 4096, PROT_READ | PROT_EXEC) < 0 && errno == EACCES ? 0 : 3;
          }) == "exit 0");
}

TEST_CASE("confine: named files can be read, and with Landlock no others") {
    const TemporaryFile named("twelve chars"), other("secret");
    CHECK(ending(Role::cli_replay, {named.path()}, [&] { return read_all(named.path()); }) == "exit 12");
    CHECK(ending(Role::cli_replay, {"/nowhere/at/all", named.path()}, [&] { return read_all(named.path()); }) == "exit 12");
    if (!kernel_has_landlock()) {
        WARN("this kernel has no Landlock");
        return;
    }
    const auto is_denied = [&](const std::string& path) { return open(path.c_str(), O_RDONLY) < 0 && errno == EACCES ? 0 : 1; };
    CHECK(ending(Role::cli_replay, {named.path()}, [&] { return is_denied(other.path()); }) == "exit 0");
    CHECK(ending(Role::cli_replay, {named.path()}, [&] { return is_denied("/etc/passwd"); }) == "exit 0");
    CHECK(ending(Role::cli_replay, {named.path()}, [&] { return is_denied("/etc/hosts"); }) == "exit 0");
    CHECK(ending(Role::cli_rules, {named.path()}, [&] { return is_denied(named.path()); }) == "exit 0");
    CHECK(ending(Role::cli_replay, {std::filesystem::path(named.path()).parent_path()}, [&] { return read_all(other.path()); }) ==
          "exit 6");
}

TEST_CASE("confine: threads start for a role that has them, and for no other") {
    const auto body = [] {
        int sum = 0;
        std::thread([&] { sum = 42; }).join();
        return sum;
    };
    CHECK(ending(Role::cli_replay, {}, body) == "exit 42");
    CHECK(ending(Role::cli_rules, {}, body) == killed);
}

TEST_CASE("confine: a thread chooses its core where there are threads, and nobody chooses another process's") {
    const auto settle = [](pid_t pid) {
        cpu_set_t cores;
        if (sched_getaffinity(0, sizeof cores, &cores) != 0) return 2;
        return sched_setaffinity(pid, sizeof cores, &cores) == 0 ? 42 : 3;
    };
    CHECK(ending(Role::cli_replay, {}, [&] { return settle(0); }) == "exit 42");
    CHECK(ending(Role::cli_replay, {}, [&] { return settle(getppid()); }) == killed);
    CHECK(ending(Role::cli_rules, {}, [&] { return settle(0); }) == killed);
}

TEST_CASE("confine: a filter that names a host fails without a socket, with our words") {
    CHECK(both_roles([] {
              auto compiler = sw::FilterCompiler::make({});
              if (!compiler) return 1;
              const auto program = compiler->compile("host no-such-name.example");
              if (program) return 2;
              return program.error().text.find("names belong in [names]") == std::string::npos ? 3 : 0;
          }) == "exit 0");
}

TEST_CASE("confine: libpcap compiles, services and protocols included") {
    CHECK(
        both_roles([] {
            auto compiler = sw::FilterCompiler::make({});
            if (!compiler) return 1;
            for (const char* text : {"tcp port smtp", "portrange ftp-domain", "ip proto ospf", "host 2001:db8::1", "net 10 or net 192.168"})
                if (!compiler->compile(text)) return 2;
            return 0;
        }) == "exit 0");
}

TEST_CASE("confine: what our libraries do every day goes on") {
    const TemporaryFile named(std::string(100000, 'x'));
    CHECK(ending(Role::cli_replay, {named.path()}, [&] {
              std::cout << std::flush;
              std::fprintf(stderr, "%s", "");
              if (read_all(named.path()) != 100000) return 1;
              std::vector<char> big(std::size_t{64} << 20, 'a');  // mmap, munmap, mremap
              big.resize(std::size_t{100} << 20);
              std::array<Bytef, 1000> packed{};
              uLongf packed_size = packed.size();
              if (compress(packed.data(), &packed_size, reinterpret_cast<const Bytef*>(big.data()), 500) != Z_OK) return 2;
              std::array<char, 1000> zstd{};
              if (ZSTD_isError(ZSTD_compress(zstd.data(), zstd.size(), big.data(), 500, 3)) != 0) return 3;
              if (sodium_init() < 0) return 4;
              (void)randombytes_random();
              FILE* memory = fmemopen(big.data(), 10, "r");
              if (memory == nullptr || std::fgetc(memory) != 'a' || std::fclose(memory) != 0) return 5;
              const std::time_t now = std::time(nullptr);
              std::tm local{};
              if (localtime_r(&now, &local) == nullptr) return 6;
              if (getservbyname("smtp", "tcp") == nullptr) return 7;
              (void)isatty(1);
              winsize size{};
              (void)ioctl(1, TIOCGWINSZ, &size);
              const int fd = open(named.path().c_str(), O_RDONLY | O_CLOEXEC);
              struct stat about {};
              char octet = 0;
              if (fstat(fd, &about) != 0 || lseek(fd, 5, SEEK_SET) != 5 || pread(fd, &octet, 1, 9) != 1 || close(fd) != 0) return 8;
              struct sigaction ignore {};
              ignore.sa_handler = SIG_IGN;
              if (sigaction(SIGINT, &ignore, nullptr) != 0 || raise(SIGINT) != 0) return 9;
              return 0;
          }) == "exit 0");
}

TEST_CASE("confine: a child from before is waited for") {
    CHECK(both_roles([] { return waitpid(-1, nullptr, 0) < 0 && errno == ECHILD ? 0 : 1; }) == "exit 0");
}

TEST_CASE("confine: a signal handler runs, and abort still aborts") {
    CHECK(both_roles([] {
              static volatile std::sig_atomic_t seen = 0;
              std::signal(SIGINT, [](int) { seen = 1; });
              raise(SIGINT);
              return seen == 1 ? 0 : 1;
          }) == "exit 0");
    CHECK(both_roles([]() -> int { std::abort(); }) == "signal " + std::to_string(SIGABRT));
}

TEST_CASE("confine: an ordinary exit works, whatever a sanitizer does then") {
    CHECK(both_roles([]() -> int { std::exit(5); }) == "exit 5");
}

TEST_CASE("confine: it is said only when it is so, and only once") {
    CHECK(both_roles([] { return sw::is_confined() ? 0 : 1; }) == "exit 0");
    CHECK(both_roles([] { return sw::confine(Role::cli_replay, {}) ? 1 : 0; }) == "exit 0");
}

TEST_CASE("confine: nothing is compiled before the process is confined") {
    if (sw::is_confined()) return;  // another test of this program has marked it
    auto compiler = sw::FilterCompiler::make({});
    REQUIRE(compiler);
    const auto program = compiler->compile("tcp");
    REQUIRE_FALSE(program);
    CHECK(program.error().code == sw::ExitCode::environment);
}

TEST_CASE("confine: the man page says what the table says, word for word") {
    std::ifstream file(std::string(SPAN_SOURCE_DIR) + "/docs/man/span-watcher.1");
    std::string page, word;
    while (file >> word) page += word + " ";
    for (const sw::Powers& row : sw::confine_table()) {
        const std::string sentence = std::string(row.name) + ": " + std::string(row.sentence) + (row.threads ? "; starts threads " : " ");
        CAPTURE(sentence);
        CHECK(page.find(sentence) != std::string::npos);
    }
}

TEST_CASE("confine: the table has a row for each role, and says so in words") {
    for (const sw::Powers& row : sw::confine_table()) {
        CHECK(sw::powers_of(row.role).name == row.name);
        CHECK(sw::describe_confinement().find(std::string(row.name) + ": ") != std::string::npos);
        CHECK(row.pledge.starts_with("stdio"));
    }
}

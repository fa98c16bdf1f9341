/// Decisions told to the syslog, as the C library sends them: to /dev/log, which these tests put in place in a mount namespace
/// of their own.
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>

#include "collector/export/audit_log.hpp"
#include "rules/base/unique_fd.hpp"
#include "rules/confine/confine.hpp"
#include "tests/support/catch.hpp"

namespace {

using sw::UniqueFd;

sw::Review review() {
    sw::Review r;
    r.id = 7;
    r.analyst = "amy";
    r.verb = "dismiss";
    r.finding = 12;
    r.reason = "the scanner of 'ops'\nforged line \x1b[31m\xe2\x80\xae";
    r.hash = "ab12";
    return r;
}

// What body writes to the descriptor, run in a process whose /dev holds nothing; "" and false where that cannot be had.
struct Told {
    bool possible = false;
    int code = -1;
    std::string text;
};

Told in_empty_dev(const std::function<int(int)>& body) {
    constexpr int impossible = 77;
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork();
    if (child == 0) {
        if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            mount("none", "/dev", "tmpfs", 0, nullptr) != 0)
            _exit(impossible);
        _exit(body(ends[1]));
    }
    close(ends[1]);
    Told told;
    char text[4096];
    for (ssize_t n; (n = ::read(ends[0], text, sizeof text)) > 0;) told.text.append(text, static_cast<std::size_t>(n));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    told.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    told.possible = told.code != impossible;
    return told;
}

UniqueFd listen_at_dev_log(int type) {
    UniqueFd fd(socket(AF_UNIX, type, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, "/dev/log");
    if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return UniqueFd();
    if (type == SOCK_STREAM && listen(fd.get(), 1) != 0) return UniqueFd();
    return fd;
}

void write_text(int to, const std::string& text) { (void)!::write(to, text.data(), text.size()); }

constexpr const char* not_root = "skipped: a mount namespace of one's own needs root";

bool is_built_in() { return sw::AuditLog().problem().find("built without libevtlog") == std::string::npos; }

}  // namespace

TEST_CASE("audit: a decision reaches the syslog under confinement, with its fields, and cannot forge a line") {
    if (!is_built_in()) {
        WARN("skipped: built without libevtlog");
        return;
    }
    const Told told = in_empty_dev([](int to) {
        const UniqueFd log = listen_at_dev_log(SOCK_DGRAM);
        sw::AuditLog audit;
        if (!log || !audit.problem().empty()) return 1;
        if (!sw::confine(sw::Role::cli_queue, {}, {"/tmp"})) return 2;
        audit.decided(review());
        char message[2048];
        const ssize_t n = ::read(log.get(), message, sizeof message);
        if (n <= 0) return 3;
        write_text(to, std::string(message, static_cast<std::size_t>(n)));
        return 0;
    });
    if (!told.possible) {
        WARN(not_root);
        return;
    }
    CHECK(told.code == 0);
    CAPTURE(told.text);
    CHECK(told.text.starts_with("<85>"));  // authpriv.notice
    CHECK(told.text.find("span-watcher[") != std::string::npos);
    CHECK(told.text.find("queue dismiss; analyst='amy', finding='12', reason='") != std::string::npos);
    CHECK(told.text.find(", review='7', head='ab12'") != std::string::npos);
    CHECK(told.text.find_first_of("\n\x1b\xe2") == std::string::npos);
}

TEST_CASE("audit: without /dev/log that is said once, and deciding goes on") {
    const Told told = in_empty_dev([](int to) {
        sw::AuditLog audit;
        audit.decided(review());
        write_text(to, audit.problem());
        return 0;
    });
    if (!told.possible) {
        WARN(not_root);
        return;
    }
    CHECK(told.code == 0);
    CHECK(told.text.find("decisions are not told to the syslog") != std::string::npos);
    CHECK(told.text.find("the store is the record") != std::string::npos);
    CHECK(told.text.find('\n') == std::string::npos);
}

TEST_CASE("audit: a syslog that ends in between kills nobody") {
    const Told told = in_empty_dev([](int) {
        UniqueFd log = listen_at_dev_log(SOCK_DGRAM);
        sw::AuditLog audit;
        log.reset();
        if (!sw::confine(sw::Role::cli_queue, {}, {"/tmp"})) return 2;
        audit.decided(review());
        audit.decided(review());
        return 0;
    });
    if (!told.possible) {
        WARN(not_root);
        return;
    }
    CHECK(told.code == 0);
}

TEST_CASE("audit: a socket file that nobody listens at is told as such") {
    if (!is_built_in()) {
        WARN("skipped: built without libevtlog");
        return;
    }
    const Told told = in_empty_dev([](int to) {
        listen_at_dev_log(SOCK_DGRAM).reset();
        write_text(to, sw::AuditLog().problem());
        return 0;
    });
    if (!told.possible) {
        WARN(not_root);
        return;
    }
    CHECK(told.text.find("Connection refused") != std::string::npos);
}

#include "tests/system/enclave/world.hpp"

#include <fcntl.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/support/catch.hpp"

namespace sw::test {
namespace {

namespace fs = std::filesystem;

const char* const tools[] = {
    "ip",      "tc",       "bridge",  "nft",    "nsenter",          "ethtool",         "ping", "socat", "nc", "curl", "dig", "ssh",
    "dnsmasq", "dropbear", "openssl", "logger", "systemd-sysusers", "systemd-tmpfiles"};

bool succeeds(const std::string& command) { return std::system(("(" + command + ") >/dev/null 2>&1").c_str()) == 0; }

/// What is written there stays here: the real folder is only read.
bool shadow(const std::string& folder) {
    const std::string upper = "/run/shadow" + folder;
    fs::create_directories(upper + "/upper");
    fs::create_directories(upper + "/work");
    const std::string options = "lowerdir=" + folder + ",upperdir=" + upper + "/upper,workdir=" + upper + "/work";
    return ::mount("overlay", folder.c_str(), "overlay", 0, options.c_str()) == 0;
}

bool own_mounts() {
    return ::unshare(CLONE_NEWNS | CLONE_NEWNET) == 0 && ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           ::mount("tmpfs", "/run", "tmpfs", 0, "mode=755") == 0 && shadow("/etc") && shadow("/var");
}

void run(const std::string& command) {
    INFO(command);
    REQUIRE(std::system(command.c_str()) == 0);
}

int child_status(const std::function<bool()>& body) {
    const pid_t pid = ::fork();
    if (pid == 0) ::_exit(body() ? 0 : 1);
    int status = 0;
    ::waitpid(pid, &status, 0);
    return status;
}

}  // namespace

std::string world_unavailable() {
    if (::geteuid() != 0) return "needs root, for network namespaces";
    for (const char* tool : tools)
        if (!succeeds(std::string("command -v ") + tool)) return std::string("no ") + tool;
    if (child_status(own_mounts) != 0) return "no namespaces or no overlay mounts here";
    return "";
}

void enter_world() {
    static bool entered = false;
    if (std::exchange(entered, true)) return;
    REQUIRE(own_mounts());
    run("ip link set lo up");
    run("sh " SPAN_SOURCE_DIR "/tests/system/enclave/lay_out.sh");
    run("systemd-sysusers " SPAN_SOURCE_DIR "/systemd/span-watcher.sysusers 2>/run/sysusers");
    run("systemd-tmpfiles --create " SPAN_SOURCE_DIR "/systemd/span-watcher.tmpfiles 2>&1");
}

bool enter_host(const Host& host) {
    if (host.empty()) return true;
    const UniqueFd net(::open(("/run/netns/" + host).c_str(), O_RDONLY | O_CLOEXEC));
    return net && ::setns(net.get(), CLONE_NEWNET) == 0;
}

namespace {
std::string in(const Host& host, const std::string& command) {
    std::string quoted;
    for (const char c : command) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return (host.empty() ? std::string() : "nsenter --net=/run/netns/" + host + " -- ") + "sh -c '" + quoted + "'";
}
}  // namespace

void shell(const Host& host, const std::string& command) { run(in(host, command)); }

std::string output_of(const Host& host, const std::string& command) {
    std::FILE* pipe = ::popen(in(host, command).c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string out;
    std::array<char, 4096> piece{};
    for (std::size_t n; (n = std::fread(piece.data(), 1, piece.size(), pipe)) > 0;) out.append(piece.data(), n);
    ::pclose(pipe);
    return out;
}

/// A socket belongs to the namespace that its thread was in.
Wire::Wire(const Host& host, const std::string& interface) {
    std::thread([&] {
        if (!enter_host(host)) return;
        UniqueFd fd(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
        sockaddr_ll to{};
        to.sll_family = AF_PACKET;
        to.sll_ifindex = static_cast<int>(::if_nametoindex(interface.c_str()));
        if (fd && ::bind(fd.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) fd_ = std::move(fd);
    }).join();
    REQUIRE(fd_);
}

bool Wire::try_send(const craft::CraftedFrame& f) const {
    return ::send(fd_.get(), f.bytes.data(), f.bytes.size(), 0) == static_cast<ssize_t>(f.bytes.size());
}

void Wire::send(const craft::CraftedFrame& f) const { REQUIRE(try_send(f)); }

void Wire::send(const craft::Frames& frames) const {
    for (const craft::CraftedFrame& f : frames) send(f);
}

void until(const std::string& what, const std::function<bool()>& holds, int pause) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end) FAIL("waited a minute for: " << what);
        ::poll(nullptr, 0, pause);
    }
}

std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace sw::test

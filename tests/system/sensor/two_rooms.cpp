#include "tests/system/sensor/two_rooms.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/support/catch.hpp"

namespace sw::test {
namespace {

constexpr auto patience = std::chrono::seconds(60);

int status_of(pid_t pid) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

void until(const std::string& what, const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end) FAIL("waited a minute for: " << what);
        ::poll(nullptr, 0, 20);
    }
}

std::string TwoRooms::unavailable() {
    if (::geteuid() != 0) return "needs root, for network namespaces";
    const pid_t pid = ::fork();
    if (pid == 0) ::_exit(::unshare(CLONE_NEWNET | CLONE_NEWNS) == 0 ? 0 : 1);
    if (status_of(pid) != 0) return "no network namespaces here";
    if (std::system("command -v ip nsenter >/dev/null 2>&1") != 0) return "no ip(8) or nsenter(1)";
    return "";
}

TwoRooms::Holder TwoRooms::hold() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    const UniqueFd read(ends[0]);
    UniqueFd write(ends[1]);
    const pid_t parent = ::getpid();
    Holder h;
    h.pid = ::fork();
    if (h.pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        const bool made = ::unshare(CLONE_NEWNET) == 0 && ::getppid() == parent;
        if (!made || ::write(write.get(), "x", 1) != 1) ::_exit(1);
        for (;;) ::pause();
    }
    write.reset();
    char ready = 0;
    REQUIRE(::read(read.get(), &ready, 1) == 1);
    h.net = UniqueFd(::open(("/proc/" + std::to_string(h.pid) + "/ns/net").c_str(), O_RDONLY | O_CLOEXEC));
    REQUIRE(h.net);
    return h;
}

TwoRooms::TwoRooms() : sensor_(hold()), outside_(hold()) {
    for (const Room room : {Room::sensor, Room::outside}) ip(room, "link set lo up");
    ip(Room::sensor, "link add span0 type veth peer name out0 netns " + std::to_string(outside_.pid));
    ip(Room::sensor, "link set span0 addrgenmode none arp off multicast off mtu 9000 up");
    ip(Room::outside, "link set out0 addrgenmode none arp off multicast off mtu 9000 up");
}

TwoRooms::~TwoRooms() {
    for (const Holder* h : {&sensor_, &outside_}) {
        ::kill(h->pid, SIGKILL);
        ::waitpid(h->pid, nullptr, 0);
    }
}

void TwoRooms::ip(Room room, const std::string& arguments) const {
    const std::string command = "nsenter --net=/proc/" + std::to_string(holder(room).pid) + "/ns/net ip " + arguments;
    INFO(command);
    REQUIRE(std::system(command.c_str()) == 0);
}

/// A socket belongs to the namespace that its thread was in.
UniqueFd TwoRooms::packet_socket(Room room, const std::string& interface, bool takes) const {
    UniqueFd made;
    std::thread([&] {
        if (::setns(holder(room).net.get(), CLONE_NEWNET) != 0) return;
        UniqueFd fd(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
        sockaddr_ll to{};
        to.sll_family = AF_PACKET;
        to.sll_protocol = takes ? htons(ETH_P_ALL) : std::uint16_t{0};
        to.sll_ifindex = static_cast<int>(::if_nametoindex(interface.c_str()));
        if (fd && ::bind(fd.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) made = std::move(fd);
    }).join();
    return made;
}

void TwoRooms::send(Room room, const std::string& interface, const craft::Frames& frames) const {
    const UniqueFd fd = packet_socket(room, interface);
    REQUIRE(fd);
    for (const craft::CraftedFrame& f : frames)
        REQUIRE(::send(fd.get(), f.bytes.data(), f.bytes.size(), 0) == static_cast<ssize_t>(f.bytes.size()));
}

bool TwoRooms::enter(Room room) const {
    return ::setns(holder(room).net.get(), CLONE_NEWNET) == 0 && ::unshare(CLONE_NEWNS) == 0 &&
           ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 && ::mount("sysfs", "/sys", "sysfs", 0, nullptr) == 0;
}

Running::Running(const TwoRooms& rooms, std::vector<std::string> words, std::string errors) : errors_(std::move(errors)) {
    std::vector<char*> argv;
    for (std::string& w : words) argv.push_back(w.data());
    argv.push_back(nullptr);
    pid_ = ::fork();
    REQUIRE(pid_ >= 0);
    if (pid_ > 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    // The leak detector stops the process with ptrace, which confinement forbids.
    ::setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    const int err = ::open(errors_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::dup2(err, STDERR_FILENO);
    if (rooms.enter(TwoRooms::Room::sensor)) ::execvp(argv[0], argv.data());
    ::_exit(127);
}

Running::~Running() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

void Running::signal(int number) const { REQUIRE(::kill(pid_, number) == 0); }

int Running::wait() {
    const int code = status_of(pid_);
    pid_ = -1;
    return code;
}

std::string Running::errors() const {
    std::ifstream file(errors_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void Running::say(const std::string& text) const {
    until("\"" + text + "\" in: " + errors(),
          [&] { return errors().find(text) != std::string::npos || ::waitpid(pid_, nullptr, WNOHANG | WNOWAIT) > 0; });
    INFO(errors());
    REQUIRE(errors().find(text) != std::string::npos);
}

}  // namespace sw::test

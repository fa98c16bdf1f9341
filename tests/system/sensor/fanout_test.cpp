/// How frames are shared out among several capture threads: by the kernel, with a program of ours.
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>

#include "sensor/capture/fanout.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/messages.hpp"
#include "tests/support/stock.hpp"
#include "tests/system/sensor/two_rooms.hpp"
#include "tests/system/spooled.hpp"

namespace sw::test {
namespace {

using namespace craft;
using Room = TwoRooms::Room;

constexpr std::size_t shares = 4;

/// Four sockets that share what comes in at span0.
class Shared {
public:
    explicit Shared(std::uint32_t key = 1) {
        for (UniqueFd& fd : sockets_) fd = rooms_.packet_socket(Room::sensor, "span0", true);
        std::vector<int> numbers;
        for (const UniqueFd& fd : sockets_) numbers.push_back(fd.get());
        const auto shared = share_frames(numbers, key);
        INFO((shared ? "" : shared.error().text));
        REQUIRE(shared);
        taken();  // what came before
    }
    /// Which socket each frame came to, in the order they were sent; fails where one came to none or to two.
    std::vector<std::size_t> shares_of(const Frames& frames) {
        std::vector<std::size_t> list;
        for (const CraftedFrame& f : frames) {
            REQUIRE(::send(sender_.get(), f.bytes.data(), f.bytes.size(), 0) == static_cast<ssize_t>(f.bytes.size()));
            std::array<pollfd, shares> watched{};
            for (std::size_t i = 0; i < shares; ++i) watched[i] = {.fd = sockets_[i].get(), .events = POLLIN, .revents = 0};
            REQUIRE(::poll(watched.data(), watched.size(), 10'000) == 1);
            const std::vector<std::size_t> in = taken();
            REQUIRE(in.size() == 1);
            list.push_back(in[0]);
        }
        CHECK(taken().empty());
        return list;
    }

private:
    /// Of which sockets there was something to read, once for each frame.
    std::vector<std::size_t> taken() {
        std::vector<std::size_t> in;
        std::array<std::uint8_t, 16384> octets{};
        for (std::size_t i = 0; i < sockets_.size(); ++i)
            while (::recv(sockets_[i].get(), octets.data(), octets.size(), MSG_DONTWAIT) >= 0) in.push_back(i);
        return in;
    }

    const TwoRooms rooms_;
    const UniqueFd sender_ = rooms_.packet_socket(Room::outside, "out0");
    std::array<UniqueFd, shares> sockets_;
};

bool skipped() {
    const std::string why = TwoRooms::unavailable();
    if (!why.empty()) std::printf("skipped: %s\n", why.c_str());
    return !why.empty();
}

Endpoint host_of(bool six, unsigned n, std::uint16_t port) {
    const std::string low = std::to_string(n);
    return {std::string(mac::firewall), six ? "2001:db8:f::" + low : "198.51.100." + low, port};
}

/// All that belongs to one pair of addresses.
Frames of_a_pair(const Endpoint& a, const Endpoint& b, const Endpoint& router) {
    const CraftedFrame syn = tcp(a, b), answer = tcp(b, a, {.flags = 0x12, .options = {}}), asks = udp(a, b, "what"),
                       other = tcp({a.mac, a.ip, 999}, {b.mac, b.ip, 1});
    Frames all{
        syn, answer, asks, udp(b, a, "that"), other, CraftedFrame(syn).tag(100), CraftedFrame(answer).tag(7), ip(a, b, 50, octets("esp"))};
    for (const auto& [about, to] : {std::pair{&syn, &a}, std::pair{&answer, &b}})
        for (const std::uint8_t type : a.is_v6() ? std::array<std::uint8_t, 4>{1, 2, 3, 4} : std::array<std::uint8_t, 4>{3, 4, 11, 12}) {
            all.push_back(icmp_error(router, *to, type, 0, *about));
            all.push_back(icmp_error(to == &a ? b : a, *to, type, 0, *about));
        }
    if (a.is_v6()) return all;
    CraftedFrame first = asks, later = asks;
    all.push_back(first.set16(ip_at + 6, 0x2000).fix_ip());
    all.push_back(later.set16(ip_at + 6, 0x0010).fix_ip());
    all.push_back(CraftedFrame(syn).ip_options({7, 7, 4, 0, 0, 0, 0, 0}));
    all.push_back(icmp_error(router, a, 3, 1, syn).ip_options({7, 7, 4, 0, 0, 0, 0, 0}));
    return all;
}

}  // namespace

TEST_CASE("fanout: a conversation, its answers, fragments and tags, and the errors that any router sends about it, come to one ring") {
    if (skipped()) return;
    Shared shared;
    for (const bool six : {false, true})
        for (unsigned n = 1; n <= 12; ++n) {
            const Endpoint a = host_of(six, n, static_cast<std::uint16_t>(40000 + n)), b = six ? v6(mail, 25) : v4(mail, 25);
            const auto in = shared.shares_of(of_a_pair(a, b, host_of(six, 250, 0)));
            INFO("host " << n << (six ? " v6" : " v4"));
            CHECK(std::count(in.begin(), in.end(), in.front()) == static_cast<std::ptrdiff_t>(in.size()));
        }
}

TEST_CASE("fanout: pairs of addresses are spread over all rings, by a key that nobody outside knows") {
    if (skipped()) return;
    std::vector<std::vector<std::size_t>> by_key;
    for (const std::uint32_t key : {1u, 0xdeadbeefu}) {
        Shared shared(key);
        Frames frames;
        for (unsigned n = 1; n <= 200; ++n) frames.push_back(tcp(host_of(n % 2 == 0, n, 40000), n % 2 == 0 ? v6(mail, 25) : v4(mail, 25)));
        by_key.push_back(shared.shares_of(frames));
        std::map<std::size_t, int> spread;
        for (const std::size_t share : by_key.back()) ++spread[share];
        CHECK(spread.size() == shares);
        for (const auto& [share, frames_in] : spread) CHECK(frames_in > 25);
    }
    CHECK(by_key[0] != by_key[1]);
}

TEST_CASE("fanout: every frame, however odd, comes to exactly one ring") {
    if (skipped()) return;
    Shared shared;
    const Frames all = everything(9014);
    // One by one would take long, and the day's honest traffic is all alike: every seventh of it, and all that is odd.
    Frames some;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (i > 2000 || i % 7 == 0) some.push_back(all[i]);
    CHECK(shared.shares_of(some).size() == some.size());
}

}  // namespace sw::test

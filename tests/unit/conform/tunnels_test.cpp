/// Tunnels that were there before us, that are silent for minutes, and IKE on its own port.
#include "tests/support/catch.hpp"
#include "tests/support/judge.hpp"
#include "tests/unit/conform/machines.hpp"

using namespace sw;
using namespace std::chrono_literals;
using test::Conversation;

namespace {

const std::string initiation = std::string("\1\0\0\0\1\0\0\0", 8) + std::string(140, 'i');
const std::string response = std::string("\2\0\0\0\2\0\0\0\1\0\0\0", 12) + std::string(80, 'r');
std::string wireguard_data(char to, char counter) {
    return std::string("\4\0\0\0", 4) + to + std::string(3, '\0') + counter + std::string(7, '\0') + std::string(16, 'd');
}

const std::string openvpn_data = "\x48" + std::string(40, 'd');

/// IKEv2 without a marker; sealed: behind IKE_SA_INIT.
std::string ike(bool sealed) {
    const std::string payload = std::string(sealed ? "\x21\0" : "\0\0", 2) + std::string("\0\x20", 2) + std::string(28, 'p');
    return std::string(8, 'i') + (sealed ? std::string(8, 'r') : std::string(8, '\0')) + (sealed ? '.' : '!') + "\x20" +
           (sealed ? "\x23" : "\x22") + "\x08" + std::string(3, '\0') + (sealed ? '\1' : '\0') + std::string("\0\0\0\x3c", 4) + payload;
}

}  // namespace

TEST_CASE("tunnels: within the grace data may come first, for its beginning may have been missed") {
    for (const auto& [speaks, data] :
         {std::pair<std::string, std::string>{"wireguard", wireguard_data(2, 9)}, {"openvpn", openvpn_data}, {"ike", ike(true)}}) {
        INFO(speaks);
        const auto p = test::protocol(speaks);
        Conversation begun(*p, {.datagrams = true, .may_have_begun = true, .port = 500}), fresh(*p, {.datagrams = true, .port = 500});
        CHECK_FALSE(begun.client(data));
        CHECK(fresh.client(data));
    }
}

TEST_CASE("tunnels: a session of WireGuard that was there before ends where a handshake is seen") {
    const auto p = test::protocol("wireguard");
    Conversation c(*p, {.datagrams = true, .may_have_begun = true});
    REQUIRE_FALSE(c.client(wireguard_data(7, 100)));
    REQUIRE_FALSE(c.client(initiation));
    REQUIRE_FALSE(c.client(wireguard_data(7, 101)));
    REQUIRE_FALSE(c.server(response));
    REQUIRE_FALSE(c.client(wireguard_data(2, 0)));
    CHECK(c.client(wireguard_data(7, 102)));
}

TEST_CASE("tunnels: on port 500 IKE stands alone, without a marker and without ESP") {
    const auto p = test::protocol("ike");
    Conversation c(*p, {.datagrams = true, .port = 500});
    CHECK_FALSE(c.client(ike(false)));
    Conversation marked(*p, {.datagrams = true, .port = 500});
    CHECK(marked.client(std::string(4, '\0') + ike(false)));
    Conversation esp(*p, {.datagrams = true, .port = 500});
    CHECK(esp.client(std::string("\0\0\x10\0\0\0\0\1", 8) + std::string(56, 'e')));
    Conversation alive(*p, {.datagrams = true, .port = 500});
    CHECK(alive.client("\xff"));
    Conversation sealed(*p, {.datagrams = true, .port = 500});
    CHECK(sealed.client(ike(true)));
}

TEST_CASE("tunnels: silent for three minutes they are the same, longer and they begin anew") {
    const std::string policy =
        "[[allow]]\nname = \"tunnel\"\nfilter = \"udp and dst host 192.0.2.25 and dst port 51820\"\nspeaks = \"wireguard\"\n";
    using namespace craft;
    const Endpoint peer = v4(outside, 40000), here = v4(mail, 51820);
    const auto frames_after = [&](Duration silence) {
        Frames f;
        f.push_back(udp(peer, here, initiation));
        f.push_back(udp(here, peer, response).at(noon + 1s));
        f.push_back(udp(peer, here, wireguard_data(2, 0)).at(noon + 2s));
        f.push_back(udp(peer, here, wireguard_data(2, 1)).at(noon + 2s + silence));
        return judge(policy, f);
    };
    CHECK(frames_after(179s).judgements[3].verdict == Verdict::allow);
    CHECK(frames_after(182s).judgements[3].reasons == ReasonSet(Reason::not_speaking));
}

TEST_CASE("tunnels: other datagrams are a conversation for half a minute") {
    CHECK(test::protocol("dns")->idle() == 30s);
    CHECK(test::protocol("ntp")->idle() == 30s);
    CHECK(test::protocol("syslog")->idle() == 30s);
    CHECK(test::protocol("openvpn")->idle() == 180s);
    CHECK(test::protocol("ike")->idle() == 180s);
}

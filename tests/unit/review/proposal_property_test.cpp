// Over random findings: the proposed rule lets the finding's opening pass, and nothing beside it that was tried.
#include <algorithm>
#include <random>

#include "tests/support/catch.hpp"
#include "tests/support/stock.hpp"
#include "tests/unit/review/reviewed.hpp"

using namespace sw;
using namespace sw::craft;
using sw::test::Reviewed;

namespace {

using Random = std::mt19937;

std::size_t below(Random& random, std::size_t n) { return static_cast<std::size_t>(random() % n); }

Endpoint some_host(Random& random, bool v6_family) {
    const Host hosts[] = {mail, resolver, firewall, vpn_users, outside, other_outside, insider};
    const Host& host = hosts[below(random, std::size(hosts))];
    const auto port = static_cast<std::uint16_t>(1024 + below(random, 60000));
    return v6_family ? v6(host, port) : v4(host, port);
}

struct Talk {
    Endpoint from, to;
    unsigned kind = 0;  ///< TCP, UDP, echo, ARP, another IP protocol
};

CraftedFrame frame_of(const Talk& t) {
    switch (t.kind) {
        case 0:
            return tcp(t.from, t.to);
        case 1:
            return udp(t.from, t.to, "ask");
        case 2:
            return echo_request(t.from, t.to, 7);
        case 3:
            return t.from.is_v6() ? neighbour_solicit(t.from, t.to.ip) : arp_request(t.from, t.to.ip);
        default:
            return ip(t.from, t.to, 132, octets("0123456789ab"));
    }
}

/// Another host of the same family next to this one.
Endpoint neighbour(const Endpoint& e) {
    Endpoint n = e;
    n.ip.back() = n.ip.back() == '1' ? '2' : '1';
    return n;
}

/// One step away in every direction that a rule could be too wide in.
std::vector<Talk> beside(const Talk& t) {
    std::vector<Talk> list;
    const auto with = [&](auto change) {
        Talk other = t;
        change(other);
        list.push_back(other);
    };
    with([](Talk& o) { o.from = neighbour(o.from); });
    with([](Talk& o) { o.to = neighbour(o.to); });
    with([](Talk& o) { std::swap(o.from, o.to); });
    with([](Talk& o) { o.from.mac = "02:00:00:00:00:aa"; });
    for (unsigned kind = 0; kind < 5; ++kind)
        if (kind != t.kind) with([kind](Talk& o) { o.kind = kind; });
    if (t.kind < 2) {
        with([](Talk& o) { ++o.to.port; });
        with([](Talk& o) { --o.to.port; });
    }
    return list;
}

/// The same hosts in the other family, where they have names in both.
std::vector<Talk> other_family(const Talk& t) {
    std::vector<Talk> list;
    for (const Host& from : {mail, resolver, vpn_users})
        for (const Host& to : {mail, resolver, vpn_users}) {
            const bool is_v6 = t.from.is_v6();
            const bool same = t.from.ip == (is_v6 ? from.v6 : from.v4) && t.to.ip == (is_v6 ? to.v6 : to.v4);
            if (same)
                list.push_back(
                    {is_v6 ? v4(from, t.from.port) : v6(from, t.from.port), is_v6 ? v4(to, t.to.port) : v6(to, t.to.port), t.kind});
        }
    return list;
}

Verdict verdict(const std::string& policy, const Talk& t) { return judge(policy, {frame_of(t)}).judgements[0].verdict; }

}  // namespace

TEST_CASE("a proposed rule allows its finding's opening packet and nothing that lies beside it") {
    Random random(20261122);
    std::size_t proposed = 0, refused = 0;
    while (proposed < 60) {
        const bool v6_family = below(random, 3) == 0;
        const Talk t{some_host(random, v6_family), some_host(random, v6_family), static_cast<unsigned>(below(random, 5))};
        if (t.from.ip == t.to.ip || verdict(stock_policy, t) != Verdict::grey) continue;
        Reviewed r(stock_policy, {frame_of(t)});
        const auto proposal = r.propose(r.only());
        INFO("kind " << t.kind << " " << t.from.ip << ":" << t.from.port << " > " << t.to.ip << ":" << t.to.port);
        if (!proposal) {
            REQUIRE(++refused < 200);
            continue;
        }
        ++proposed;
        INFO(proposal->filter);
        const auto edit = with_rule(r.policy(), *proposal, test::today);
        if (!edit) FAIL(edit.error().text);
        CHECK(verdict(edit->text, t) == Verdict::allow);
        CHECK(r.dry(*proposal).packets == 1);
        std::vector<Talk> others = beside(t);
        for (const Talk& o : other_family(t)) others.push_back(o);
        for (const Talk& o : others) {
            if (t.kind <= 2 && o.from.ip == t.from.ip && o.to.ip == t.to.ip && o.to.port == t.to.port && o.kind == t.kind)
                continue;  // MAC only
            INFO("beside: kind " << o.kind << " " << o.from.mac << " " << o.from.ip << " > " << o.to.ip << ":" << o.to.port);
            CHECK(verdict(edit->text, o) == verdict(stock_policy, o));
        }
    }
    CHECK(proposed == 60);
}

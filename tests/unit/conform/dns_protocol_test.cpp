#include "sensor/conform/dns/dns.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/dns_wire.hpp"
#include "tests/unit/conform/machines.hpp"

using namespace sw;
using craft::DnsWire;
using test::Conversation;

namespace {

constexpr unsigned txt = 16;

DnsWire question(unsigned id) { return DnsWire(id, DnsWire::query).ask("www.example", 1); }
DnsWire answer(unsigned id) { return DnsWire(id, DnsWire::answer).ask("www.example", 1); }

DnsProtocol protocol(const DnsLimits& limits = {}) { return {limits, {}, {}}; }
Address host(std::uint8_t n) {
    const std::uint8_t octets[] = {192, 0, 2, n};
    return Address::v4(octets);
}

}  // namespace

TEST_CASE("dns: an answer belongs to the conversation in which it was asked for") {
    DnsProtocol p = protocol();
    Conversation one(p, {.datagrams = true}), two(p, {.datagrams = true});
    REQUIRE_FALSE(one.client(question(1).octets()));
    const auto breach = two.server(answer(1).octets());
    REQUIRE(breach);
    CHECK(breach->reason == Reason::dns_unsolicited_answer);
    CHECK_FALSE(one.server(answer(1).octets()));
}

TEST_CASE("dns: limits are each initiator's own") {
    DnsLimits limits;
    limits.names_per_hour = 1;
    DnsProtocol p = protocol(limits);
    const std::string other = DnsWire(2, DnsWire::query).ask("other.example", 1).octets();
    Conversation one(p, {.datagrams = true, .initiator = host(1)}), again(p, {.datagrams = true, .initiator = host(1)}),
        two(p, {.datagrams = true, .initiator = host(2)});
    CHECK_FALSE(one.client(question(1).octets()));
    CHECK(again.client(other)->reason == Reason::dns_budget);
    CHECK_FALSE(two.client(other));
}

TEST_CASE("dns: with a new trace the old questions and hours are over") {
    DnsLimits limits;
    limits.names_per_hour = 1;
    DnsProtocol p = protocol(limits);
    { CHECK_FALSE(Conversation(p, {.datagrams = true}).client(question(1).octets(), Timestamp{9'000'000'000'000})); }
    p.forget();
    Conversation earlier(p, {.datagrams = true});
    CHECK_FALSE(earlier.client(DnsWire(2, DnsWire::query).ask("other.example", 1).octets(), Timestamp{1'000'000'000}));
    CHECK_FALSE(earlier.server(DnsWire(2, DnsWire::answer).ask("other.example", 1).octets(), Timestamp{2'000'000'000}));
}

TEST_CASE("dns: over TCP the first wrong octet is known as soon as its part of the message is there") {
    DnsProtocol p = protocol();
    Conversation c(p);
    REQUIRE_FALSE(c.client(question(1).framed()));
    const std::string shell = "Microsoft Windows";  // claims 19,817 octets; its 14th shows that no answer begins like that
    CHECK_FALSE(c.server(shell.substr(0, 13)));
    const auto breach = c.server(shell.substr(13));
    REQUIRE(breach);
    CHECK(breach->offset == 4);
    CHECK(breach->state == "in the header");
    CHECK(std::string(breach->came.begin(), breach->came.begin() + breach->came_size) == shell.substr(4, 10));
}

TEST_CASE("dns: messages that come in part take at most 8 MiB of a rule, and give them back") {
    DnsProtocol p = protocol();
    const std::string begin = DnsWire::be16(65'535) + DnsWire(1, DnsWire::answer).ask("www.example", txt).octets();
    const auto held = [&] { return std::make_unique<Conversation>(p); };
    std::vector<std::unique_ptr<Conversation>> many;
    std::size_t octets = 0;
    for (; octets + 65'000 <= (std::size_t{8} << 20); octets += 65'000) {
        many.push_back(held());
        REQUIRE_FALSE(many.back()->server(begin + std::string(65'000 - begin.size(), '\0')));
    }
    Conversation last(p);
    const auto breach = last.server(begin + std::string(60'000, '\0'));
    REQUIRE(breach);
    CHECK(breach->reason == Reason::dns_budget);
    many.pop_back();
    Conversation fits(p);
    CHECK_FALSE(fits.server(begin + std::string(60'000, '\0')));
}

TEST_CASE("dns: whole messages take no memory behind them") {
    DnsProtocol p = protocol();
    Conversation c(p);
    std::string large = DnsWire(1, DnsWire::answer).ask("www.example", 1).octets();
    for (unsigned i = 0; i < 1'000; ++i) {
        REQUIRE_FALSE(c.client(question(i).framed()));
        REQUIRE_FALSE(c.server(answer(i).framed()));
    }
    CHECK_FALSE(c.end(Side::initiator));
    CHECK_FALSE(c.machine().gap(Side::responder, 1));
}

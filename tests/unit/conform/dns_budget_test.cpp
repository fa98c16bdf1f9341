#include "sensor/conform/dns/dns_budget.hpp"

#include <random>
#include <set>

#include "tests/support/catch.hpp"

using namespace sw;
using namespace std::chrono_literals;

namespace {

const SipKey key({1, 2, 3});
constexpr Timestamp start{1'000'000'000'000};

Address host(unsigned n) {
    const std::uint8_t octets[] = {192, 0, static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)};
    return Address::v4(octets);
}
DnsName name(unsigned n) { return DnsName::of("n" + std::to_string(n) + ".example"); }

}  // namespace

TEST_CASE("dns budget: as many different names an hour as the rule says, the same ones as often as anybody likes") {
    DnsBudget budget(key);
    DnsLimits limits;
    limits.names_per_hour = 3;
    const std::size_t account = budget.account_of(host(1));
    for (unsigned i = 0; i < 3; ++i) CHECK(budget.ask(account, name(i), limits, start));
    CHECK_FALSE(budget.ask(account, name(3), limits, start));
    CHECK(budget.ask(account, name(0), limits, start));
    CHECK_FALSE(budget.ask(account, name(3), limits, start + (1h - 1ns)));
    CHECK(budget.ask(account, name(3), limits, start + 1h));
    CHECK(budget.ask(account, name(4), limits, start + 1h));
    CHECK(budget.ask(account, name(5), limits, start + 1h));
    CHECK_FALSE(budget.ask(account, name(0), limits, start + 1h));
}

TEST_CASE("dns budget: as many octets of texts an hour as the rule says") {
    DnsBudget budget(key);
    DnsLimits limits;
    limits.txt_octets_per_hour = 100;
    const std::size_t account = budget.account_of(host(1));
    CHECK(budget.take_txt(account, 60, limits, start));
    CHECK_FALSE(budget.take_txt(account, 41, limits, start));
    CHECK(budget.take_txt(account, 40, limits, start));
    CHECK_FALSE(budget.take_txt(account, 1, limits, start));
    CHECK(budget.take_txt(account, 100, limits, start + 1h));
}

TEST_CASE("dns budget: each initiator has its own, up to 64 of them") {
    DnsBudget budget(key);
    DnsLimits limits;
    limits.names_per_hour = 1;
    for (unsigned i = 0; i < DnsBudget::most_initiators; ++i) {
        const std::size_t account = budget.account_of(host(i));
        CHECK(account == budget.account_of(host(i)));
        CHECK(budget.ask(account, name(1), limits, start));
        CHECK_FALSE(budget.ask(account, name(2), limits, start));
    }
    const std::size_t shared = budget.account_of(host(1'000));
    CHECK(budget.account_of(host(1'001)) == shared);
    CHECK(budget.ask(shared, name(1), limits, start));
    CHECK_FALSE(budget.ask(budget.account_of(host(1'001)), name(2), limits, start));
    CHECK(budget.account_of(host(3)) == 3);
}

TEST_CASE("dns budget: names are counted exactly") {
    std::mt19937_64 random(7);
    NameSet set;
    std::set<std::uint64_t> reference;
    for (int i = 0; i < 20'000; ++i) {
        const std::uint64_t hash = random() % 6'000 * 0x9e3779b97f4a7c15;
        const bool fits = reference.count(hash) > 0 || reference.size() < 4'000;
        CHECK(set.add(hash, 4'000) == fits);
        if (fits) reference.insert(hash);
    }
    CHECK(reference.size() == 4'000);
    set.clear();
    CHECK(set.add(1, 1));
    CHECK_FALSE(set.add(2, 1));
}

TEST_CASE("dns budget: hashes tell octets and their number apart") {
    CHECK(hash_octets(key, "") != hash_octets(key, std::string(1, '\0')));
    CHECK(hash_octets(key, std::string(32, 'a')) != hash_octets(key, std::string(33, 'a')));
    CHECK(hash_octets(key, std::string(64, 'a')) != hash_octets(key, std::string(63, 'a') + "b"));
    CHECK(hash_octets(key, "abc") == hash_octets(key, "abc"));
    CHECK(hash_octets(key, "abc") != hash_octets(SipKey({1, 2, 4}), "abc"));
}

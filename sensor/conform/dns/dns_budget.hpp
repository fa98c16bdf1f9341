#pragma once
/// How much each initiator asks of DNS: different names and octets of TXT within an hour. What a tunnel cannot do without.
#include <cstdint>
#include <vector>

#include "rules/base/siphash.hpp"
#include "rules/base/time.hpp"
#include "rules/packet/address.hpp"
#include "rules/policy/dns_policy.hpp"
#include "sensor/conform/dns/dns_name.hpp"

namespace sw {

/// Hash of any octets, for keys that a sender must not be able to choose.
std::uint64_t hash_octets(const SipKey& key, std::string_view octets);

/// Different hashes, counted exactly up to a limit.
class NameSet {
public:
    /// false: it would be one more than most. Memory: at most 16 octets for each of most, rounded up to a power of two.
    bool add(std::uint64_t hash, std::size_t most);
    void clear();

private:
    void grow();
    std::vector<std::uint64_t> slots_;  ///< open addressing; 0 is empty
    std::size_t size_ = 0;
};

/// Accounts of a rule's initiators. An hour begins with its first question and ends after 3,600 seconds of packet time;
/// then the next begins with the next question.
class DnsBudget {
public:
    static constexpr std::size_t most_initiators = 64;  ///< those after them share one account: it fills sooner, never later

    explicit DnsBudget(const SipKey& key) : key_(key) {}

    /// Its account within the hour; stays where it is as long as this lives.
    std::size_t account_of(const Address& initiator);
    /// false: beyond the limit of different names.
    bool ask(std::size_t account, const DnsName& name, const DnsLimits& limits, Timestamp now);
    /// false: beyond the limit of TXT octets.
    bool take_txt(std::size_t account, std::uint32_t octets, const DnsLimits& limits, Timestamp now);

private:
    struct Account {
        Address initiator;
        Timestamp end{};
        NameSet names;
        std::uint64_t txt_octets = 0;
    };
    Account& current(std::size_t account, Timestamp now);

    SipKey key_;
    std::vector<Account> accounts_;
};

}  // namespace sw

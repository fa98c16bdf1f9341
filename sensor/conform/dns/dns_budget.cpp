#include "sensor/conform/dns/dns_budget.hpp"

#include <algorithm>
#include <array>

namespace sw {
namespace {

constexpr Duration hour = std::chrono::hours(1);

}  // namespace

std::uint64_t hash_octets(const SipKey& key, std::string_view octets) {
    std::array<std::uint64_t, 2> words{octets.size(), 0};
    while (!octets.empty()) {
        std::array<std::uint64_t, 4> block{};
        const std::size_t n = std::min(octets.size(), sizeof block);
        std::memcpy(block.data(), octets.data(), n);
        octets.remove_prefix(n);
        words[1] = key.hash<2, 4>(std::array<std::uint64_t, 6>{words[0], words[1], block[0], block[1], block[2], block[3]});
    }
    return key.hash<2, 4>(words);
}

void NameSet::grow() {
    std::vector<std::uint64_t> old(std::max<std::size_t>(slots_.size() * 2, 64));
    old.swap(slots_);
    size_ = 0;
    for (const std::uint64_t hash : old)
        if (hash != 0) add(hash, slots_.size());
}

bool NameSet::add(std::uint64_t hash, std::size_t most) {
    if (hash == 0) hash = 1;
    if (2 * (size_ + 1) > slots_.size()) grow();
    std::size_t i = hash & (slots_.size() - 1);
    for (; slots_[i] != 0; i = (i + 1) & (slots_.size() - 1))
        if (slots_[i] == hash) return true;
    if (size_ >= most) return false;
    slots_[i] = hash;
    ++size_;
    return true;
}

void NameSet::clear() {
    slots_ = {};
    size_ = 0;
}

std::size_t DnsBudget::account_of(const Address& initiator) {
    const auto known = std::find_if(accounts_.begin(), accounts_.end(), [&](const Account& a) { return a.initiator == initiator; });
    if (known != accounts_.end()) return static_cast<std::size_t>(known - accounts_.begin());
    if (accounts_.size() <= most_initiators) accounts_.push_back({accounts_.size() < most_initiators ? initiator : Address{}, {}, {}, 0});
    return accounts_.size() - 1;
}

DnsBudget::Account& DnsBudget::current(std::size_t account, Timestamp now) {
    Account& a = accounts_[account];
    if (now >= a.end) {
        a.end = now + hour;
        a.names.clear();
        a.txt_octets = 0;
    }
    return a;
}

bool DnsBudget::ask(std::size_t account, const DnsName& name, const DnsLimits& limits, Timestamp now) {
    return current(account, now).names.add(hash_octets(key_, name.wire()), limits.names_per_hour);
}

bool DnsBudget::take_txt(std::size_t account, std::uint32_t octets, const DnsLimits& limits, Timestamp now) {
    Account& a = current(account, now);
    if (a.txt_octets + octets > limits.txt_octets_per_hour) return false;
    a.txt_octets += octets;
    return true;
}

}  // namespace sw

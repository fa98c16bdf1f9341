#include "sensor/conform/dns/dns_questions.hpp"

#include <algorithm>

namespace sw {

void DnsQuestions::clear() {
    while (size_ > 0) forget_oldest();
    oldest_ = 1;
    now_ = {};
}

void DnsQuestions::forget_oldest() {
    const std::uint32_t i = oldest_;
    std::uint32_t* link = &bucket_of(entries_[i].key.who);
    while (*link != i) link = &entries_[*link].next;
    *link = entries_[i].next;
    oldest_ = i == capacity ? 1 : i + 1;
    --size_;
}

void DnsQuestions::advance(Timestamp now) {
    now_ = std::max(now_, now);
    while (size_ > 0 && entries_[oldest_].deadline < now_) forget_oldest();
}

bool DnsQuestions::ask(const DnsQuestionKey& key, DnsAsker asker, Timestamp now) {
    advance(now);
    while (size_ == capacity && entries_[oldest_].answered) forget_oldest();
    if (size_ == capacity) return false;
    const auto i = static_cast<std::uint32_t>((oldest_ - 1 + size_) % capacity + 1);
    std::uint32_t& bucket = bucket_of(key.who);
    entries_[i] = {key, now_ + lifetime, bucket, asker, false};
    bucket = i;
    ++size_;
    return true;
}

DnsQuestions::Answered DnsQuestions::answer(std::uint64_t who, const std::uint64_t* what, Timestamp now, DnsAsker& asker) {
    advance(now);
    Answered found = Answered::unsolicited;
    for (std::uint32_t i = bucket_of(who); i != 0; i = entries_[i].next) {
        Entry& e = entries_[i];
        if (e.key.who != who || (what != nullptr && e.key.what != *what)) continue;
        found = e.answered ? Answered::again : Answered::expected;
        if (e.answered) continue;
        e.answered = true;
        asker = e.asker;
        break;
    }
    return found;
}

}  // namespace sw

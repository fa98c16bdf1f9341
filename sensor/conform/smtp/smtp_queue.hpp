#pragma once
/// Commands that wait for their replies, in order: many of one kind (RCPT) are one entry.
#include <array>
#include <cstdint>

#include "sensor/conform/smtp/smtp_words.hpp"

namespace sw::smtp {

class Queue {
public:
    bool empty() const { return size_ == 0; }
    Verb front() const { return runs_[first_].verb; }
    Verb back() const { return runs_[(first_ + size_ - 1u) % most].verb; }
    /// false: more groups at once than anybody sends
    bool push(Verb verb) {
        Run* last = size_ == 0 ? nullptr : &runs_[(first_ + size_ - 1u) % most];
        if (last != nullptr && last->verb == verb && last->count < 0xffff) return ++last->count, true;
        if (size_ == most) return false;
        runs_[(first_ + size_++) % most] = {verb, 1};
        return true;
    }
    void pop() {
        if (--runs_[first_].count > 0) return;
        first_ = static_cast<std::uint8_t>((first_ + 1u) % most);
        --size_;
    }

private:
    static constexpr std::size_t most = 32;
    struct Run {
        Verb verb;
        std::uint16_t count;
    };
    std::array<Run, most> runs_{};
    std::uint8_t first_ = 0, size_ = 0;
};

}  // namespace sw::smtp

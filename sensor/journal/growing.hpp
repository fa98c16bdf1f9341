#pragma once
/// When people hear of a loss that goes on: when it begins, and each time its sum has one digit more.
#include <cstdint>

namespace sw {

class Growing {
public:
    /// What was lost in one more stretch. true: it is time to tell sum(). 0: the stretch was whole, and what comes next is a new loss.
    bool add(std::uint64_t more) {
        if (more == 0) {
            sum_ = 0;
            next_ = 1;
            return false;
        }
        sum_ += more;
        if (sum_ < next_) return false;
        while (next_ <= sum_ && next_ < last) next_ *= 10;
        return true;
    }
    std::uint64_t sum() const { return sum_; }

private:
    static constexpr std::uint64_t last = 1'000'000'000'000'000'000;
    std::uint64_t sum_ = 0, next_ = 1;
};

}  // namespace sw

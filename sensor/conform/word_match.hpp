#pragma once
/// Which of some words comes, decided octet by octet: the first octet that none of them has there is the wrong one.
#include <cstdint>
#include <span>
#include <string_view>

namespace sw {

class WordMatch {
public:
    static constexpr std::size_t most_words = 64;

    /// words: upper case, at most most_words of at most 255 octets, the same at each call until begin(). Letters match in
    /// either case. false: none of them goes on like this.
    bool take(std::span<const std::string_view> words, std::uint8_t octet) {
        if (octet >= 'a' && octet <= 'z') octet = static_cast<std::uint8_t>(octet - 'a' + 'A');
        for (std::size_t i = 0; i < words.size(); ++i)
            if (at_ >= words[i].size() || static_cast<std::uint8_t>(words[i][at_]) != octet) left_ &= ~(std::uint64_t{1} << i);
        ++at_;
        return (left_ << (most_words - words.size())) != 0;
    }
    /// The word that ends here, or -1.
    int complete(std::span<const std::string_view> words) const {
        for (std::size_t i = 0; i < words.size(); ++i)
            if ((left_ >> i & 1) != 0 && words[i].size() == at_) return static_cast<int>(i);
        return -1;
    }
    std::uint8_t size() const { return at_; }
    void begin() { *this = {}; }

private:
    std::uint64_t left_ = ~std::uint64_t{0};
    std::uint8_t at_ = 0;
};

}  // namespace sw

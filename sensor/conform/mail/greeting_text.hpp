#pragma once
/// The text of a server's greeting, for whoever pins it: kept until its line ends.
#include <array>
#include <cstdint>
#include <string_view>

namespace sw {

class GreetingText {
public:
    static constexpr std::size_t most_octets = 512;  ///< more of it is not told

    void add(std::uint64_t offset, std::uint8_t octet) {
        if (size_ == 0) offset_ = offset;
        if (size_ < most_octets) text_[size_++] = static_cast<char>(octet);
    }
    std::string_view text() const { return {text_.data(), size_}; }
    std::uint64_t offset() const { return offset_; }

private:
    std::uint64_t offset_ = 0;
    std::uint16_t size_ = 0;
    std::array<char, most_octets> text_;
};

}  // namespace sw

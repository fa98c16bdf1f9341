#include "collector/store/duration_word.hpp"

#include <charconv>

namespace sw {
namespace {

std::optional<int> number_from(std::string_view digits) {
    int value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || digits.front() == '-' || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

}  // namespace

std::optional<Duration> duration_from(std::string_view text) {
    using namespace std::chrono_literals;
    if (text.empty()) return std::nullopt;
    std::chrono::seconds unit{0};
    switch (text.back()) {
        case 's':
            unit = 1s;
            break;
        case 'm':
            unit = 60s;
            break;
        case 'h':
            unit = 3600s;
            break;
        case 'd':
            unit = 86'400s;
            break;
        case 'w':
            unit = 604'800s;
            break;
        default:
            return std::nullopt;
    }
    const auto n = number_from(text.substr(0, text.size() - 1));
    if (!n || *n == 0 || *n * unit > 87'600h) return std::nullopt;
    return *n * unit;
}

std::optional<std::chrono::seconds> zone_from(std::string_view text) {
    if (text == "Z") return std::chrono::seconds{0};
    if (text.size() < 5 || (text.front() != '+' && text.front() != '-')) return std::nullopt;
    const bool colon = text[3] == ':';
    const auto hours = number_from(text.substr(1, 2)), minutes = number_from(text.substr(colon ? 4 : 3));
    if (text.size() != (colon ? 6u : 5u) || !hours || !minutes || *hours > 14 || *minutes > 59) return std::nullopt;
    const std::chrono::seconds ahead{*hours * 3600 + *minutes * 60};
    return text.front() == '-' ? -ahead : ahead;
}

}  // namespace sw

#include "tests/system/enclave/traffic.hpp"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstring>

#include "rules/packet/packet.hpp"
#include "tests/support/catch.hpp"

namespace sw::test {
namespace {

using namespace craft;
constexpr std::size_t payload_at = 42, digits = 12;
constexpr std::string_view label = "span-watcher test ";

}  // namespace

CraftedFrame numbered(std::uint64_t n, std::uint64_t a_cause) {
    const std::uint64_t cause = n / a_cause % 200;
    std::string number = std::to_string(n);
    number.insert(0, digits - number.size(), '0');
    Endpoint from = v4(mail, static_cast<std::uint16_t>(30000 + cause));
    Endpoint to{std::string(mac::sink), "198.51.100." + std::to_string(cause + 1), static_cast<std::uint16_t>(6000 + cause)};
    CraftedFrame f = udp(from, to, std::string(label) + number);
    // A spoofed frame about the watcher is critical, whatever else it is.
    if (cause % 20 == 19) f = udp(from, {std::string(mac::sink), std::string(watcher.v4), to.port}, std::string(label) + number);
    return f;
}

std::optional<std::uint64_t> number_of(const std::uint8_t* data, std::size_t octets) {
    if (octets < payload_at + label.size() + digits || std::memcmp(data + payload_at, label.data(), label.size()) != 0) return std::nullopt;
    std::uint64_t n = 0;
    for (std::size_t i = 0; i < digits; ++i) n = n * 10 + (data[payload_at + label.size() + i] - '0');
    return n;
}

Traffic::Traffic(unsigned a_second, std::uint64_t a_cause)
    : wire_("mail", "eth0"), thread_([this, a_second, a_cause] { run(a_second, a_cause); }) {}

/// Every millisecond what is due by then.
void Traffic::run(unsigned a_second, std::uint64_t a_cause) {
    const auto begun = std::chrono::steady_clock::now();
    while (!over_) {
        const std::chrono::duration<double> since = std::chrono::steady_clock::now() - begun;
        for (const auto due = static_cast<std::uint64_t>(since.count() * a_second); sent_ < due && !over_;)
            if (wire_.try_send(numbered(sent_, a_cause))) ++sent_;
        ::poll(nullptr, 0, 1);
    }
}

std::uint64_t Traffic::end() {
    over_ = true;
    if (thread_.joinable()) thread_.join();
    return sent_;
}

}  // namespace sw::test

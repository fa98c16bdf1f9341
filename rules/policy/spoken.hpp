#pragma once
/// The protocols that speaks knows, and what carries them.
#include <cstdint>
#include <string_view>
#include <vector>

namespace sw {

enum class Carrier : std::uint8_t { tcp, udp, both };

const std::vector<std::string_view>& spoken_protocols();
/// protocol: one of them
Carrier carrier_of(std::string_view protocol);
/// "TCP", "UDP", "TCP or UDP"
std::string_view to_string(Carrier carrier);

}  // namespace sw

#pragma once
/// Octets as hexadecimal digits, two each, lower case.
#include <string>
#include <string_view>

#include "rules/base/bytes.hpp"

namespace sw {

std::string to_hex(Bytes octets);
/// false: an odd number of digits, or something else than digits; octets is then undefined
bool from_hex(std::string_view digits, std::string& octets);

}  // namespace sw

#pragma once
/// What a file that is no capture file of ours seems to be, and what to do about it.
#include <string>

#include "rules/base/bytes.hpp"

namespace sw {

/// in: head  the file's first octets, at least 4
std::string explain_foreign(Bytes head);

}  // namespace sw

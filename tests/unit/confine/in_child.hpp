#pragma once
/// Confinement cannot be undone: whatever is tried under it is tried in a child.
#include <functional>
#include <string>
#include <vector>

#include "rules/confine/confine.hpp"

namespace confined {

/// How a confined child ended: "exit N", "signal N", or what confine() said.
std::string ending(sw::Role role, const std::vector<std::string>& readable, const std::function<int()>& body,
                   const std::vector<std::string>& writable = {}, const sw::Descriptors& known = {});

/// The ending of a child that made a forbidden call.
extern const std::string killed;

}  // namespace confined

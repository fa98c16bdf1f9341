#pragma once
/// Reading policies for the verbs that need one.
#include <optional>
#include <string>
#include <vector>

#include "rules/base/result.hpp"
#include "rules/confine/confine.hpp"
#include "rules/policy/policy.hpp"

namespace sw {

/// The file's text ("-" is not a policy). errors: cannot be read, larger than 4 MiB: code input
Result<std::string> read_policy_file(const std::string& path);

/// The policy, or nothing after all its errors were printed on stderr. Warnings are for "rules check".
std::optional<Policy> parse_or_complain(const std::string& path, std::string text);

/// confine(), or, if the user insists, mark_unconfined() and say so.
Result<Done> confine_unless(bool unconfined, Role role, const std::vector<std::string>& readable,
                            const std::vector<std::string>& writable = {});

}  // namespace sw

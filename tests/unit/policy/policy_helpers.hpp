#pragma once
/// What the policy tests share.
#include <algorithm>
#include <string>
#include <vector>

#include "rules/policy/policy.hpp"

namespace sw::test {

inline PolicyLoad parse(const std::string& text) { return parse_policy("test.toml", text); }

/// "line:column+length code", in the order of the list.
inline std::vector<std::string> places(const std::vector<Diagnostic>& list) {
    std::vector<std::string> out;
    for (const Diagnostic& d : list)
        out.push_back(std::to_string(d.line) + ":" + std::to_string(d.column) + "+" + std::to_string(d.length) + " " + d.code);
    return out;
}

inline const Diagnostic* find(const std::vector<Diagnostic>& list, const std::string& code) {
    const auto hit = std::find_if(list.begin(), list.end(), [&](const Diagnostic& d) { return d.code == code; });
    return hit == list.end() ? nullptr : &*hit;
}

}  // namespace sw::test

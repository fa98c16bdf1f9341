// Any octets as a policy: parsing ends and every diagnostic can be shown; what loads, shows as a policy that shows the same.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "rules/policy/policy.hpp"

namespace {

void check(bool holds) {
    if (!holds) std::abort();
}

void check_diagnostics(const sw::PolicyLoad& load) {
    check(load.policy.has_value() == !sw::has_errors(load.diagnostics));
    for (const sw::Diagnostic& d : load.diagnostics) {
        check(!d.code.empty() && !d.message.empty() && d.length > 0);
        for (const char c : sw::render(d, "fuzz.toml", load.text)) check(static_cast<unsigned char>(c) >= 0x20 || c == '\n');
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const sw::PolicyLoad load = sw::parse_policy("fuzz.toml", std::string(reinterpret_cast<const char*>(data), size));
    check_diagnostics(load);
    if (!load.policy) return 0;
    const std::string shown = sw::show(*load.policy);
    const sw::PolicyLoad again = sw::parse_policy("fuzz.toml", shown);
    check_diagnostics(again);
    check(again.policy.has_value() && sw::show(*again.policy) == shown);
    return 0;
}

#pragma once
/// What a conversation tells, against what its rule pins.
#include <optional>
#include <string>
#include <vector>

#include "rules/base/pattern.hpp"
#include "rules/policy/policy.hpp"
#include "sensor/conform/machine.hpp"

namespace sw {

class PinCheck {
public:
    /// Its expressions compile: the policy's reader has tried.
    explicit PinCheck(const Pins& pins);

    /// A breach where the rule pins something else.
    std::optional<Breach> compare(Side by, Told what, std::string_view value, std::uint64_t offset) const;

private:
    struct Text {
        Told what;
        std::optional<Side> by;  ///< of whom; none: of either
        std::string_view state, expected;
        std::optional<Pattern> pattern;
        std::vector<std::string> words;  ///< octet for octet, but for the case of letters
    };
    std::vector<Text> pinned_;
};

}  // namespace sw

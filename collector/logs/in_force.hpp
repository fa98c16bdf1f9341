#pragma once
/// What a person's decision allows is in force as long as the decision stands; what is being learnt, as long as nobody has objected.
#include <string>

namespace sw {

/// SQL over a row f of finding.
inline constexpr const char* in_force = "(f.state = 'allowed' OR (f.reasons = '[\"log-learnt\"]' AND f.state IN ('open', 'taken')))";

}  // namespace sw

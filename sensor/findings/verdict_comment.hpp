#pragma once
/// What a packet's comment says in evidence, in a journal and in text.
#include <string>

#include "sensor/engine.hpp"

namespace sw {

/// "GREY #3: no-rule; nearest smtp-in, but dst port 465 is not 25". Not escaped: rule names and words of filters are the policy's.
std::string verdict_comment(const Frame& frame, const Judgement& judgement, Engine& engine);

/// "EARLIER #3: 2 packets before it; allowed when it came": of a packet that a breach brought up.
std::string earlier_comment(std::uint32_t finding, std::uint32_t back);

}  // namespace sw

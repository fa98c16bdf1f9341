#pragma once
/// Dialogues played through the engine under a rule that names their protocol: what it says must not depend on how they are cut.
#include <string>
#include <vector>

#include "tests/support/judge.hpp"
#include "tests/support/script.hpp"

namespace sw::craft {

struct Talk {
    std::string name;
    Script script;
    std::string speaks;
    std::string keys = "";  ///< more lines of the rule: pins, limits
    bool datagrams = false;
};

/// One rule, "talk", from outside to the mail host's port 25 (UDP: 53).
std::string policy_for(const Talk& talk);

/// "" or what is wrong: it must be allowed to its end, whole, octet by octet, and cut and shuffled at random.
std::string not_clean(const Talk& talk);

/// "" or what is wrong: in every cut the frame that completes the marked octet is grey for this reason, at this side and offset, with
/// the same words; so are all behind it, and none before.
std::string not_found(const Talk& talk, Reason reason);

/// Fails the running test for each talk of which the above say something.
void expect_clean(const std::vector<Talk>& talks);
struct HostileTalk : Talk {
    Reason reason = Reason::not_speaking;
};
void expect_found(const std::vector<HostileTalk>& talks);

}  // namespace sw::craft

#pragma once
/// The shipped capture: one day of the mail enclave of rules/profiles/mail-enclave.toml, and an intruder's acts in it.
#include <string>
#include <vector>

#include "rules/packet/reason.hpp"
#include "tests/support/craft.hpp"

namespace sw::craft {

/// Every frame of an act must be caught for this reason; forbidden means BLACK, all others GREY.
struct Act {
    std::string title;
    Reason reason = Reason::no_rule;
    std::vector<std::size_t> frames;  ///< indices in EnclaveDay::frames
};

struct EnclaveDay {
    Frames frames;  ///< in the order of time
    std::vector<Act> acts;
};
EnclaveDay enclave_day();

/// The two halves before they are merged.
std::vector<Frames> honest_traffic();
struct PlannedAct {
    std::string title;
    Reason reason = Reason::no_rule;
    Frames frames;
    Frames lead = {};  ///< what leads up to it and is allowed
};
std::vector<PlannedAct> intruder_acts();

/// An instant of the day.
constexpr Timestamp clock(int hour, int minute, int second = 0) {
    return {day_start.ns + ((hour * 60 + minute) * std::int64_t{60} + second) * 1'000'000'000};
}

}  // namespace sw::craft

#pragma once
/// One crafted capture a row of reason.def: what tests/captures/reasons/SLUG.pcap holds.
#include "sensor/engine.hpp"
#include "tests/support/stock.hpp"

namespace sw::craft {

struct ReasonCase {
    Reason reason = Reason::no_rule;
    Frames frames;                ///< the last one is the offender, those before it are allowed ...
    bool prelude_allowed = true;  ///< ... unless this says otherwise
    ReasonSet company;            ///< reasons that this one cannot come without
    EngineOptions options;
    std::string policy = stock_policy;
};

std::vector<ReasonCase> anomaly_cases();
std::vector<ReasonCase> state_cases();
std::vector<ReasonCase> conform_cases();
std::vector<ReasonCase> protocol_cases();
/// Mirrors, fragments that are accepted, budgets: under policies of their own.
std::vector<ReasonCase> wire_cases();
std::vector<ReasonCase> reason_cases();

}  // namespace sw::craft

#pragma once
/// What every conversation sent so far, by its slot in the engine's flow table; and which of them ended, to be told once
/// all their packets are accounted for: the engine judges a batch ahead of us.
#include <cstdint>
#include <deque>
#include <vector>

#include "sensor/engine.hpp"
#include "sensor/flow/flow.hpp"
#include "sensor/journal/chart_table.hpp"
#include "sensor/journal/record.hpp"

namespace sw {

class LedgerBook;

struct FlowAccount {
    std::uint64_t packets[2] = {}, octets[2] = {};  ///< sent by initiator, responder
    Timestamp first, last;
    ChartTable::Row* row = nullptr;  ///< of row_start, as long as the chart was told as often as row_told
    Timestamp row_start;
    std::uint32_t row_told = 0;
    bool opening_told = false;

    bool is_new() const { return packets[0] + packets[1] == 0; }
    void add(Timestamp ts, std::uint32_t len, bool answers);
};

class FlowAccounts {
public:
    /// All must outlive it.
    FlowAccounts(const Policy& policy, RecordSink& sink, LedgerBook& ledger) : policy_(&policy), sink_(&sink), ledger_(&ledger) {}

    /// memory: 80 octets a slot, as far as slots were used
    FlowAccount& at(std::uint32_t slot);
    /// The engine says: the flow in slot ended when so many frames of the run were judged.
    void ended(std::uint64_t judged, std::uint32_t slot, const Flow& flow, bool complete);
    /// Tell the flows that ended before frame number `judged` (from 0) of the run; quiet: they were told by an earlier run.
    void tell(std::uint64_t judged, bool quiet);

private:
    struct Ended {
        std::uint64_t judged = 0;
        std::uint32_t slot = 0;
        std::uint16_t rule = 0;
        bool provisional = false, complete = false;
        FiveTuple tuple;
    };
    const Policy* policy_;
    RecordSink* sink_;
    LedgerBook* ledger_;
    std::vector<FlowAccount> accounts_;
    std::deque<Ended> ended_;  ///< at most one a slot and batch
};

}  // namespace sw

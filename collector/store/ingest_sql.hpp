#pragma once
/// Ingest's statements.
#include "collector/store/database.hpp"

namespace sw {

struct IngestSql {
    Statement load, progress, covered, data_version, totals, policy, insert, update, earlier, retell, span, sample, sample_octets, flow,
        chart, uncover, coverage, position, alarm_due, session, lose, wrapping, mirror;

    /// errors: a store without our tables (code integrity)
    static Result<IngestSql> prepare(Database& db);
};

}  // namespace sw

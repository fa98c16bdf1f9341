#include "collector/store/schema.hpp"

#include <fmt/format.h>

#include "collector/store/schema_sql.hpp"
#include "collector/store/store.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

constexpr const char* steps_of_ours[] = {schema_sql, alarm_due_sql, ledger_sql, logs_sql};
static_assert(std::size(steps_of_ours) == Store::version);

}  // namespace

Migrations migrations() { return steps_of_ours; }

Error newer_schema(const Database& db, std::int64_t version, std::int64_t known) {
    return {ExitCode::input, fmt::format("{}: made by a newer span-watcher (schema {}, this one knows {}): use that program",
                                         escape_for_display(db.path()), version, known)};
}

Result<Done> migrate(Database& db, Migrations steps) {
    const auto last = static_cast<std::int64_t>(steps.size());
    auto transaction = Transaction::begin(db);
    if (!transaction) return Unexpected{transaction.error()};
    // Asked again behind the lock: another process may have done it meanwhile.
    const auto version = db.value("PRAGMA user_version");
    if (!version) return Unexpected{version.error()};
    if (*version > last) return Unexpected{newer_schema(db, *version, last)};
    if (*version == last) return Done{};
    if (*version == 0)
        if (auto done = db.execute(fmt::format("PRAGMA application_id={}", Store::application_id)); !done) return done;
    for (auto from = static_cast<std::size_t>(*version); from < steps.size(); ++from)
        if (auto done = db.execute(steps[from]); !done) return done;
    if (auto done = db.execute(fmt::format("PRAGMA user_version={}", last)); !done) return done;
    return transaction->commit();
}

}  // namespace sw

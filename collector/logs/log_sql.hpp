#pragma once
/// The statements of LogIngest, prepared once.
#include "collector/store/database.hpp"

namespace sw {

struct LogSql {
    Statement source_new, source_more, event, template_new, template_more, template_gone, value, value_gone, claim, position, position_of;
    Statement host, boot, boot_line, octets, loss, data_version;

    static Result<LogSql> prepare(Database& db);
};

}  // namespace sw

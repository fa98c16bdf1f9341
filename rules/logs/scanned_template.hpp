#pragma once
/// Private to this room.
#include "rules/logs/line_scan.hpp"
#include "rules/logs/log_template.hpp"

namespace sw {

/// Of the line that scan read last.
LogTemplate template_of(const LogLine& line, const LineScan& scan);

}  // namespace sw

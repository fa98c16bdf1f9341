#pragma once
/// Why a log line is a finding: one enumerator a row of log_reason.def.
#include <cstdint>
#include <optional>
#include <string_view>

#include "rules/packet/reason.hpp"

namespace sw {

enum class LogReason : std::uint8_t {
#define LOG_REASON(id, slug, severity, sentence) id,
#include "rules/logs/log_reason.def"
#undef LOG_REASON
    count
};

struct LogReasonInfo {
    std::string_view slug;
    Severity severity;
    std::string_view sentence;  ///< completes "HOST ..."
};

const LogReasonInfo& info(LogReason r);
std::optional<LogReason> log_reason_from_slug(std::string_view slug);

}  // namespace sw

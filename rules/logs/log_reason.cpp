#include "rules/logs/log_reason.hpp"

#include <array>

namespace sw {
namespace {

constexpr std::array<LogReasonInfo, static_cast<std::size_t>(LogReason::count)> rows{{
#define LOG_REASON(id, slug, severity, sentence) {slug, Severity::severity, sentence},
#include "rules/logs/log_reason.def"
#undef LOG_REASON
}};

}  // namespace

const LogReasonInfo& info(LogReason r) { return rows[static_cast<std::size_t>(r)]; }

std::optional<LogReason> log_reason_from_slug(std::string_view slug) {
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i].slug == slug) return static_cast<LogReason>(i);
    return std::nullopt;
}

}  // namespace sw

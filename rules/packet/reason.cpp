#include "rules/packet/reason.hpp"

namespace sw {
namespace {

constexpr std::array<ReasonInfo, reason_count> table{{
#define REASON(id, slug, kind, severity, sentence, source) {slug, ReasonKind::kind, Severity::severity, sentence, source},
#include "rules/packet/reason.def"
#undef REASON
}};

}  // namespace

const ReasonInfo& info(Reason r) { return table[static_cast<std::size_t>(r)]; }

std::optional<Reason> reason_from_slug(std::string_view slug) {
    for (std::size_t i = 0; i < reason_count; ++i)
        if (table[i].slug == slug) return static_cast<Reason>(i);
    return std::nullopt;
}

std::string_view to_string(Severity s) {
    switch (s) {
        case Severity::notice:
            return "notice";
        case Severity::high:
            return "high";
        case Severity::critical:
            return "critical";
    }
    return "";
}

}  // namespace sw

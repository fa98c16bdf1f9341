#include "sensor/findings/verdict_comment.hpp"

#include <fmt/format.h>

namespace sw {

std::string verdict_comment(const Frame& frame, const Judgement& j, Engine& engine) {
    const Policy& policy = engine.policy();
    const auto name = [&](int rule) { return rule < 0 ? std::string("-") : policy.rules[static_cast<std::size_t>(rule)].name; };
    if (j.verdict == Verdict::allow) return fmt::format("ALLOW {}{}", name(j.rule), j.provisional ? " (provisional)" : "");
    std::string reasons;
    j.reasons.for_each([&](Reason r) { reasons += (reasons.empty() ? "" : ", ") + std::string(info(r).slug); });
    std::string text = j.verdict == Verdict::black ? fmt::format("BLACK {} #{}: {}", name(j.rule), j.finding, reasons)
                                                   : fmt::format("GREY #{}: {}", j.finding, reasons);
    const Finding& f = engine.findings().all()[j.finding - 1];
    if (f.breach && !f.cause.rest) text += "; " + f.breach->kind();
    if (j.nearest < 0) return text;
    text += fmt::format("; nearest {}", name(j.nearest));
    const std::vector<std::string> why = engine.why(frame, j);
    return why.empty() ? text : fmt::format("{}, but {}", text, fmt::join(why, " and "));
}

std::string earlier_comment(std::uint32_t finding, std::uint32_t back) {
    return fmt::format("EARLIER #{}: {} {} before it; allowed when it came", finding, back, back == 1 ? "packet" : "packets");
}

}  // namespace sw

#include "sensor/findings/verdict_comment.hpp"

#include <fmt/format.h>

namespace sw {

namespace {

/// "; taken out of erspan2 from 192.0.2.1, number 10, ingress (50 octets)"
std::string taken_out(const Frame& frame, const Judgement& j, const Engine& engine) {
    if (j.wrapped == 0) return {};
    Engine::Seen seen;
    engine.see(frame, seen);
    const Wrapped& w = seen.opened.wrapped;
    std::string text = fmt::format("; taken out of {}", to_string(engine.policy().wire.mirror.format.kind));
    if (w.sender.family != 0) text += " from " + to_string(w.sender);
    if (w.id) text += fmt::format(", number {}", *w.id);
    if (w.way != Wrapped::Way::unknown) text += fmt::format(", {}", to_string(w.way));
    return text + fmt::format(" ({} octets)", j.wrapped);
}

std::string verdict_words(const Frame& frame, const Judgement& j, Engine& engine) {
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

}  // namespace

std::string verdict_comment(const Frame& frame, const Judgement& j, Engine& engine) {
    return verdict_words(frame, j, engine) + taken_out(frame, j, engine);
}

std::string earlier_comment(std::uint32_t finding, std::uint32_t back) {
    return fmt::format("EARLIER #{}: {} {} before it; allowed when it came", finding, back, back == 1 ? "packet" : "packets");
}

}  // namespace sw

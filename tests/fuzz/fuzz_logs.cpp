// Any octets as log lines: the first line names the program, the first half of the rest is learnt, all of it is judged. A line that
// was learnt is known, its template reads back as itself and has a pattern that matches it, and every sentence is clean.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "rules/base/pattern.hpp"
#include "rules/logs/boot_tracker.hpp"
#include "rules/logs/log_judge.hpp"
#include "rules/logs/logcheck.hpp"

namespace {

void check(bool holds) {
    if (!holds) std::abort();
}

sw::LogJudge fresh_judge() {
    static const auto policy = std::move(*sw::LogPolicy::make({}, {}));
    return sw::LogJudge(policy, {8, 64, 4, 64}, {7});
}

void check_clean(std::string_view shown) {
    for (const char c : shown) check(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

void check_template(const sw::LogTemplate& t, const sw::LogLine& line) {
    check_clean(t.text);
    sw::Baseline other({}, {9});
    const auto added = other.add(t);
    check(added.has_value() && *added == t.id());
    const auto fit = other.ask(line).fit;
    check(fit == sw::Baseline::Fit::known);
    if (line.text.size() > 512) return;  // compiling patterns is slow
    const auto pattern = sw::Pattern::compile(sw::as_pattern(t));
    check(pattern.has_value() && pattern->matches(line.text));
}

void check_line(sw::LogJudge& judge, const sw::LogLine& line, bool learn) {
    const auto alone = sw::template_of(line);
    if (alone) check_template(*alone, line);
    const sw::LogVerdict v = learn ? judge.learn(line) : judge.judge(line);
    check_clean(sw::sentence(v, line));
    check(v.is_finding() == (v.kind == sw::LogVerdict::Kind::grey || v.kind == sw::LogVerdict::Kind::black));
    if (v.kind == sw::LogVerdict::Kind::learnt) check(judge.judge(line).kind == sw::LogVerdict::Kind::known);
    if (v.reason == sw::LogReason::new_value) check(!v.values.empty() && v.found != nullptr);
    sw::dropped_packet(line);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    std::vector<std::string_view> lines;
    while (!rest.empty() && lines.size() < 32) {
        const std::size_t end = rest.find('\n');
        lines.push_back(rest.substr(0, end));
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    if (lines.size() < 2) return 0;
    sw::LogJudge judge = fresh_judge();
    sw::BootTracker boots({.lines = 16, .hosts = 2});
    check(boots.arm("mail", {1'000'000'000}).has_value());
    for (std::size_t i = 1; i < lines.size(); ++i) {
        sw::LogLine line;
        line.host = "mail";
        line.program = lines[0];
        line.text = lines[i];
        line.facility = lines[0] == "kernel" ? 0 : 1;
        line.received = {static_cast<std::int64_t>(i) * 1'000'000};
        const sw::BootStep step = boots.see(line);
        if (step.in_boot) boots.record(line, "x");
        check_line(judge, line, i <= lines.size() / 2);
    }
    sw::BootTracker again({.lines = 16, .hosts = 2});
    for (const sw::BootRow& row : boots.rows()) check(again.restore(row).has_value());
    check(again.rows() == boots.rows());
    // A file of rules may be anything, too.
    if (size <= 2048) sw::import_logcheck({{"rules", std::string(reinterpret_cast<const char*>(data), size)}});
    return 0;
}

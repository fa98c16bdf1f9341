/// Every row of reason.def has a capture that reaches it, and for the reason that the row states.
#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "tests/support/captures.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/judge.hpp"
#include "tests/support/reason_cases.hpp"

namespace sw::craft {
namespace {

ReasonSet anomalies_of(const ReasonSet& reasons) {
    ReasonSet set;
    reasons.for_each([&](Reason r) {
        if (info(r).kind == ReasonKind::anomaly) set.add(r);
    });
    return set;
}

std::string capture_path(Reason r) { return fmt::format("{}/tests/captures/reasons/{}.pcap", SPAN_SOURCE_DIR, info(r).slug); }

Judged judged(const ReasonCase& c) { return judge(c.policy, c.frames, c.options); }

}  // namespace

TEST_CASE("reasons: every row of reason.def has one crafted case") {
    std::map<Reason, int> cases;
    for (const ReasonCase& c : reason_cases()) ++cases[c.reason];
    for (std::size_t i = 0; i < reason_count; ++i) {
        INFO(info(static_cast<Reason>(i)).slug);
        CHECK(cases[static_cast<Reason>(i)] == 1);
    }
}

TEST_CASE("reasons: each case ends in a frame of its reason, and what comes before is allowed") {
    for (const ReasonCase& c : reason_cases()) {
        const Judged j = judged(c);
        INFO(info(c.reason).slug << ": " << describe(j.judgements.back()));
        CHECK(j.judgements.back().verdict == (c.reason == Reason::forbidden ? Verdict::black : Verdict::grey));
        CHECK(j.judgements.back().reasons.has(c.reason));
        if (c.prelude_allowed) CHECK(j.counters.allowed == c.frames.size() - 1);
    }
}

TEST_CASE("reasons: a case shows no anomaly but its own and those it cannot come without") {
    for (const ReasonCase& c : reason_cases()) {
        const Judged j = judged(c);
        const ReasonSet expected = anomalies_of(c.company.with(c.reason));
        INFO(info(c.reason).slug);
        CHECK(describe(anomalies_of(j.judgements.back().reasons)) == describe(expected));
    }
}

TEST_CASE("reasons: a state is reported alone") {
    std::vector<ReasonCase> cases = state_cases();
    for (auto part : {conform_cases(), protocol_cases(), wire_cases()}) cases.insert(cases.end(), part.begin(), part.end());
    for (const ReasonCase& c : cases) {
        const Judged j = judged(c);
        CHECK(describe(j.judgements.back().reasons) == info(c.reason).slug);
    }
}

TEST_CASE("reasons: an anomaly that the policy ignores is waved through, and counted") {
    for (const ReasonCase& c : anomaly_cases()) {
        if (c.reason == Reason::datalink_unknown) continue;  // what nobody read cannot be waved through
        EngineOptions options = c.options;
        options.ignore = c.company.with(c.reason);
        const Judged j = judge(stock_policy, c.frames, options);
        INFO(info(c.reason).slug << ": " << describe(j.judgements.back()));
        const bool fragment = c.company.with(c.reason).has(Reason::fragment);  // never waved through: nobody has put it together
        if (fragment) CHECK(j.judgements.back().reasons.without(fragment_anomalies()).empty());
        if (fragment) CHECK(j.judgements.back().reasons.has(Reason::fragment));
        if (!fragment) CHECK_FALSE(j.judgements.back().reasons.has(c.reason));
        CHECK(j.counters.anomalies[static_cast<std::size_t>(c.reason)] == 1);
    }
}

TEST_CASE("reasons: no capture lies about that no row asks for") {
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(SPAN_SOURCE_DIR "/tests/captures/reasons")) {
        INFO(entry.path());
        CHECK(reason_from_slug(entry.path().stem().string()).has_value());
        ++files;
    }
    CHECK(files == reason_count);
}

TEST_CASE("reasons: the committed captures are what the cases craft") {
    for (const ReasonCase& c : reason_cases()) {
        Octets committed;
        INFO(capture_path(c.reason) << ": run craft_captures, then look at the difference");
        REQUIRE(read_file(capture_path(c.reason), committed));
        CHECK(committed == pcap(c.frames));
    }
}

}  // namespace sw::craft

/// Several rules are one expression: tcpdump's '(A) or (B) ...'. A load past the end of a short frame ends all of it, and
/// vlan shifts whatever stands to its right; a rule at a time would allow more.
#include <algorithm>
#include <random>

#include "tests/replay/corpora/ask.hpp"
#include "tests/replay/corpora/oracle.hpp"
#include "tests/replay/corpora/panel.hpp"
#include "tests/support/catch.hpp"

namespace sw::corpora {
namespace {

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "(" : " or (") + part + ")";
    return text;
}

std::vector<std::vector<std::string>> random_unions(std::size_t count) {
    constexpr unsigned seed = 20261120;
    std::mt19937 random(seed);
    std::vector<std::string> filters = ethernet_filters();
    std::erase(filters, "");  // accepts everything, and so would its union
    std::vector<std::vector<std::string>> unions(count);
    for (auto& parts : unions)
        for (std::size_t n = 2 + random() % 5; n > 0; --n) parts.push_back(filters[random() % filters.size()]);
    return unions;
}

/// What single rules would allow, if they were asked one after the other.
std::uint64_t one_by_one(const std::vector<std::string>& parts, const Capture& capture) {
    std::vector<bool> allowed(capture.frames.size());
    for (const std::string& part : parts) {
        const Run run = corpora::run(allowing({part}), capture, {.mode = Mode::tcpdump});
        for (std::size_t i = 0; i < run.judgements.size(); ++i) allowed[i] = allowed[i] || run.judgements[i].verdict == Verdict::allow;
    }
    return static_cast<std::uint64_t>(std::count(allowed.begin(), allowed.end(), true));
}

}  // namespace

TEST_CASE("corpora: rules together allow exactly what tcpdump prints for 'A or B or ...'") {
    if (absent()) return;
    const auto unions = random_unions(150);
    const auto captures = panel(2);
    std::vector<Policy> policies;
    for (const auto& parts : unions) policies.push_back(allowing(parts));
    std::uint64_t matches = 0, compared = 0, refused = 0, undefined = 0;
    for (const std::string& name : captures) {
        const Capture capture = load(name);
        const ByLibpcap oracle(name);
        for (std::size_t i = 0; i < unions.size(); ++i) {
            INFO(name << ": " << joined(unions[i]));
            if (!oracle.is_defined(joined(unions[i]))) {
                ++undefined;
                continue;
            }
            std::string why;
            const auto expected = oracle.matching(joined(unions[i]), why);
            const Run run = corpora::run(policies[i], capture, {.mode = Mode::tcpdump});
            CHECK((run.error == "") == expected.has_value());
            CHECK(run.counters.allowed == expected.value_or(0));
            matches += expected.value_or(0);
            ++(expected ? compared : refused);
        }
    }
    CHECK(matches > 0);
    CHECK(compared > 20 * undefined);
    WARN(compared << " unions equal, " << refused << " refused by both, " << undefined << " without a meaning, " << matches << " matches");
}

TEST_CASE("corpora: there are captures where rules asked one by one would allow more than tcpdump prints") {
    if (absent()) return;
    const std::vector<std::string> parts{"tcp[100] = 1", "vlan and ip", "tcp"};
    const Policy policy = allowing(parts);
    std::uint64_t together = 0, alone = 0;
    for (const std::string& name : panel(2)) {
        const Capture capture = load(name);
        const Run run = corpora::run(policy, capture, {.mode = Mode::tcpdump});
        std::string why;
        CHECK(run.counters.allowed == ByLibpcap(name).matching(joined(parts), why));
        together += run.counters.allowed;
        alone += one_by_one(parts, capture);
    }
    CHECK(together < alone);
}

}  // namespace sw::corpora

#include "tests/replay/corpora/ask.hpp"

#include <algorithm>

#include "rules/confine/confine.hpp"
#include "tests/support/catch.hpp"

namespace sw::corpora {
namespace {

/// The largest table that a capture of these fills; the product's own would be zeroed thousands of times.
constexpr std::uint32_t flows = 1u << 14;

/// A TOML basic string.
std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

Policy accepted(PolicyLoad load) {
    for (const Diagnostic& d : load.diagnostics)
        if (d.level == Diagnostic::Level::error) FAIL(render(d, "test.toml", load.text));
    if (!load.policy) FAIL("no policy and no error");
    return std::move(*load.policy);
}

}  // namespace

Policy policy_of(const std::string& text) { return accepted(parse_policy("test.toml", text)); }

Policy allowing(const std::vector<std::string>& expressions) {
    std::string text = "enclave = \"test\"\nhome = [\"192.0.2.0/24\"]\n";
    for (std::size_t i = 0; i < expressions.size(); ++i)
        text += "[[allow]]\nname = \"r" + std::to_string(i) + "\"\nfilter = " + quoted(expressions[i]) + "\n";
    return policy_of(text);
}

Policy shipped_policy(const std::string& path_in_project) {
    Result<PolicyLoad> load = load_policy(SPAN_SOURCE_DIR "/" + path_in_project);
    if (!load) FAIL(load.error().text);
    return accepted(std::move(load).value());
}

const Policy& permissive() {
    static const Policy policy = policy_of(R"(
enclave = "anything"
home    = ["192.0.2.0/24"]
[[allow]]
name   = "tcp"
filter = "tcp"
[[allow]]
name   = "udp"
filter = "udp"
[[allow]]
name   = "icmp"
filter = "icmp or icmp6"
[[housekeeping]]
name   = "messages"
filter = "icmp or icmp6"
)");
    return policy;
}

const Policy& mail_enclave() {
    static const Policy policy = shipped_policy("rules/profiles/mail-enclave.toml");
    return policy;
}

Run run(const Policy& policy, const Capture& capture, const RunOptions& options) {
    mark_unconfined();
    EngineOptions engine_options;
    engine_options.mode = options.mode;
    engine_options.max_flows = flows;
    engine_options.hash_key.fill(options.key_octet);
    engine_options.shortcuts = options.shortcuts;
    Engine engine(policy, engine_options);
    engine.begin_file();
    Run result;
    result.judgements.resize(capture.frames.size());
    std::size_t total = 0;
    while (total < capture.frames.size() && result.error.empty()) {
        const std::size_t n = std::min(options.batch, capture.frames.size() - total);
        std::size_t judged = 0;
        const auto done = engine.judge({&capture.frames[total], n}, {&result.judgements[total], n}, judged);
        total += judged;
        if (!done) result.error = done.error().text;
    }
    result.judgements.resize(total);
    result.findings = engine.findings().all();
    result.counters = engine.counters();
    return result;
}

bool same(const Judgement& a, const Judgement& b) {
    return a.verdict == b.verdict && a.provisional == b.provisional && a.rule == b.rule && a.reasons == b.reasons &&
           a.finding == b.finding && a.nearest == b.nearest && a.fits == b.fits && a.answers == b.answers;
}

bool same(const Run& a, const Run& b) {
    return std::equal(a.judgements.begin(), a.judgements.end(), b.judgements.begin(), b.judgements.end(),
                      [](const Judgement& x, const Judgement& y) { return same(x, y); }) &&
           a.counters.anomalies == b.counters.anomalies && a.counters.flows == b.counters.flows && a.findings.size() == b.findings.size() &&
           a.error == b.error;
}

}  // namespace sw::corpora

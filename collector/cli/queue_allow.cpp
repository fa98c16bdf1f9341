// queue allow: the narrowest rule for a finding, what else it would let pass, and, if told to, that rule in the policy's file.
#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>

#include "collector/cli/policy_file.hpp"
#include "collector/cli/queue.hpp"
#include "collector/cli/queue_allow_log.hpp"
#include "collector/cli/queue_run.hpp"
#include "collector/cli/store_file.hpp"
#include "collector/review/proposal.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

using Json = nlohmann::ordered_json;

std::string line_of(const Json& object) { return object.dump(-1, ' ', true, Json::error_handler_t::replace); }

/// All that was found out before anything is changed.
struct Plan {
    Proposal proposal;
    DryRun run;
    PolicyEdit edit;
};

/// The file itself, where the name is a symbolic link.
std::string real_path(const std::string& path) {
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), std::free);
    return real ? std::string(real.get()) : path;
}

Result<Plan> plan(Queue& queue, Store& store, const Policy& policy, const Options& options, const std::string& analyst) {
    const QueueOptions& o = options.queue;
    const Timestamp now = wall_clock();
    const auto finding = queue.get(o.ids.front());
    if (!finding) return Unexpected{finding.error()};
    constexpr std::uint64_t all_of_them = UINT64_MAX;
    const auto samples = queue.samples(finding->id, all_of_them);
    if (!samples) return Unexpected{samples.error()};
    const std::string until = o.until.empty() ? default_until(now) : o.until;
    auto proposal = propose(*finding, *samples, policy, o.owner.empty() ? analyst : o.owner, o.message, until);
    if (!proposal) return Unexpected{proposal.error()};
    if (until <= to_rfc3339(now).substr(0, until.size())) return unexpected(fmt::format("--until {}: that day is over or today", until));
    auto run = dry_run(store, *proposal, policy);
    if (!run) return Unexpected{run.error()};
    if (const auto refusal = run->refusal()) return Unexpected{*refusal};
    auto edit = with_rule(policy, *proposal, now);
    if (!edit) return Unexpected{edit.error()};
    return Plan{std::move(*proposal), std::move(*run), std::move(*edit)};
}

/// What the record keeps: the rule, and the policy before and after it.
std::string detail_of(const Plan& p, const Policy& policy) {
    return line_of({{"rule", p.proposal.toml}, {"policy_sha256", policy.sha256}, {"new_policy_sha256", p.edit.sha256}});
}

Result<std::vector<Review>> write(Queue& queue, const Plan& p, const Policy& policy, const QueueOptions& o, const std::string& analyst) {
    return decide_and_replace(queue, o.ids, {QueueVerb::allow, analyst, o.message, o.if_version, detail_of(p, policy), {}}, o.write, policy,
                              p.edit, "the rule " + p.proposal.name);
}

Json covered_json(const DryRun& run) {
    Json list = Json::array();
    for (const DryRun::Covered& c : run.covered)
        list.push_back({{"finding", c.finding}, {"state", to_string(c.state)}, {"packets", c.packets}, {"whole", c.whole}});
    return list;
}

Json warnings_json(const PolicyEdit& edit) {
    Json list = Json::array();
    for (const Diagnostic& d : edit.warnings) list.push_back({{"code", d.code}, {"line", d.line}, {"message", d.message}, {"fix", d.fix}});
    return list;
}

void tell_json(const Plan& p, const QueueOptions& o, Output& out) {
    out.line(line_of({{"schema", 1},
                      {"type", "proposal"},
                      {"finding", p.proposal.finding},
                      {"kind", to_string(p.proposal.kind)},
                      {"name", p.proposal.name},
                      {"filter", p.proposal.filter},
                      {"owner", p.proposal.owner},
                      {"reason", p.proposal.reason},
                      {"until", p.proposal.until},
                      {"toml", p.proposal.toml},
                      {"packets", p.run.packets},
                      {"covered", covered_json(p.run)},
                      {"warnings", warnings_json(p.edit)},
                      {"written", o.write.empty() ? Json(nullptr) : Json(o.write)},
                      {"policy_sha256", p.edit.sha256}}));
}

void tell_text(const Plan& p, const Policy& policy, const QueueOptions& o, Output& out) {
    out.line(p.proposal.toml);
    out.line(fmt::format("It {}", p.run.sentence()));
    for (const Diagnostic& d : p.edit.warnings) out.put(render(d, policy.path, p.edit.text));
    if (o.write.empty())
        out.line("Nothing was changed: --write FILE puts the rule into a policy and the finding among the allowed.");
    else
        out.line(fmt::format("written into {}, policy {}", escape_for_display(o.write), p.edit.sha256.substr(0, 12)));
}

int propose_or_write(const Options& options, const Policy& policy, const std::string& analyst, Store& store, AuditLog& audit, Output& out,
                     QueueReport& report) {
    const QueueOptions& o = options.queue;
    Queue queue(store);
    const auto finding = queue.get(o.ids.front());
    if (!finding) return failed(finding.error());
    if (finding->is_log) return allow_lines(options, policy, analyst, *finding, store, audit, out, report);
    if (o.add)
        return failed({ExitCode::input, fmt::format("finding {} is of packets: --write POLICY puts a rule into a policy", finding->id)});
    const auto planned = plan(queue, store, policy, options, analyst);
    if (!planned) return failed(planned.error());
    std::vector<Review> reviews;
    if (!o.write.empty()) {
        auto written = write(queue, *planned, policy, o, analyst);
        if (!written) return failed(written.error());
        reviews = std::move(*written);
    }
    if (options.json)
        tell_json(*planned, o, out);
    else
        tell_text(*planned, policy, o, out);
    if (!reviews.empty()) tell(reviews, report, audit);
    return out.finish(to_int(ExitCode::clean));
}

}  // namespace

/// Without --write nothing is changed, the finding neither: a decision to allow is on record exactly when the rule is in a policy.
int queue_allow(const Options& options) {
    const QueueOptions& o = options.queue;
    if (o.ids.size() != 1) return failed({ExitCode::input, "allow takes one finding: each needs a rule of its own"});
    if (o.message.find_first_not_of(" \t\r\n") == std::string::npos)
        return failed({ExitCode::input, "to allow a finding needs a reason that stays on record: -m REASON"});
    const std::string& path = o.write.empty() ? options.policy : o.write;
    const auto analyst = analyst_of(options);
    if (!analyst) return failed(analyst.error());
    auto text = read_policy_file(path);
    if (!text) return failed(text.error());
    AuditLog audit;
    Output out(options.colour);
    const auto report = queue_report(options, out);
    std::vector<std::string> writable;
    if (!o.write.empty()) writable.push_back(folder_of(real_path(path)));
    auto store = open_and_confine(options, o.write.empty() && !o.add ? Store::Access::read : Store::Access::review, {}, writable);
    if (!store) return failed(store.error());
    const auto policy = parse_or_complain(path, std::move(*text));
    if (!policy) return to_int(ExitCode::input);
    return propose_or_write(options, *policy, *analyst, *store, audit, out, *report);
}

}  // namespace sw

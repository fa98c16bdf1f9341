#include "collector/cli/queue_allow_log.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "collector/cli/queue_run.hpp"
#include "collector/logs/learning.hpp"
#include "collector/logs/log_allow.hpp"
#include "collector/logs/log_book.hpp"
#include "collector/logs/rules_files.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

using Json = nlohmann::ordered_json;

std::string line_of(const Json& object) { return object.dump(-1, ' ', true, Json::error_handler_t::replace); }

struct Plan {
    LogProposal proposal;
    DryRun run;
    std::optional<PolicyEdit> edit;  ///< of a pattern
};

Result<Plan> plan(const Options& options, const Policy& policy, const std::string& analyst, const QueuedFinding& f, Store& store) {
    const QueueOptions& o = options.queue;
    const Timestamp now = wall_clock();
    Queue queue(store);
    const auto samples = queue.samples(f.id, UINT64_MAX);
    if (!samples) return Unexpected{samples.error()};
    auto proposal =
        propose_log(f, *samples, policy, o.owner.empty() ? analyst : o.owner, o.message, o.until.empty() ? default_until(now) : o.until);
    if (!proposal) return Unexpected{proposal.error()};
    Plan p{std::move(*proposal), {}, std::nullopt};
    if (p.proposal.for_policy() && p.proposal.until <= to_rfc3339(now).substr(0, p.proposal.until.size()))
        return unexpected(fmt::format("--until {}: that day is over or today", escape_for_display(p.proposal.until)));
    // Without what the policy imports: a line that an imported rule allows is no finding anyway.
    Policy alone = policy;
    alone.log.import.clear();
    const auto rules = make_log_rules(std::move(alone));
    if (!rules) return Unexpected{rules.error()};
    auto run = dry_run(store, p.proposal, rules->rules);
    if (!run) return Unexpected{run.error()};
    if (const auto refusal = run->refusal()) return Unexpected{*refusal};
    p.run = std::move(*run);
    if (p.proposal.for_policy()) {
        auto edit = with_pattern(policy, p.proposal, now);
        if (!edit) return Unexpected{edit.error()};
        p.edit = std::move(*edit);
    }
    return p;
}

Json detail_of(const Plan& p, const Policy& policy, bool added) {
    Json o = {{"what", to_string(p.proposal.kind)}, {"sentence", p.proposal.sentence()}, {"policy_sha256", policy.sha256}};
    if (p.edit && !added) {
        o["rule"] = p.proposal.toml;
        o["new_policy_sha256"] = p.edit->sha256;
    }
    return o;
}

/// The decision, and what it allows: both or none.
Result<std::vector<Review>> carry_out(const Options& options, const Plan& p, const Policy& policy, const std::string& analyst,
                                      Store& store) {
    const QueueOptions& o = options.queue;
    Decision decision{QueueVerb::allow, analyst, o.message, o.if_version, line_of(detail_of(p, policy, o.add)), {}};
    if (p.proposal.kind == LogProposal::Kind::freeze) return freeze(store, p.proposal.host, decision);
    Queue queue(store);
    if (!o.add) return decide_and_replace(queue, o.ids, std::move(decision), o.write, policy, *p.edit, "the pattern " + p.proposal.name);
    decision.before_commit = [&]() -> Result<Done> {
        if (auto done = add_to_store(store, p.proposal); !done) return done;
        return bump_log_version(store.db());
    };
    return queue.decide(o.ids, decision);
}

Json covered_json(const DryRun& run) {
    Json list = Json::array();
    for (const DryRun::Covered& c : run.covered)
        list.push_back({{"finding", c.finding}, {"state", to_string(c.state)}, {"lines", c.packets}, {"whole", c.whole}});
    return list;
}

void tell_json(const Plan& p, const QueueOptions& o, Output& out) {
    const LogProposal& l = p.proposal;
    Json json = {{"schema", 1},
                 {"type", "proposal"},
                 {"finding", l.finding},
                 {"kind", to_string(l.kind)},
                 {"sentence", l.sentence()},
                 {"host", escape_for_display(l.host)},
                 {"program", escape_for_display(l.program)},
                 {"template", l.text.empty() ? Json(nullptr) : Json(l.text)},
                 {"toml", l.toml.empty() ? Json(nullptr) : Json(l.toml)},
                 {"lines", p.run.packets},
                 {"covered", covered_json(p.run)},
                 {"written", o.write.empty() ? Json(nullptr) : Json(o.write)},
                 {"added", o.add}};
    if (p.edit) json["policy_sha256"] = p.edit->sha256;
    out.line(line_of(json));
}

void tell_text(const Plan& p, const Policy& policy, const QueueOptions& o, Output& out) {
    const LogProposal& l = p.proposal;
    out.line(escape_again(l.sentence()));
    if (l.for_policy()) out.line(l.toml);
    if (l.kind != LogProposal::Kind::boot && l.kind != LogProposal::Kind::freeze) out.line(fmt::format("It {}", p.run.sentence()));
    if (p.edit)
        for (const Diagnostic& d : p.edit->warnings) out.put(render(d, policy.path, p.edit->text));
    if (o.add) return out.line("added to what is known; it is in force as long as this decision stands");
    if (!o.write.empty())
        return out.line(fmt::format("written into {}, policy {}", escape_for_display(o.write), p.edit->sha256.substr(0, 12)));
    out.line(l.for_policy()
                 ? "Nothing was changed: --write FILE puts the pattern into a policy, --add the template into what is known of this host."
                 : "Nothing was changed: --add does it.");
}

}  // namespace

int allow_lines(const Options& options, const Policy& policy, const std::string& analyst, const QueuedFinding& finding, Store& store,
                AuditLog& audit, Output& out, QueueReport& report) {
    const QueueOptions& o = options.queue;
    const auto planned = plan(options, policy, analyst, finding, store);
    if (!planned) return failed(planned.error());
    if (!o.write.empty() && !planned->proposal.for_policy())
        return failed({ExitCode::input, fmt::format("finding {} needs no rule in a policy: --add adds to what is known", finding.id)});
    std::vector<Review> reviews;
    if (!o.write.empty() || o.add) {
        auto done = carry_out(options, *planned, policy, analyst, store);
        if (!done) return failed(done.error());
        reviews = std::move(*done);
    }
    if (options.json)
        tell_json(*planned, o, out);
    else
        tell_text(*planned, policy, o, out);
    if (!reviews.empty()) tell(reviews, report, audit);
    return out.finish(to_int(ExitCode::clean));
}

}  // namespace sw

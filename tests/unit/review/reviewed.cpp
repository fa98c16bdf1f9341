#include "tests/unit/review/reviewed.hpp"

#include <cstdlib>
#include <filesystem>

#include "collector/store/ingest.hpp"
#include "rules/confine/confine.hpp"
#include "sensor/journal/recorder.hpp"
#include "tests/support/catch.hpp"

namespace sw::test {

Reviewed::Reviewed(const std::string& policy_text, const craft::Frames& frames) {
    mark_unconfined();
    folder_ = (std::filesystem::temp_directory_path() / "span-watcher-review-XXXXXX").string();
    if (::mkdtemp(folder_.data()) == nullptr) FAIL("no temporary folder");
    PolicyLoad load = parse_policy("test.toml", policy_text);
    REQUIRE(load.policy);
    policy_ = std::make_unique<Policy>(std::move(*load.policy));
    auto store = Store::open(folder_ + "/store.db", Store::Access::ingest);
    if (!store) FAIL(store.error().text);
    store_ = std::make_unique<Store>(std::move(*store));
    if (!frames.empty()) replay(frames);
}

Reviewed::~Reviewed() {
    store_.reset();
    std::error_code ignored;  // nothing sensible can be done about it here
    std::filesystem::remove_all(folder_, ignored);
}

void Reviewed::replay(const craft::Frames& frames) {
    EngineOptions options;
    options.trace = true;
    Engine engine(*policy_, options);
    Ingest ingest(*store_);
    REQUIRE(ingest.begin("capture:" + std::to_string(++captures_)));
    Recorder recorder(engine, ingest);
    RunRecord run;
    run.program = "test";
    run.source = "replay";
    run.policy_sha256 = policy_->sha256;
    run.policy_path = policy_->path;
    run.policy_text = policy_->text;
    ingest.run(run);
    std::vector<Frame> views;
    for (const craft::CraftedFrame& f : frames)
        views.push_back({f.bytes.data(), static_cast<std::uint32_t>(f.bytes.size()), f.len, f.ts, views.size() + 1, {f.linktype, false}});
    std::vector<Judgement> judgements(views.size());
    std::size_t judged = 0;
    REQUIRE(engine.judge(views, judgements, judged));
    recorder.judged(views, judgements);
    recorder.end_file("test.pcap", "");
    recorder.end();
    const auto done = ingest.commit({1, views.size()}, true);
    if (!done) FAIL(done.error().text);
}

std::vector<QueuedFinding> Reviewed::findings() {
    QueuePage page;
    page.order = QueueOrder::id;
    page.limit = 100'000;
    auto list = Queue(*store_).list(page, today);
    if (!list) FAIL(list.error().text);
    return std::move(*list);
}

QueuedFinding Reviewed::only() {
    const auto list = findings();
    REQUIRE(list.size() == 1);
    return list.front();
}

std::vector<Sample> Reviewed::samples(std::int64_t finding) {
    auto list = Queue(*store_).samples(finding, 1000);
    if (!list) FAIL(list.error().text);
    return std::move(*list);
}

void Reviewed::decide(QueueVerb verb, std::int64_t finding) {
    Decision decision;
    decision.verb = verb;
    decision.analyst = "ada";
    decision.reason = "test";
    const auto done = Queue(*store_).decide({finding}, decision);
    if (!done) FAIL(done.error().text);
}

Result<Proposal> Reviewed::propose(const QueuedFinding& finding, const std::string& reason, const std::string& until) {
    return sw::propose(finding, samples(finding.id), *policy_, "ada", reason, until);
}

Proposal Reviewed::proposal(const QueuedFinding& finding) {
    auto proposed = propose(finding);
    if (!proposed) FAIL(proposed.error().text);
    return std::move(*proposed);
}

DryRun Reviewed::dry(const Proposal& proposal) {
    auto run = dry_run(*store_, proposal, *policy_);
    if (!run) FAIL(run.error().text);
    return std::move(*run);
}

}  // namespace sw::test

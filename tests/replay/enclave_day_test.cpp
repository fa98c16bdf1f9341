/// A day of the mail enclave under the policy that we ship: no false alarm, and nothing missed.
#include <fcntl.h>

#include <algorithm>
#include <array>
#include <set>
#include <span>

#include "sensor/capture/reader.hpp"
#include "tests/support/captures.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/enclave_day.hpp"
#include "tests/support/judge.hpp"

namespace sw::craft {
namespace {

const std::string profile = SPAN_SOURCE_DIR "/rules/profiles/mail-enclave.toml";
const std::string capture = SPAN_SOURCE_DIR "/tests/captures/enclave-day.pcap";

std::set<std::size_t> caught_frames(const EnclaveDay& day) {
    std::set<std::size_t> all;
    for (const Act& act : day.acts) all.insert(act.frames.begin(), act.frames.end());
    return all;
}

/// All frames of a capture file, through the product's own reader.
Frames frames_of(const std::string& path) {
    Result<CaptureReader> reader = CaptureReader::open(UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)));
    if (!reader) FAIL(reader.error().text);
    Frames all;
    std::array<Frame, 64> batch;
    while (const std::size_t n = reader->next(batch))
        for (const Frame& f : std::span(batch).first(n)) all.push_back({{f.data, f.data + f.caplen}, f.len, f.ts, f.link.linktype});
    CHECK_FALSE(reader->stopped());
    return all;
}

bool same(const Judgement& a, const Judgement& b) {
    return a.verdict == b.verdict && a.rule == b.rule && a.reasons == b.reasons && a.finding == b.finding;
}

bool same(const Judged& a, const Judged& b) {
    return std::equal(a.judgements.begin(), a.judgements.end(), b.judgements.begin(), b.judgements.end(),
                      [](const Judgement& x, const Judgement& y) { return same(x, y); });
}

}  // namespace

TEST_CASE("enclave day: everything honest is allowed: no false alarm") {
    const EnclaveDay day = enclave_day();
    const Judged judged = judge_file(profile, day.frames);
    const std::set<std::size_t> hostile = caught_frames(day);
    for (std::size_t i = 0; i < day.frames.size(); ++i) {
        if (hostile.contains(i)) continue;
        INFO("frame " << i + 1 << " at " << to_rfc3339(day.frames[i].ts) << ": " << describe(judged.judgements[i]));
        CHECK(judged.judgements[i].verdict == Verdict::allow);
    }
    CHECK(judged.counters.allowed == day.frames.size() - hostile.size());
}

TEST_CASE("enclave day: each act of the intruder is found, for its reason") {
    const EnclaveDay day = enclave_day();
    const Judged judged = judge_file(profile, day.frames);
    for (const Act& act : day.acts) {
        CHECK_FALSE(act.frames.empty());
        for (const std::size_t i : act.frames) {
            INFO(act.title << ", frame " << i + 1 << ": " << describe(judged.judgements[i]));
            CHECK(judged.judgements[i].verdict == (act.reason == Reason::forbidden ? Verdict::black : Verdict::grey));
            CHECK(judged.judgements[i].reasons.has(act.reason));
        }
    }
}

TEST_CASE("enclave day: every rule of the shipped policy but imap is used") {
    const Judged judged = judge_file(profile, enclave_day().frames);
    for (std::size_t i = 0; i < judged.policy->rules.size(); ++i) {
        INFO(judged.policy->rules[i].name);
        CHECK((judged.counters.by_rule[i] > 0) ==
              (judged.policy->rules[i].name != "imap" && judged.policy->rules[i].name != "nd-resolver"));
    }
}

TEST_CASE("enclave day: the queue is short, exact, and a sentence each") {
    const EnclaveDay day = enclave_day();
    const Judged judged = judge_file(profile, day.frames);
    std::uint64_t counted = 0;
    for (const Finding& f : judged.findings) {
        INFO(f.id);
        CHECK(sentence(f, *judged.policy).size() > 10);
        CHECK(f.first <= f.last);
        counted += f.count;
    }
    CHECK(counted == caught_frames(day).size());
    CHECK(judged.findings.size() <= 64);
}

TEST_CASE("enclave day: two replays are the same") {
    const EnclaveDay day = enclave_day();
    const Judged first = judge_file(profile, day.frames);
    EngineOptions other_key;
    other_key.hash_key.fill(0xa5);
    const Judged second = judge_file(profile, day.frames, other_key);
    CHECK(same(first, second));
}

TEST_CASE("enclave day: read back from the capture file, every frame is judged the same") {
    const Judged crafted = judge_file(profile, enclave_day().frames);
    const Judged read = judge_file(profile, frames_of(capture));
    CHECK(same(crafted, read));
}

TEST_CASE("enclave day: the committed capture is what the code crafts, and small") {
    Octets committed;
    INFO("run craft_captures, then look at the difference");
    REQUIRE(read_file(capture, committed));
    CHECK(committed == pcap(enclave_day().frames));
    CHECK(committed.size() < 400 * 1024);
}

}  // namespace sw::craft

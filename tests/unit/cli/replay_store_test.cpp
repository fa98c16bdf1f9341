/// replay --db, broken off at every commit: what goes on behind gives what an unbroken replay gives.
#include "collector/cli/replay_store.hpp"

#include <fcntl.h>

#include <optional>

#include "rules/confine/confine.hpp"
#include "tests/cli/folder.hpp"
#include "tests/support/captures.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/enclave_day.hpp"
#include "tests/support/records.hpp"

namespace sw::test {
namespace {

constexpr std::size_t frames_at_once = 64;

Policy mail_policy() {
    auto load = load_policy(SPAN_SOURCE_DIR "/rules/profiles/mail-enclave.toml");
    REQUIRE(load);
    REQUIRE(load->policy);
    return *load->policy;
}

std::vector<Frame> views(const craft::Frames& crafted) {
    std::vector<Frame> frames;
    for (const craft::CraftedFrame& f : crafted)
        frames.push_back({.data = f.bytes.data(),
                          .caplen = static_cast<std::uint32_t>(f.bytes.size()),
                          .len = f.len,
                          .ts = f.ts,
                          .number = frames.size() + 1,
                          .link = {f.linktype, false}});
    return frames;
}

/// Replay frames as one capture; after `batches` of them the process is gone.
void replay_some(const Options& options, const Policy& policy, const std::vector<Frame>& frames, std::size_t batches) {
    std::optional<Engine> engine;  // outlives the store that listens to it
    auto store = ReplayStore::open(options, 0);
    if (!store) FAIL(store.error().text);
    EngineOptions e;
    e.trace = true;
    e.hash_key = (*store)->hash_key();
    engine.emplace(policy, e);
    (*store)->start(*engine, run_record());
    REQUIRE((*store)->begin_file("day.pcap", "capture:day"));
    engine->begin_file();
    std::vector<Judgement> judgements(frames_at_once);
    for (std::size_t at = 0; at < frames.size(); at += frames_at_once) {
        if (at / frames_at_once == batches) return;
        const auto some = std::span(frames).subspan(at, std::min(frames_at_once, frames.size() - at));
        std::size_t judged = 0;
        REQUIRE(engine->judge(some, judgements, judged));
        REQUIRE((*store)->judged(some, std::span(judgements).first(judged)));
    }
    REQUIRE((*store)->end_file(""));
    REQUIRE((*store)->finish());
}

std::string dump_of(const std::string& path) {
    auto store = Store::open(path, Store::Access::read);
    if (!store) FAIL(store.error().text);
    return dump(*store);
}

Options with_store(const std::string& path) {
    Options options;
    options.db = path;
    return options;
}

}  // namespace

TEST_CASE("replay store: broken off behind any commit and begun again, the store holds what one replay gives") {
    mark_unconfined();
    const craft::EnclaveDay day = craft::enclave_day();
    const std::vector<Frame> frames = views(day.frames);
    const Policy policy = mail_policy();
    const cli::Folder folder;
    const std::string whole = folder.at("whole.db"), broken = folder.at("broken.db");
    const std::size_t batches = (frames.size() + frames_at_once - 1) / frames_at_once, all = batches + 1;
    replay_some(with_store(whole), policy, frames, all);
    const std::string expected = dump_of(whole);
    const std::size_t step = std::max<std::size_t>(1, batches / 12);
    for (std::size_t cut = 0; cut <= batches; cut += step) {
        INFO("broken off behind batch " << cut << " of " << batches);
        for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(broken + suffix);
        replay_some(with_store(broken), policy, frames, cut);
        replay_some(with_store(broken), policy, frames, all);
        CHECK(dump_of(broken) == expected);
    }
    replay_some(with_store(broken), policy, frames, all);
    CHECK(dump_of(broken) == expected);
}

TEST_CASE("journal_of: a file is known by its octets and stays where it was, a pipe is new each time") {
    const cli::Folder folder;
    folder.put("abc", std::string("abc"));
    const UniqueFd file(::open(folder.at("abc").c_str(), O_RDONLY | O_CLOEXEC));
    const auto name = journal_of(file);
    REQUIRE(name);
    CHECK(*name == "capture:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-2, B.1
    CHECK(::lseek(file.get(), 0, SEEK_CUR) == 0);
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    const UniqueFd read(ends[0]), write(ends[1]);
    const auto one = journal_of(read), two = journal_of(read);
    REQUIRE((one && two));
    CHECK(one->starts_with("pipe:"));
    CHECK(*one != *two);
}

}  // namespace sw::test

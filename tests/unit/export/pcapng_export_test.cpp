/// Evidence as pcapng: what comes out of the store is what went in, in order of time, with its sentence.
#include <fcntl.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "collector/export/export.hpp"
#include "collector/store/ingest.hpp"
#include "sensor/capture/reader.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/messages.hpp"
#include "tests/support/stock.hpp"

namespace {

using namespace sw;

// A store with two findings; the frames of the second begin before those of the first.
class Evidence {
public:
    Evidence() {
        REQUIRE(mkdtemp(folder_.data()) != nullptr);
        auto store = Store::open(folder_ + "/store.db", Store::Access::ingest);
        REQUIRE(store);
        store_ = std::make_unique<Store>(std::move(*store));
        Ingest ingest(*store_);
        REQUIRE(ingest.begin("capture:00"));
        ingest.run({"test", "replay", std::string(64, 'a'), "policy.toml", "text", Mode::flow, false});
        tell(ingest, 1, "first of two", {{craft::smtp_syn(), 5}, {craft::dns_ask(), 7}});
        tell(ingest, 2, "second of two", {{craft::ping(), 4}, {craft::smtp_syn6(), 6}});
        REQUIRE(ingest.commit({}, true));
    }
    Evidence(const Evidence&) = delete;
    Evidence& operator=(const Evidence&) = delete;
    ~Evidence() {
        store_.reset();
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    Queue queue() { return Queue(*store_); }
    std::string out() const { return folder_ + "/out.pcapng"; }
    UniqueFd open_out() const { return UniqueFd(::open(out().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)); }

private:
    static void tell(Ingest& ingest, std::uint32_t number, const std::string& sentence,
                     const std::vector<std::pair<craft::CraftedFrame, std::int64_t>>& frames) {
        FindingRecord record;
        record.finding = number;
        record.shape.port = static_cast<std::uint16_t>(number);
        record.shape.reasons = Reason::no_rule;
        record.sentence = sentence;
        ingest.finding(record);
        for (const auto& [frame, ts] : frames) {
            const Frame view{frame.bytes.data(),
                             static_cast<std::uint32_t>(frame.bytes.size()),
                             static_cast<std::uint32_t>(frame.bytes.size()),
                             {ts},
                             static_cast<std::uint64_t>(ts),
                             {frame.linktype, false}};
            ingest.packet({view, number, Verdict::grey, Reason::no_rule, "GREY"});
        }
    }

    std::string folder_ = (std::filesystem::temp_directory_path() / "span-export-XXXXXX").string();
    std::unique_ptr<Store> store_;
};

std::vector<std::int64_t> times_of(const std::string& path) {
    auto reader = CaptureReader::open(UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)));
    REQUIRE(reader);
    std::array<Frame, 16> frames;
    std::vector<std::int64_t> times;
    for (std::size_t n; (n = reader->next(frames)) > 0;)
        for (std::size_t i = 0; i < n; ++i) times.push_back(frames[i].ts.ns);
    CHECK_FALSE(reader->stopped());
    return times;
}

std::string output_of(const std::string& command) {
    std::FILE* pipe = popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string text;
    for (int c; (c = std::fgetc(pipe)) != EOF;) text += static_cast<char>(c);
    pclose(pipe);
    return text;
}

}  // namespace

TEST_CASE("export: packets of several findings come in order of time") {
    Evidence evidence;
    Queue queue = evidence.queue();
    const auto packets = export_pcapng(queue, {1, 2}, evidence.open_out());
    REQUIRE(packets);
    CHECK(*packets == 4);
    CHECK(times_of(evidence.out()) == std::vector<std::int64_t>{4, 5, 6, 7});
}

TEST_CASE("export: a finding that is not there is an error, and its number is told") {
    Evidence evidence;
    Queue queue = evidence.queue();
    const auto packets = export_pcapng(queue, {1, 99}, evidence.open_out());
    REQUIRE_FALSE(packets);
    CHECK(packets.error().text.find("99") != std::string::npos);
}

TEST_CASE("export: a full disk is an error of the environment") {
    Evidence evidence;
    Queue queue = evidence.queue();
    const auto packets = export_pcapng(queue, {1}, UniqueFd(::open("/dev/full", O_WRONLY | O_CLOEXEC)));
    REQUIRE_FALSE(packets);
    CHECK(packets.error().code == ExitCode::environment);
}

TEST_CASE("export: tshark reads the packets with their findings' sentences as comments") {
    if (std::system("tshark -v >/dev/null 2>&1") != 0) {
        WARN("skipped: no tshark");
        return;
    }
    Evidence evidence;
    Queue queue = evidence.queue();
    REQUIRE(export_pcapng(queue, {1, 2}, evidence.open_out()));
    CHECK(output_of("tshark -r '" + evidence.out() + "' -T fields -e frame.comment 2>/dev/null") ==
          "finding 2 (grey): second of two\n"
          "finding 1 (grey): first of two\n"
          "finding 2 (grey): second of two\n"
          "finding 1 (grey): first of two\n");
}

/// Captures that cannot be read, or not to their end: what could be read is judged and reported, then the run says what was
/// not and ends with 2. Nothing is lost, and a part is never presented as the whole.
#include "tests/cli/fixture.hpp"
#include "tests/support/catch.hpp"

namespace sw::cli {
namespace {

constexpr std::size_t file_header = 24, frame_header = 16;

/// RAW has no link header.
craft::Frames on_raw_link() {
    constexpr std::uint16_t raw = 101;
    craft::Frames frames = clean_frames();
    for (craft::CraftedFrame& f : frames) f.relink(raw, {});
    return frames;
}

}  // namespace

TEST_CASE("bad captures: a torn file is judged up to the tear, and the report says where that is") {
    const Desk desk;
    const craft::Frames frames = clean_frames();
    craft::Octets torn = craft::pcap(frames);
    torn.resize(torn.size() - 3);
    desk.put("torn.pcap", torn);
    const std::size_t last = file_header + (frames.size() - 1) * frame_header;
    std::size_t offset = last;
    for (std::size_t i = 0; i + 1 < frames.size(); ++i) offset += frames[i].bytes.size();
    const std::string where = "stopped at frame " + std::to_string(frames.size() - 1) + ", offset " + std::to_string(offset);

    const Ended ended = replay_json(desk, {"torn.pcap", "clean.pcap"});
    CHECK(ended.code == 2);
    CHECK(has(ended.err, "torn.pcap: " + where));
    const Json s = summary_of(ended.out);
    CHECK(s.at("frames") == 2 * frames.size() - 1);
    CHECK(s.at("files")[0].at("frames") == frames.size() - 1);
    CHECK(has(s.at("files")[0].at("error"), where));
    CHECK(s.at("files")[1].at("error").is_null());
    CHECK(has(replay(desk, {"torn.pcap"}).out, "NOT READ TO ITS END"));
}

TEST_CASE("bad captures: a missing file among good ones is named, and the good ones are judged") {
    const Desk desk;
    const Ended ended = replay_json(desk, {"clean.pcap", "missing.pcap", "grey.pcap"});
    CHECK(ended.code == 2);
    CHECK(ended.err == "span-watcher: missing.pcap: cannot open: No such file or directory\n");
    const Json s = summary_of(ended.out);
    CHECK(s.at("frames") == clean_frames().size() + 1);
    CHECK(s.at("files")[1].at("error") == "cannot open: No such file or directory");
    CHECK(s.at("files")[1].at("datalink").is_null());
}

TEST_CASE("bad captures: a folder, an empty file and a text are not captures, and the message says which it is") {
    const Desk desk;
    std::filesystem::create_directory(desk.at("folder"));
    desk.put("empty", std::string());
    desk.put("text", std::string("hello, this is no capture\n"));
    const Ended folder = replay_json(desk, {"folder"}), empty = replay_json(desk, {"empty"}), text = replay_json(desk, {"text"});
    CHECK(folder.code == 2);
    CHECK(has(folder.err, "folder: is a directory"));
    CHECK(empty.code == 2);
    CHECK(has(empty.err, "empty: the file is empty"));
    CHECK(text.code == 2);
    CHECK(has(text.err, "text: not a capture file"));
    for (const Ended& ended : {folder, empty, text}) CHECK(summary_of(ended.out).at("frames") == 0);
}

TEST_CASE("bad captures: a capture that holds no frame is clean") {
    const Desk desk;
    desk.put("none.pcap", craft::pcap({}));
    const Ended ended = replay_json(desk, {"none.pcap"});
    CHECK(ended.code == 0);
    CHECK(summary_of(ended.out).at("files")[0].at("datalink") == "EN10MB");
}

TEST_CASE("bad captures: a rule that does not compile for the file's link ends that file, names rule and link, and the rest is judged") {
    const Desk desk;
    desk.put("raw.pcap", craft::pcap(on_raw_link()));
    const Ended ended = replay_json(desk, {"clean.pcap", "raw.pcap", "grey.pcap"});
    CHECK(ended.code == 2);
    CHECK(has(ended.err, "raw.pcap: policy.toml:"));
    CHECK(has(ended.err, "rule \"arp-mail\""));
    CHECK(has(ended.err, "RAW"));
    const Json s = summary_of(ended.out);
    CHECK(s.at("frames") == clean_frames().size() + 1);
    CHECK(s.at("files")[1].at("frames") == 0);
    CHECK_FALSE(s.at("files")[1].at("error").is_null());
}

TEST_CASE("bad captures: an error outweighs what was greylisted") {
    const Desk desk;
    CHECK(replay(desk, {"grey.pcap", "missing.pcap"}).code == 2);
    CHECK(replay(desk, {"missing.pcap", "grey.pcap"}).code == 2);
}

}  // namespace sw::cli

/// Captures as they come: many, rotated, piped, compressed.
#include <fcntl.h>
#include <zlib.h>
#include <zstd.h>

#include "sensor/capture/pcapng_writer.hpp"
#include "tests/cli/fixture.hpp"
#include "tests/support/catch.hpp"

namespace sw::cli {

using namespace std::chrono_literals;

namespace {

craft::Octets gzip(const craft::Octets& plain) {
    z_stream stream{};
    constexpr int with_gzip_header = 31, memory = 8;
    REQUIRE(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, with_gzip_header, memory, Z_DEFAULT_STRATEGY) == Z_OK);
    craft::Octets out(deflateBound(&stream, static_cast<uLong>(plain.size())) + 32);
    craft::Octets in = plain;
    stream.next_in = in.data();
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = out.data();
    stream.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

craft::Octets zstd(const craft::Octets& plain) {
    craft::Octets out(ZSTD_compressBound(plain.size()));
    const std::size_t size = ZSTD_compress(out.data(), out.size(), plain.data(), plain.size(), 1);
    REQUIRE(ZSTD_isError(size) == 0U);
    out.resize(size);
    return out;
}

craft::Frames some(const craft::Frames& frames, std::size_t from, std::size_t to) {
    return {frames.begin() + static_cast<std::ptrdiff_t>(from), frames.begin() + static_cast<std::ptrdiff_t>(to)};
}

}  // namespace

TEST_CASE("captures: many files in one run are judged in their order, each counted for itself") {
    const Desk desk;
    const Json s = summary_of(replay_json(desk, {"clean.pcap", "grey.pcap", "black.pcap"}).out);
    REQUIRE(s.at("files").size() == 3);
    CHECK(s.at("files")[0] ==
          Json({{"file", "clean.pcap"}, {"frames", clean_frames().size()}, {"datalink", "EN10MB"}, {"error", nullptr}}));
    CHECK(s.at("files")[1].at("frames") == 1);
    CHECK(s.at("frames") == clean_frames().size() + 2);
    CHECK(s.at("allowed") == clean_frames().size());
}

TEST_CASE("captures: frames are numbered from 1 within each file") {
    const Desk desk;
    const auto packets = of_type(lines_of(replay_json(desk, {"--packets", "grey", "grey.pcap", "black.pcap"}).out), "packet");
    REQUIRE(packets.size() == 2);
    CHECK(packets[0].at("frame") == 1);
    CHECK(packets[1].at("frame") == 1);
    CHECK(packets[1].at("file") == "black.pcap");
}

TEST_CASE("captures: a conversation goes on from one rotated file to the next") {
    const Desk desk;
    const craft::Frames frames = clean_frames();
    desk.put("day.1", craft::pcap(some(frames, 0, 4)));
    desk.put("day.2", craft::pcap(some(frames, 4, frames.size())));
    const Ended both = replay_json(desk, {"day.1", "day.2"});
    CHECK(both.code == 0);
    CHECK(summary_of(both.out).at("flows") == 1);
    const Ended later_half = replay_json(desk, {"day.2"});
    CHECK(later_half.code == 1);
    CHECK(has(later_half.out, "not-open"));
}

TEST_CASE("captures: a rotated file that begins a moment before the last one ended goes on with its conversations") {
    const Desk desk;
    craft::Frames frames = clean_frames();
    desk.put("day.1", craft::pcap(some(frames, 0, 4)));
    for (craft::CraftedFrame& f : frames) f.later(-15ms);  // frames are 10 ms apart
    desk.put("day.2", craft::pcap(some(frames, 4, frames.size())));
    CHECK(replay_json(desk, {"day.1", "day.2"}).code == 0);
}

TEST_CASE("captures: a file that begins earlier than the last one ended is a trace of its own: its conversations are new") {
    const Desk desk;
    craft::Frames frames = clean_frames();
    desk.put("end.pcap", craft::pcap(some(frames, 4, frames.size())));
    for (std::size_t i = 4; i < frames.size(); ++i) frames[i].later(5s);
    desk.put("slow.pcap", craft::pcap(frames));
    const Ended twice = replay_json(desk, {"slow.pcap", "slow.pcap"});
    CHECK(twice.code == 0);
    CHECK(summary_of(twice.out).at("flows") == 2);
    // It begins seconds before slow.pcap ended: what that opened does not live in it.
    const Ended backwards = replay_json(desk, {"slow.pcap", "end.pcap"});
    CHECK(backwards.code == 1);
    CHECK(has(backwards.out, "not-open"));
}

TEST_CASE("captures: '-' is standard input, and may stand among files") {
    const Desk desk;
    const Ended ended = replay_json(desk, {"clean.pcap", "-"}, {.input = as_text(craft::pcap(grey_frames()))});
    CHECK(ended.code == 1);
    const Json s = summary_of(ended.out);
    CHECK(s.at("files")[1].at("file") == "-");
    CHECK(s.at("files")[1].at("frames") == 1);
}

TEST_CASE("captures: gzip and zstd are read as what they hold, from a file and from a pipe") {
    const Desk desk;
    const craft::Octets plain = craft::pcap(clean_frames());
    for (const craft::Octets& packed : {gzip(plain), zstd(plain)}) {
        desk.put("packed", packed);
        const Ended from_file = replay_json(desk, {"packed"});
        const Ended from_pipe = replay_json(desk, {"-"}, {.input = as_text(packed)});
        CHECK(from_file.code == 0);
        CHECK(from_pipe.code == 0);
        CHECK(summary_of(from_file.out).at("frames") == clean_frames().size());
        CHECK(summary_of(from_pipe.out).at("frames") == clean_frames().size());
    }
}

TEST_CASE("captures: clocks at both ends of what 64 bits hold, back and forth, are judged like any") {
    const Desk desk;
    const craft::Frames frames = clean_frames();
    const auto put = [&](const std::string& name, auto time_of) {
        PcapngWriter writer(UniqueFd(::open(desk.at(name).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)), "");
        for (std::size_t i = 0; i < frames.size(); ++i) {
            const craft::CraftedFrame& f = frames[i];
            REQUIRE(writer.write({f.bytes.data(), static_cast<std::uint32_t>(f.bytes.size()), f.len, time_of(i), i + 1, {}}, ""));
        }
        REQUIRE(writer.flush());
    };
    put("both.pcapng", [](std::size_t i) { return Timestamp{i % 2 == 0 ? 0 : INT64_MAX}; });
    const Json both = summary_of(replay_json(desk, {"both.pcapng"}).out);
    CHECK(both.at("frames") == frames.size());
    CHECK(both.at("clock_steps") == (frames.size() - 1) / 2);
    // A whole conversation in the last nanosecond.
    put("last.pcapng", [](std::size_t) { return Timestamp{INT64_MAX}; });
    const Ended last = replay_json(desk, {"last.pcapng"});
    CHECK(last.err == "");
    CHECK(summary_of(last.out).at("frames") == frames.size());
}

TEST_CASE("captures: a day of an enclave is told in text, and its intruder found") {
    const Desk desk;
    desk.put("day.pcap", craft::pcap(craft::enclave_day().frames));
    const Ended ended = run(desk, {"replay", "--policy", SPAN_SOURCE_DIR "/rules/profiles/mail-enclave.toml", "day.pcap"});
    CHECK(ended.code == 1);
    CHECK(has(ended.out, "day.pcap: " + std::to_string(craft::enclave_day().frames.size()) + " frames, EN10MB"));
    CHECK(has(ended.out, "mail-opens-ssh"));
    CHECK(ended.err == "");
}

}  // namespace sw::cli

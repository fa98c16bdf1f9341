#include "sensor/capture/pcapng_writer.hpp"

#include <pcap/pcap.h>

#include <memory>

#include "tests/support/catch.hpp"
#include "tests/unit/capture/capture_files.hpp"

using namespace sw;
using namespace sw::test;

namespace {

struct Written {
    UniqueFd keep{::memfd_create("evidence", MFD_CLOEXEC)};
    PcapngWriter writer;

    explicit Written(std::string_view comment = "") : writer(UniqueFd(::dup(keep.get())), comment) {}
    Octets content() {
        REQUIRE(writer.flush());
        return content_of(keep.get());
    }
};

Frame frame_of(const Octets& data, std::int64_t ns, Datalink link = {}, std::uint32_t len = 1500) {
    return {.data = data.data(), .caplen = static_cast<std::uint32_t>(data.size()), .len = len, .ts = {ns}, .number = 1, .link = link};
}

std::string text(const Octets& o) { return {o.begin(), o.end()}; }

}  // namespace

TEST_CASE("writer: what is written is read back the same, datalinks and times included") {
    Written w("from a test");
    const std::vector<std::pair<Octets, Datalink>> frames{
        {octets("ether"), {1, false}}, {octets("raw"), {101, false}}, {octets("again"), {1, false}}, {{}, {1, false}}};
    std::int64_t ns = 1'700'000'000'123'456'789;
    for (const auto& [data, link] : frames) REQUIRE(w.writer.write(frame_of(data, ns++, link), "why it is here"));
    const Drained d = drain(w.content());
    CHECK_FALSE(d.stop);
    REQUIRE(d.frames.size() == 4);
    for (std::size_t i = 0; i < 4; ++i)
        CHECK(d.frames[i] == Copy{frames[i].first,
                                  static_cast<std::uint32_t>(frames[i].first.size()),
                                  1500,
                                  {1'700'000'000'123'456'789 + static_cast<std::int64_t>(i)},
                                  i + 1,
                                  frames[i].second});
}

TEST_CASE("writer: frames of the other byte order keep it, in a section of their own") {
    Written w;
    const Octets data = octets("null");
    for (const bool swapped : {true, false, false, true}) REQUIRE(w.writer.write(frame_of(data, 1, {0, swapped}), ""));
    const Drained d = drain(w.content());
    CHECK_FALSE(d.stop);
    REQUIRE(d.frames.size() == 4);
    CHECK(d.frames[0].link == Datalink{0, true});
    CHECK(d.frames[2].link == Datalink{0, false});
    CHECK(d.frames[3].link == Datalink{0, true});
}

TEST_CASE("writer: len below caplen is kept, a time before 1970 becomes 1970") {
    Written w;
    const Octets data = octets("abcdef");
    REQUIRE(w.writer.write(frame_of(data, -5, {}, 2), ""));
    const Drained d = drain(w.content());
    REQUIRE(d.frames.size() == 1);
    CHECK(d.frames[0].len == 2);
    CHECK(d.frames[0].caplen == 6);
    CHECK(d.frames[0].ts == Timestamp{0});
}

TEST_CASE("writer: a file without frames is still a capture file, with our name and comment") {
    Written w("nothing was found");
    const Octets content = w.content();
    CHECK(drain(content).refused.empty());
    CHECK(text(content).find("nothing was found") != std::string::npos);
    CHECK(text(content).find("span-watcher ") != std::string::npos);
}

TEST_CASE("writer: a long comment is cut at 65,000 octets, between characters") {
    const Octets data = octets("x");
    for (const std::size_t lead : {0u, 1u, 2u, 3u}) {
        std::string comment(lead, 'a');
        while (comment.size() < 70'000) comment += "\xe2\x82\xac";  // the euro sign: three octets
        Written w;
        REQUIRE(w.writer.write(frame_of(data, 0), comment));
        const Octets content = w.content();
        REQUIRE(drain(content).frames.size() == 1);
        const std::size_t at = text(content).find(comment.substr(0, 64'000));
        REQUIRE(at != std::string::npos);
        const unsigned n = content[at - 2] | static_cast<unsigned>(content[at - 1]) << 8;
        CHECK(n > 64'997);
        CHECK(n <= 65'000);
        CHECK((n - lead) % 3 == 0);
    }
}

TEST_CASE("writer: libpcap reads the file") {
    Written w("section comment");
    const Octets data = octets("some frame or other");
    for (int i = 0; i < 1000; ++i) REQUIRE(w.writer.write(frame_of(data, i), "sentence"));
    const Octets content = w.content();
    char why[PCAP_ERRBUF_SIZE];
    UniqueFd copy = memory_file(content);
    pcap_t* p = pcap_fopen_offline_with_tstamp_precision(::fdopen(::dup(copy.get()), "r"), PCAP_TSTAMP_PRECISION_NANO, why);
    REQUIRE(p != nullptr);
    pcap_pkthdr* header;
    const u_char* octet;
    int n = 0, code;
    while ((code = pcap_next_ex(p, &header, &octet)) == 1) {
        CHECK(header->caplen == data.size());
        CHECK(header->ts.tv_usec == n++);
    }
    CHECK(code == PCAP_ERROR_BREAK);
    CHECK(n == 1000);
    pcap_close(p);
}

TEST_CASE("writer: a frame larger than the reader takes is refused, and nothing of it is written") {
    Written w;
    Frame frame = frame_of(octets(""), 0);
    frame.caplen = CaptureReader::max_frame + 1;
    CHECK_FALSE(w.writer.write(frame, ""));
    CHECK(drain(w.content()).frames.empty());
}

TEST_CASE("writer: a failed write is an error of the environment, and so is every one after it") {
    PcapngWriter writer(UniqueFd(::open("/dev/full", O_WRONLY)), "");
    const Octets data(1000, 'x');
    REQUIRE(writer.write(frame_of(data, 0), ""));
    const auto first = writer.flush();
    REQUIRE_FALSE(first);
    CHECK(first.error().code == ExitCode::environment);
    CHECK(first.error().text == "writing the capture file: No space left on device");
    REQUIRE(writer.write(frame_of(data, 0), ""));
    CHECK(writer.flush().error().text == "writing the capture file: it failed before");
}

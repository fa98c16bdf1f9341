#include <fcntl.h>

#include <array>
#include <csignal>

#include "sensor/capture/reader.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/messages.hpp"
#include "tests/unit/dissect/frames.hpp"

using namespace sw;
using namespace sw::craft;
using sw::test::frame_of;
using sw::test::has;
using sw::test::joined;

namespace {

Dissector started() {
    auto d = Dissector::start();
    if (!d) FAIL(d.error().text);
    return std::move(*d);
}

std::string dissected(Dissector& d, const CraftedFrame& f) { return joined(d.dissect(frame_of(f))); }

}  // namespace

TEST_CASE("a dissection has a line a layer with its fields") {
    Dissector d = started();
    const std::string text = dissected(d, tcp(v4(outside, 40000), v4(mail, 465)));
    CHECK(has(text, "Ethernet 02:00:00:00:00:01 > 02:00:00:00:00:19, type 0x0800"));
    CHECK(has(text, "IPv4 198.51.100.7 > 192.0.2.25, ttl 64"));
    CHECK(has(text, "TCP 40000 > 465, seq 1000"));
}

TEST_CASE("DNS names are shown escaped") {
    Dissector d = started();
    Octets query = dns_query({.id = 7, .name = "mail.example"});
    query[13] = 0x1b;  // first letter
    const std::string text = dissected(d, udp(v4(mail, 5000), v4(resolver, 53), query));
    CHECK(has(text, "DNS query 7, 1 questions, 0 answers"));
    CHECK(has(text, "asks \\x1bail.example type 1"));
    CHECK(test::is_clean(text));
}

TEST_CASE("a newline in a DNS name does not make a line of its own") {
    Dissector d = started();
    Octets query = dns_query({.id = 7, .name = "a-IPv4-forged.example"});
    query[14] = '\n';
    const std::string text = dissected(d, udp(v4(mail, 5000), v4(resolver, 53), query));
    CHECK(has(text, "asks a\\x0aIPv4-forged.example"));
}

TEST_CASE("an 18 octet DNS message whose name points at itself costs one second and one line") {
    Dissector d = started();
    const Octets message = {0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1};
    const auto hostile = udp(v4(mail, 5000), v4(resolver, 53), message);
    const auto lines = d.dissect(frame_of(hostile));
    REQUIRE(lines.size() == 1);
    CHECK(lines[0] == "[dissection ended by its CPU limit]");
    CHECK(has(dissected(d, tcp(v4(outside, 1), v4(mail, 2))), "TCP 1 > 2"));  // the next frame is dissected as ever
}

TEST_CASE("sixteen thousand nested VLAN tags end the child and nobody else") {
    Dissector d = started();
    Octets tags;
    for (int i = 0; i < 16'000; ++i) tags = std::move(tags) + Octets{0, 1, 0x81, 0};
    const auto hostile = ethernet(mac::mail, mac::intruder, 0x8100, tags);
    const auto lines = d.dissect(frame_of(hostile));
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].starts_with("[dissection ended"));
    CHECK(has(dissected(d, tcp(v4(outside, 1), v4(mail, 2))), "TCP 1 > 2"));
}

TEST_CASE("a malformed packet says that libtins cannot read on") {
    Dissector d = started();
    auto broken = tcp(v4(outside, 1), v4(mail, 2));
    broken.set8(tcp4_at + 12, 0xf0);  // a header longer than the packet
    CHECK(has(dissected(d, broken), "[libtins cannot read on: "));
}

TEST_CASE("a link that libtins has no class for is named") {
    Dissector d = started();
    const CraftedFrame cooked{octets("................................"), 32, noon, linktype::linux_sll2};
    CHECK(dissected(d, cooked) == "[no dissection for LINUX_SLL2]\n");
}

TEST_CASE("other kinds of link are dissected from their own header on") {
    Dissector d = started();
    auto packet = tcp(v4(outside, 1), v4(mail, 2));
    for (const auto& [link, header] : {std::pair{linktype::raw, Octets{}}, std::pair{linktype::null, Octets{2, 0, 0, 0}}}) {
        auto f = packet;
        CHECK(has(dissected(d, f.relink(link, header)), "TCP 1 > 2"));
    }
    auto cooked = packet;
    cooked.relink(linktype::linux_sll, {0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0});
    CHECK(has(dissected(d, cooked), "Linux cooked"));
    CHECK(has(dissected(d, cooked), "TCP 1 > 2"));
}

TEST_CASE("of a frame above 64 KiB the first 64 KiB are dissected") {
    Dissector d = started();
    auto large = tcp(v4(outside, 1), v4(mail, 2));
    large.bytes.resize(70'000, 0);
    CHECK(has(dissected(d, large), "TCP 1 > 2"));
}

TEST_CASE("a dead supervisor gives a line in brackets, again and again") {
    Dissector d = started();
    REQUIRE(::kill(d.supervisor(), SIGKILL) == 0);
    const auto f = tcp(v4(outside, 1), v4(mail, 2));
    for (int i = 0; i < 3; ++i) CHECK(dissected(d, f) == "[no dissection: the dissector gave no answer]\n");
}

TEST_CASE("a dissector ends with its owner") {
    pid_t pid = 0;
    {
        Dissector d = started();
        Dissector moved = std::move(d);
        pid = moved.supervisor();
        CHECK(::kill(pid, 0) == 0);
    }
    CHECK(::kill(pid, 0) == -1);
}

TEST_CASE("no capture that we ship defeats line, dump or dissection") {
    Dissector d = started();
    std::size_t frames = 0;
    for (const std::string& path : test::shipped_captures()) {
        UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        REQUIRE(fd);
        auto reader = CaptureReader::open(std::move(fd), [] { return false; });
        REQUIRE(reader);
        std::array<Frame, 64> batch;
        while (const std::size_t n = reader->next(batch)) {
            for (std::size_t i = 0; i < n; ++i) {
                INFO(path << " frame " << batch[i].number);
                CHECK(test::is_clean(packet_line(batch[i])));
                CHECK(test::is_clean(hex_dump({batch[i].data, batch[i].caplen}, 256)));
                const bool sampled = path.find("enclave-day") == std::string::npos || frames % 16 == 0;
                if (sampled) CHECK(test::is_clean(joined(d.dissect(batch[i]))));
                ++frames;
            }
        }
    }
    CHECK(frames > 500);
}

// Every octet value, bidi controls and overlong UTF-8 wherever a frame has room for them.
#include "tests/support/catch.hpp"
#include "tests/support/messages.hpp"
#include "tests/unit/dissect/frames.hpp"

using namespace sw;
using namespace sw::craft;
using sw::test::frame_of;

namespace {

/// All octet values, then what terminals and eyes are fooled by.
Octets hostile() {
    Octets all(256);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint8_t>(i);
    return all + octets("\xe2\x80\xae\xe2\x81\xa6\xd8\x9c\xef\xbb\xbf\xc2\x9b") +
           octets("\xc0\x80\xe0\x80\xaf\xed\xa0\x80\xf4\x90\x80\x80") + octets("\x1b]0;owned\x07\x1b[2J");
}

/// A DNS query for one label a piece of hostile octets, but for the NUL where libtins ends a name.
Octets hostile_query() {
    Octets query = {0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0};
    const Octets all = hostile();
    Octets name;
    for (std::size_t i = 1; i < 241; i += 60)
        name = name + Octets{60} + Octets(all.begin() + static_cast<long>(i), all.begin() + static_cast<long>(i) + 60);
    return query + name + Octets{0, 0, 1, 0, 1};
}

}  // namespace

TEST_CASE("a line, a dump and a dissection show no octet of the wire unescaped") {
    auto d = Dissector::start();
    REQUIRE(d);
    Frames frames = {
        udp(v4(mail, 5000), v4(resolver, 9), hostile()), udp(v4(mail, 5000), v4(resolver, 53), hostile()),
        udp(v4(mail, 5000), v4(resolver, 53), hostile_query()), ethernet(mac::mail, mac::intruder, 0x88cc, hostile()),
        tcp(v6(outside, 1), v6(mail, 2), {tcp_flag::ack, 1, 1, 1, {}}, std::string(reinterpret_cast<const char*>(hostile().data()), 256))};
    for (std::size_t start = 0; start < hostile().size(); ++start) {
        const Octets all = hostile();
        CraftedFrame raw{Octets(all.begin() + static_cast<long>(start), all.end()), 0, noon, 1};
        raw.len = static_cast<std::uint32_t>(raw.bytes.size());
        frames.push_back(raw);
    }
    for (const CraftedFrame& f : frames) {
        CHECK(test::is_clean(packet_line(frame_of(f))));
        CHECK(test::is_clean(hex_dump(f.bytes, 4096)));
    }
    for (std::size_t i = 0; i < frames.size(); i += i < 5 ? 1 : 16) CHECK(test::is_clean(test::joined(d->dissect(frame_of(frames[i])))));
}

TEST_CASE("hostile labels of a DNS name come back escaped, all of them") {
    auto d = Dissector::start();
    REQUIRE(d);
    const auto f = udp(v4(mail, 5000), v4(resolver, 53), hostile_query());
    const std::string text = test::joined(d->dissect(frame_of(f)));
    INFO(text);
    CHECK(test::has(text, "\\x1b"));
    CHECK(test::has(text, "\\x7f"));
    CHECK(test::has(text, "\\x9b"));
    CHECK(test::is_clean(text));
}

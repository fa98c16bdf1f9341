#include "sensor/conform/dns/dns_name.hpp"

#include <string>

#include "tests/support/catch.hpp"
#include "tests/support/dns_wire.hpp"

using namespace sw;
using craft::DnsWire;

namespace {

std::optional<DnsName> read(const std::string& octets, std::size_t& at, DnsNameStyle style = DnsNameStyle::compressed) {
    return read_dns_name({reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()}, at, style);
}

const std::string header(12, 'h');

}  // namespace

TEST_CASE("dns name: of text, and as text again") {
    CHECK(DnsName::of("mail.example").text() == "mail.example");
    CHECK(DnsName::of("mail.example").wire() == "\4mail\7example");
    CHECK(DnsName::of("mail.example").labels() == 2);
    CHECK(DnsName::of("mail.example").text_size() == 12);
    CHECK(DnsName::of("").text().empty());
    CHECK(DnsName::of(".") == DnsName::of(""));
    CHECK(DnsName::of("").text_size() == 0);
}

TEST_CASE("dns name: below is about labels, not about letters") {
    CHECK(DnsName::of("a.b.example").below(DnsName::of("b.example")));
    CHECK(DnsName::of("a.b.example").below(DnsName::of("example")));
    CHECK(DnsName::of("a").below(DnsName::of("")));
    CHECK_FALSE(DnsName::of("b.example").below(DnsName::of("b.example")));
    CHECK_FALSE(DnsName::of("ab.example").below(DnsName::of("b.example")));
    CHECK_FALSE(DnsName::of("example").below(DnsName::of("a.example")));
}

TEST_CASE("dns name: letters of either case are the same, others are not") {
    std::size_t at = 0;
    CHECK(*read(DnsWire::name("MaIl.Example"), at) == DnsName::of("mail.example"));
    at = 0;
    CHECK_FALSE(*read(DnsWire::name("a[.b"), at) == DnsName::of("a{.b"));
}

TEST_CASE("dns name: behind a name stands what follows it, behind a pointer too") {
    const std::string octets = header + DnsWire::name("b.example") + DnsWire::name("a.@12") + "rest";
    std::size_t at = 12;
    REQUIRE(read(octets, at));
    REQUIRE(at == 12 + 11);
    const auto name = read(octets, at);
    REQUIRE(name);
    CHECK(name->text() == "a.b.example");
    CHECK(octets.substr(at) == "rest");
}

TEST_CASE("dns name: 255 octets are the most, however they are put together") {
    const std::string label = "\x3f" + std::string(63, 'x'), last = "\x3d" + std::string(61, 'y');
    std::size_t at = 0;
    const auto longest = read(label + label + label + last + std::string(1, '\0'), at, DnsNameStyle::whole);
    REQUIRE(longest);
    CHECK(longest->text_size() == 253);
    CHECK(at == 255);
    at = 0;
    CHECK_FALSE(read(label + label + label + "\x3e" + std::string(62, 'y') + std::string(1, '\0'), at, DnsNameStyle::whole));
    // Half of it behind a pointer.
    const std::string half = header + label + label + std::string(1, '\0'), begin = half + label;
    at = half.size();
    CHECK(read(begin + DnsWire::be16(0xc00c), at));
    at = half.size();
    CHECK_FALSE(read(begin + "\x3e" + std::string(62, 'y') + DnsWire::be16(0xc00c), at));
}

TEST_CASE("dns name: chains of pointers end, because each leads further back") {
    // 100 pointers, each to the one before.
    std::string octets = header + std::string(1, '\0');
    std::size_t last = 12;
    for (int i = 0; i < 100; ++i) {
        const std::size_t here = octets.size();
        octets += DnsWire::be16(static_cast<unsigned>(0xc000 | last));
        last = here;
    }
    std::size_t at = last;
    REQUIRE(read(octets, at));
    CHECK(at == last + 2);
    // Into itself, and forward: the fault is at the first pointer.
    const std::string loop = header + "\1a" + DnsWire::be16(0xc00c);
    at = 12;
    CHECK_FALSE(read(loop, at));
    CHECK(at == 14);
}

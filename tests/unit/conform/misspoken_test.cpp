#include <string>

#include "sensor/conform/misspoken.hpp"
#include "tests/support/catch.hpp"

using namespace sw;

namespace {

std::span<const std::uint8_t> octets(const std::string& s) { return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}; }

}  // namespace

TEST_CASE("misspoken: octets are shown as printable ASCII, whatever they are") {
    CHECK(quoted(octets("EHLO a\r\n\t")) == "\"EHLO a\\r\\n\\t\"");
    CHECK(quoted(octets("say \"hi\" \\")) == "\"say \\\"hi\\\" \\\\\"");
    CHECK(quoted(octets(std::string("\0\x1b[2J\x7f\xff", 7))) == "\"\\x00\\x1b[2J\\x7f\\xff\"");
    std::string all(256, '\0');
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<char>(i);
    for (const char c : quoted(octets(all))) CHECK((c >= 0x20 && c < 0x7f));
}

TEST_CASE("misspoken: the words say who, where, what came and what belongs there") {
    Misspoken m{"smtp", {Reason::not_speaking, Side::responder, 12, "answering EHLO", "a reply of three digits"}};
    CHECK(m.words() == "smtp, answering EHLO: at octet 12 the responder ended where a reply of three digits belongs");
    m.breach.show(octets("SSH-2.0-x\r\n"));
    CHECK(m.words() == "smtp, answering EHLO: at octet 12 the responder sent \"SSH-2.0-x\\r\\n\" where a reply of three digits belongs");
    CHECK(m.kind() == "smtp: answering EHLO: a reply of three digits");
    m.breach.show(octets(std::string(100, 'x')));
    CHECK(m.breach.came_size == 32);
}

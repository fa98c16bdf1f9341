#include <string>
#include <vector>

#include "collector/syslog/framing.hpp"
#include "tests/support/catch.hpp"

using namespace sw;

namespace {

struct Fed {
    std::vector<std::string> messages;
    FramingCounts counts;
    FramingKind kind;
    bool failed;
};

Fed feed(std::string_view stream, std::size_t piece, FramingKind kind = FramingKind::undecided, FramingLimits limits = {}) {
    SyslogFraming framing(kind, limits);
    Fed fed{};
    const auto sink = [&fed](std::string_view m) { fed.messages.emplace_back(m); };
    for (std::size_t at = 0; at < stream.size(); at += piece)
        if (!framing.feed(stream.substr(at, piece), sink)) break;
    framing.end(sink);
    fed.counts = framing.counts();
    fed.kind = framing.kind();
    fed.failed = framing.failed();
    return fed;
}

using Messages = std::vector<std::string>;

}  // namespace

TEST_CASE("framing: pieces of any size make the same messages") {
    const std::string counted = "5 <13>a7 <13>b\nc6 <13>12";
    const std::string lines = "<13>a\n<13>b\r\n\n<13>c";
    for (std::size_t piece = 1; piece <= counted.size(); ++piece) {
        const Fed c = feed(counted, piece);
        CHECK(c.kind == FramingKind::octet_counting);
        CHECK(c.messages == Messages{"<13>a", "<13>b\nc", "<13>12"});
        CHECK_FALSE(c.failed);
        const Fed l = feed(lines, piece);
        CHECK(l.kind == FramingKind::newline);
        CHECK(l.messages == Messages{"<13>a", "<13>b", "<13>c"});
        CHECK(l.counts.empty == 1);
    }
}

TEST_CASE("framing: a stream counts only if it begins with a length, a space and a priority") {
    CHECK(feed("2026-11-22T12:00:00Z mail a: x\n", 3).kind == FramingKind::newline);
    CHECK(feed("12 monkeys\n", 3).messages == Messages{"12 monkeys"});
    CHECK(feed("123", 3).messages == Messages{"123"});
    CHECK(feed("05 <13>a\n", 3).kind == FramingKind::newline);
    CHECK(feed("1234567890 <13>a\n", 3).kind == FramingKind::newline);
    CHECK(feed("", 1).kind == FramingKind::undecided);
}

TEST_CASE("framing: a count that lies ends the stream, and is counted") {
    const auto lies = [](std::string_view stream) {
        for (std::size_t piece : {std::size_t{1}, std::size_t{7}, stream.size()}) {
            const Fed f = feed(stream, piece);
            if (!f.failed || f.counts.lies != 1 || f.messages != Messages{"<13>a"}) return false;
        }
        return true;
    };
    CHECK(lies("5 <13>a0 <13>b"));           // nothing
    CHECK(lies("5 <13>a05 <13>b"));          // a leading zero
    CHECK(lies("5 <13>a<13>b"));             // none
    CHECK(lies("5 <13>a-5 <13>b"));          // negative
    CHECK(lies("5 <13>a 5 <13>b"));          // a space first
    CHECK(lies("5 <13>a5\n<13>b"));          // no space behind
    CHECK(lies("5 <13>a65537 <13>b"));       // beyond the limit
    CHECK(lies("5 <13>a9999999999 <13>b"));  // more digits than any length has
    CHECK(lies("5 <13>a99999999999999999999999999999999999999 <13>b"));
}

TEST_CASE("framing: a count that is too small leaves octets where a count should be") {
    const Fed f = feed("5 <13>a4 <13>b5 <13>c", 4);
    CHECK(f.messages == Messages{"<13>a", "<13>"});
    CHECK(f.failed);
    CHECK(f.counts.lies == 1);
}

TEST_CASE("framing: a count that is too large takes the next message in, and then is found out") {
    const Fed f = feed("8 <13>a5 <13>b5 <13>c", 4);
    CHECK(f.messages == Messages{"<13>a5 <"});
    CHECK(f.failed);
    CHECK(f.counts.lies == 1);
}

TEST_CASE("framing: nothing is taken after a lie") {
    SyslogFraming framing;
    const auto sink = [](std::string_view) { FAIL("a message"); };
    CHECK_FALSE(framing.feed("1 <x", [](std::string_view) {}));
    CHECK_FALSE(framing.feed("5 <13>a", sink));
    framing.end(sink);
    CHECK(framing.counts().torn == 0);
}

TEST_CASE("framing: a stream that ends inside a counted message is torn, inside a line it is a line") {
    CHECK(feed("5 <13>a5 <13", 2).counts.torn == 1);
    CHECK(feed("5 <13>a5", 2).counts.torn == 1);
    CHECK(feed("5 <13>a5 <13", 2).messages == Messages{"<13>a"});
    CHECK(feed("<13>a\n<13>b", 2).messages == Messages{"<13>a", "<13>b"});
    CHECK(feed("<13>a\n", 2).counts.torn == 0);
}

TEST_CASE("framing: a line beyond the limit is handed on once, cut, and the next line is whole") {
    for (const std::size_t piece : {1u, 5u, 100u}) {
        const Fed f = feed("<13>abcdefgh\n<13>b\n", piece, FramingKind::newline, {8});
        CHECK(f.messages == Messages{"<13>abcd", "<13>b"});
        CHECK(f.counts.cut == 1);
        CHECK(f.counts.messages == 2);
        CHECK(f.counts.octets == 19);
    }
}

TEST_CASE("framing: a message of 64 KiB") {
    const std::string big(65'536, 'a');
    CHECK(feed("65536 " + big + "5 <13>a", 1000, FramingKind::octet_counting).messages == Messages{big, "<13>a"});
    const Fed cut = feed(big + "b\n", 1000, FramingKind::newline);
    CHECK(cut.messages == Messages{big});
    CHECK(cut.counts.cut == 1);
}

TEST_CASE("framing: octets that are not text pass as they are") {
    const std::string odd("<13>\0\x1b\xff\r\n", 9);
    CHECK(feed("9 " + odd, 1).messages == Messages{odd});
    CHECK(feed(odd, 1).messages == Messages{std::string("<13>\0\x1b\xff", 7)});
}

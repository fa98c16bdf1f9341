/// The reader of mails looks at many octets at once where it can; a reader that takes them one by one says the same.
#include <random>
#include <string>

#include "sensor/conform/smtp/smtp_content.hpp"
#include "sensor/conform/smtp/smtp_look.hpp"
#include "tests/support/catch.hpp"

using namespace sw;
using smtp::ContentReader;

namespace {

struct Result {
    std::size_t octets = 0;
    bool done = false;
    std::string fault;
    bool operator==(const Result&) const = default;
};

/// All of text in pieces of this size.
Result read(const std::string& text, std::size_t piece, bool eight_bit) {
    ContentReader reader;
    reader.begin_data(eight_bit);
    Result r;
    while (r.octets < text.size() && !r.done && r.fault.empty()) {
        const auto* data = reinterpret_cast<const std::uint8_t*>(text.data()) + r.octets;
        const ContentReader::Taken t = reader.take({data, std::min(piece, text.size() - r.octets)});
        r.octets += t.octets;
        r.done = t.done;
        if (t.wrong) r.fault = t.fault.expected;
    }
    return r;
}

/// Lines of all lengths, mostly right: dots in front, and now and then something wrong.
std::string mail(std::mt19937& random, bool wrong) {
    std::string text;
    for (auto lines = random() % 60; lines > 0; --lines) {
        const auto length = random() % 8 == 0 ? random() % 998 : random() % 90;
        if (random() % 10 == 0) text += '.';
        for (auto i = length; i > 0; --i) text += static_cast<char>('!' + random() % 90);
        if (text.ends_with("\n.")) text += '.';
        text += "\r\n";
    }
    text += ".\r\n";
    if (wrong && !text.empty()) {
        constexpr char odd[] = {'\r', '\n', '\0', '\x80', '.', ' '};
        const std::size_t at = random() % text.size();
        if (random() % 2 == 0)
            text[at] = odd[random() % sizeof odd];
        else
            text.insert(at, 1, odd[random() % sizeof odd]);
    }
    return text + "NOOP\r\n";
}

}  // namespace

TEST_CASE("smtp content: however many octets come at once, the same is said of them") {
    std::mt19937 random(25);
    for (int round = 0; round < 3000; ++round) {
        const std::string text = mail(random, round % 2 == 0);
        const bool eight_bit = random() % 2 == 0;
        const Result one = read(text, 1, eight_bit);
        for (const std::size_t piece :
             {std::size_t{2}, std::size_t{17}, std::size_t{100}, std::size_t{481}, std::size_t{1460}, text.size()}) {
            INFO(round << ", pieces of " << piece);
            REQUIRE((read(text, piece, eight_bit) == one));
        }
    }
}

TEST_CASE("smtp content: a wrong octet is found wherever it stands in a long text") {
    std::string lines;
    while (lines.size() < 3000) lines += "a plain line of a mail, with nothing odd in it at all\r\n";
    for (std::size_t at = 0; at < 1500; ++at) {
        if (lines[at] == '\r' || lines[at] == '\n') continue;
        std::string bent = lines;
        bent[at] = '\n';
        const Result r = read(bent, 1460, true);
        REQUIRE(r.octets == at);
        REQUIRE(r.fault == "CR before LF");
    }
}

TEST_CASE("smtp content: every way to look at a text that this processor has sees the same") {
    std::mt19937 random(26);
    const auto all = smtp::looks();
    INFO(all.size() << " ways");
    for (int round = 0; round < 20000; ++round) {
        std::string text(2 + random() % 500, 'x');
        constexpr char odd[] = {'\r', '\n', '\0', '\x80', '.'};
        for (auto n = random() % 4; n > 0; --n) text[random() % text.size()] = odd[random() % sizeof odd];
        if (const std::size_t at = random() % text.size(); random() % 2 == 0 && at + 1 < text.size()) text.replace(at, 2, "\r\n");
        const auto* octets = reinterpret_cast<const std::uint8_t*>(text.data());
        const smtp::Look plainly = all.front()(octets, text.size() - 1);
        for (smtp::LookAt* const look : all) {
            const smtp::Look seen = look(octets, text.size() - 1);
            INFO("round " << round);
            REQUIRE(seen.odd == plainly.odd);
            REQUIRE(seen.high == plainly.high);
        }
    }
}

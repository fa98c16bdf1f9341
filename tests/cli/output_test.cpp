/// Standard output and error: checked, plain where no terminal is, and never a way to a person's terminal for what came from
/// outside.
#include <algorithm>

#include "tests/cli/fixture.hpp"
#include "tests/support/catch.hpp"

namespace sw::cli {
namespace {

constexpr char escape = '\x1b';

/// C0 but line feed, DEL, C1 as UTF-8, bidi controls: nothing that a terminal obeys.
bool harmless(const std::string& text) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(i < text.size() ? text[i] : '\0'); };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool control = (at(i) < 0x20 && at(i) != '\n') || at(i) == 0x7f;
        const bool c1 = at(i) == 0xc2 && at(i + 1) >= 0x80 && at(i + 1) <= 0x9f;
        const bool bidi = at(i) == 0xe2 && ((at(i + 1) == 0x80 && at(i + 2) >= 0xaa && at(i + 2) <= 0xae) ||
                                            (at(i + 1) == 0x81 && at(i + 2) >= 0xa6 && at(i + 2) <= 0xa9));
        if (control || c1 || bidi) return false;
    }
    return true;
}

/// ESC, CSI as C1, a bidi override, a line feed, DEL and an octet that is no UTF-8.
const std::string hostile =
    "a\x1b[31m\xc2\x9b"
    "2J\xe2\x80\xae\n\x7f\xff";

}  // namespace

TEST_CASE("output: a full disk behind standard output ends with 3") {
    const Desk desk;
    Setup full;
    full.out = Setup::Out::file;
    full.out_file = "/dev/full";
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"replay", "--policy", "policy.toml", "clean.pcap"},
                                                      {"--json", "replay", "--policy", "policy.toml", "clean.pcap"},
                                                      {"rules", "check", "policy.toml"},
                                                      {"rules", "show", "policy.toml"}}) {
        const Ended ended = run(desk, arguments, full);
        CHECK(ended.code == 3);
        CHECK(has(ended.err, "writing the output: No space left on device"));
    }
}

TEST_CASE("output: a pipe that nobody reads ends the run, without a word") {
    const Desk desk;
    Setup broken;
    broken.out = Setup::Out::nobody_reads;
    const Ended ended = replay(desk, {"--packets", "all", "clean.pcap"}, broken);
    constexpr int by_sigpipe = 128 + 13;
    CHECK(ended.code == by_sigpipe);
    CHECK(ended.err == "");
}

TEST_CASE("output: where standard output is closed nothing is written into the evidence instead") {
    const Desk desk;
    desk.put("day.pcap", craft::pcap(craft::enclave_day().frames));
    Setup closed;
    closed.out = Setup::Out::closed;
    const Ended ended = replay_json(desk, {"--packets", "all", "--write", "out.pcapng", "day.pcap"}, closed);
    CHECK(ended.code == 3);
    CHECK_FALSE(has(desk.text("out.pcapng"), "\"schema\":1"));
}

TEST_CASE("output: no colour in a pipe, colour on a terminal, and NO_COLOR, TERM=dumb and --color decide otherwise") {
    const Desk desk;
    Setup terminal, plain_terminal, dumb_terminal;
    for (Setup* s : {&terminal, &plain_terminal, &dumb_terminal}) s->out = Setup::Out::terminal;
    plain_terminal.environment = {"NO_COLOR=1"};
    dumb_terminal.environment = {"TERM=dumb"};
    const auto coloured = [&](const std::vector<std::string>& options, const Setup& setup) {
        std::vector<std::string> arguments = options;
        arguments.insert(arguments.end(), {"--no-progress", "grey.pcap"});
        return replay(desk, arguments, setup).out.find(escape) != std::string::npos;
    };
    CHECK_FALSE(coloured({}, {}));
    CHECK(coloured({"--color", "always"}, {}));
    CHECK(coloured({}, terminal));
    CHECK_FALSE(coloured({}, plain_terminal));
    CHECK_FALSE(coloured({"--color", "never"}, terminal));
    CHECK_FALSE(coloured({}, dumb_terminal));
}

TEST_CASE("output: colour is never the only sign") {
    const Desk desk;
    const std::string plain = replay(desk, {"grey.pcap", "black.pcap"}).out;
    std::string painted = replay(desk, {"--color", "always", "grey.pcap", "black.pcap"}).out;
    for (std::size_t at; (at = painted.find(escape)) != std::string::npos;) painted.erase(at, painted.find('m', at) - at + 1);
    CHECK(painted == plain);
}

TEST_CASE("output: a hostile file name never reaches the terminal as it is, in text or JSON, in data or messages") {
    const Desk desk;
    const std::string good = hostile + ".pcap", torn = hostile + ".torn", missing = hostile + ".missing";
    craft::Octets cut = craft::pcap(grey_frames());
    desk.put(good, cut);
    cut.pop_back();
    desk.put(torn, cut);
    for (const bool json : {false, true}) {
        const std::vector<std::string> arguments{"--packets", "all", good, torn, missing};
        const Ended ended = json ? replay_json(desk, arguments) : replay(desk, arguments);
        INFO(ended.out << ended.err);
        CHECK(ended.code == 2);
        CHECK(harmless(ended.out));
        CHECK(harmless(ended.err));
        CHECK(has(ended.err, "\\x1b[31m"));
        // One line a complaint: the name's own line feed makes none.
        CHECK(std::count(ended.err.begin(), ended.err.end(), '\n') == 2);
    }
}

TEST_CASE("output: hostile options, policy names and write targets are escaped, too") {
    const Desk desk;
    const std::vector<std::vector<std::string>> all{{hostile},
                                                    {"rules", hostile},
                                                    {"replay", "--" + hostile},
                                                    {"replay", "--mode", hostile, "clean.pcap"},
                                                    {"replay", "--ignore", hostile, "clean.pcap"},
                                                    {"replay", "--policy", hostile, "clean.pcap"},
                                                    {"replay", "--policy", "policy.toml", "--write", hostile + "/x", "clean.pcap"},
                                                    {"rules", "check", hostile},
                                                    {"rules", "show", hostile}};
    for (const auto& arguments : all) {
        const Ended ended = run(desk, arguments);
        INFO(ended.err);
        CHECK(ended.code >= 2);
        CHECK(harmless(ended.out));
        CHECK(harmless(ended.err));
    }
}

TEST_CASE("output: hostile words in a policy never reach the terminal as they are") {
    const Desk desk;
    const std::string odd = "a\\u001b[31m\\u009b2J\\u202e\\u007f";  // as TOML escapes
    const std::string rule = "filter = \"tcp\"\n";
    const std::vector<std::string> policies{
        "enclave = \"" + odd + "\"\n",
        "enclave = \"x\"\n[[allow]]\nname = \"" + odd + "\"\n" + rule,
        "enclave = \"x\"\n[[allow]]\nname = \"a\"\nreason = \"" + odd + "\"\nowner = \"" + odd + "\"\n" + rule,
        "enclave = \"x\"\n[[allow]]\nname = \"a\"\nfilter = \"host " + odd + "\"\n",
        "enclave = \"x\"\n[names]\n\"" + odd + "\" = \"192.0.2.1\"\n",
        "enclave = \"x\"\n\"" + odd + "\" = 1\n",
        "# " + hostile + "\ncolour = 1 # " + hostile + "\n"};
    for (const std::string& text : policies) {
        desk.put("odd.toml", text);
        for (const std::vector<std::string>& arguments : {std::vector<std::string>{"rules", "check", "odd.toml"},
                                                          {"rules", "show", "odd.toml"},
                                                          {"--json", "rules", "check", "odd.toml"},
                                                          {"--json", "rules", "show", "odd.toml"},
                                                          {"replay", "--policy", "odd.toml", "--packets", "all", "grey.pcap"}}) {
            const Ended ended = run(desk, arguments);
            INFO(text << arguments[0] << " " << arguments[1] << ":\n" << ended.out << ended.err);
            CHECK(ended.code >= 0);
            CHECK(ended.code <= 2);
            CHECK(harmless(ended.out));
            CHECK(harmless(ended.err));
        }
    }
}

TEST_CASE("output: no progress in a pipe, and none on a terminal with --no-progress") {
    const Desk desk;
    CHECK(replay(desk, {"clean.pcap"}).err == "");
    Setup terminal;
    terminal.out = Setup::Out::terminal;
    const std::string shown = replay(desk, {"--color", "never", "--no-progress", "clean.pcap"}, terminal).out;
    CHECK(shown.find('\r') == std::string::npos);
}

}  // namespace sw::cli

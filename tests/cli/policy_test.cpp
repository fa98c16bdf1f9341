/// A policy that cannot be used judges nothing.
#include "tests/cli/fixture.hpp"
#include "tests/support/catch.hpp"

namespace sw::cli {

TEST_CASE("policy: a missing one, a folder and one that is too large are refused before any capture is opened") {
    const Desk desk;
    std::filesystem::create_directory(desk.at("folder"));
    desk.put("large.toml", std::string((4u << 20) + 1, '#'));
    const Ended missing = run(desk, {"--json", "replay", "--policy", "none.toml", "clean.pcap"});
    CHECK(missing.code == 2);
    CHECK(missing.out == "");
    CHECK(has(missing.err, "cannot read policy none.toml: No such file or directory"));
    CHECK(has(missing.err, "--policy"));
    const Ended folder = run(desk, {"replay", "--policy", "folder", "clean.pcap"});
    CHECK(folder.code == 2);
    CHECK(has(folder.err, "cannot read policy folder"));
    const Ended large = run(desk, {"replay", "--policy", "large.toml", "clean.pcap"});
    CHECK(large.code == 2);
    CHECK(has(large.err, "larger than 4 MiB"));
}

TEST_CASE("policy: all its errors are told at once, with file, line and column, and nothing is judged") {
    const Desk desk;
    desk.put("bad.toml", std::string("enclave = \"x\"\nhome = [\"192.0.2.0/33\"]\ncolour = \"red\"\n"
                                     "[[allow]]\nname = \"a\"\nfilter = \"host $nobody\"\n[[allow]]\nname = \"a\"\nfilter = \"tcp\"\n"));
    const Ended ended = run(desk, {"--json", "replay", "--policy", "bad.toml", "grey.pcap"});
    CHECK(ended.code == 2);
    CHECK(ended.out == "");
    CHECK(has(ended.err, "bad.toml:2:"));
    CHECK(has(ended.err, "bad.toml:3:1: error: unknown key \"colour\""));
    CHECK(has(ended.err, "bad.toml:6:"));
    CHECK(has(ended.err, "nobody"));
    CHECK(has(ended.err, "bad.toml:8:"));
    CHECK(has(ended.err, "one error rejects the whole file"));
}

TEST_CASE("policy: one bad rule rejects the file even if every frame fits another rule") {
    const Desk desk;
    desk.put("bad.toml", craft::stock_policy + "\n[[allow]]\nname = \"typo\"\nfilter = \"tcp prot 25\"\n");
    const Ended ended = run(desk, {"--json", "replay", "--policy", "bad.toml", "clean.pcap"});
    CHECK(ended.code == 2);
    CHECK(has(ended.err, "prot"));
    for (const Json& line : lines_of(ended.out)) CHECK(line.at("frames") == 0);
}

TEST_CASE("policy: a name that only a resolver knows is an error, and nothing is looked up") {
    const Desk desk;
    desk.put("named.toml", std::string("enclave = \"x\"\n[[allow]]\nname = \"a\"\nfilter = \"tcp and dst host mail.example.net\"\n"));
    const Ended ended = run(desk, {"replay", "--policy", "named.toml", "clean.pcap"});
    CHECK(ended.code == 2);
    CHECK(has(ended.err, "named.toml:4:"));
    CHECK(has(ended.err, "[names]"));
}

}  // namespace sw::cli

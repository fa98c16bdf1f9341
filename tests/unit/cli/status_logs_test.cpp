/// status says whether receiving log lines makes this host speak, and why, in words and in JSON.
#include "collector/cli/status_logs.hpp"
#include "tests/support/catch.hpp"

namespace sw {
namespace {

LogFacts heard_by(std::initializer_list<LogVia> ways) {
    LogFacts facts;
    for (const LogVia via : ways) {
        LogFacts::Source& s = facts.sources.emplace_back();
        s.via = via;
        s.host = "mail";
        s.lines = 1;
    }
    return facts;
}

/// The line "receiving ..." as status prints it, and what JSON says: both or neither.
std::string receiving(const LogFacts& facts) {
    const auto json = log_json(facts);
    for (const std::string& line : log_lines(facts, {})) {
        if (!line.starts_with("receiving")) continue;
        REQUIRE(json["silent"].is_boolean());
        CHECK((line.find("NOT SILENT: ") == std::string::npos) == json["silent"].get<bool>());
        CHECK(line.ends_with(json["silent_why"].get<std::string>()));
        return line;
    }
    CHECK(json["silent"].is_null());
    CHECK(json["silent_why"].is_null());
    return {};
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("status: a watcher that reads all lines off the mirror is silent") {
    CHECK(has(receiving(heard_by({LogVia::mirror, LogVia::mirror})), "SILENT: all lines are read off the mirror"));
    CHECK(!has(receiving(heard_by({LogVia::mirror})), "NOT SILENT"));
}

TEST_CASE("status: files and the watcher's own lines say nothing of silence") {
    CHECK(receiving(heard_by({})).empty());
    CHECK(receiving(heard_by({LogVia::file})).empty());
    CHECK(has(receiving(heard_by({LogVia::file, LogVia::mirror})), "off the mirror"));
}

TEST_CASE("status: a socket needs an address, and an address answers") {
    for (const LogVia via : {LogVia::socket, LogVia::udp}) {
        CHECK(has(receiving(heard_by({via})), "NOT SILENT: lines come to a socket of this host"));
        CHECK(has(receiving(heard_by({LogVia::mirror, via})), "answers ARP"));
    }
}

TEST_CASE("status: whoever receives streams acknowledges them, whatever else there is") {
    for (const LogVia via : {LogVia::tcp, LogVia::tls}) {
        CHECK(has(receiving(heard_by({via})), "NOT SILENT: lines come over TCP or TLS"));
        CHECK(has(receiving(heard_by({LogVia::mirror, LogVia::socket, LogVia::udp, via})), "acknowledgements"));
    }
}

}  // namespace sw

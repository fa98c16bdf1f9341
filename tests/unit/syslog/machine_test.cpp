// The sensor's machine (is this a log line?) and the collector's parser (what does it say?) beside each other: what one takes for a
// message, the other does; exceptions stand here with their reasons.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "rules/base/text.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/conform/machines.hpp"
#include "tests/unit/syslog/message.hpp"

using namespace sw;

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const fs::path logs = fs::path(SPAN_CORPORA) / "logs";

/// "" or what the machine wanted instead.
std::string machine_says(std::string_view datagram) {
    const auto protocol = test::protocol("syslog");
    test::Conversation talk(*protocol, {.datagrams = true});
    const auto breach = talk.client(datagram);
    return breach ? fmt::format("at octet {}: {}", breach->offset, breach->expected) : "";
}

/// "" or the oddities for which a datagram is no message that a syslog sender writes.
std::string parser_says(std::string_view datagram) {
    using enum SyslogOddity;
    const SyslogMessage m = read(datagram);
    std::string out;
    for (const SyslogOddity o :
         {no_pri, pri_invalid, no_stamp, stamp_invalid, field_too_long, structured_invalid, control_octets, newline, too_long})
        if (m.odd.has(o)) out += (out.empty() ? "" : " ") + std::string(to_string(o));
    return out;
}

/// "" or in what they differ.
std::string differ(std::string_view datagram) {
    const std::string machine = machine_says(datagram), parser = parser_says(datagram);
    if (machine.empty() == parser.empty()) return "";
    return fmt::format("machine: {}; parser: {}", machine.empty() ? "clean" : machine, parser.empty() ? "clean" : parser);
}

using Exceptions = std::map<std::string, std::string>;

/// Every difference is listed, and every one that is listed is one.
void expect_only(const Exceptions& known, const std::map<std::string, std::string>& found) {
    for (const auto& [id, how] : found)
        if (!known.contains(id)) FAIL_CHECK(id << " is not listed: " << how);
    for (const auto& [id, reason] : known)
        if (!found.contains(id)) FAIL_CHECK(id << " is listed, and no difference any more: " << reason);
}

const std::string bsd = "<38>Oct 11 22:14:15 mail sshd[99]: Accepted publickey for amy";
const std::string ietf = "<38>1 2026-10-11T22:14:15.003Z mail.example sshd 99 ID47 - Accepted publickey for amy";

}  // namespace

TEST_CASE("machine and parser: shapes that are really sent are clean to both") {
    for (const std::string& datagram : {bsd,
                                        ietf,
                                        std::string("<13>Oct 11 22:14:15 sshd[9]: no host"),
                                        std::string("<13>Oct 11 22:14:15 mail no tag"),
                                        std::string("<13>Oct  1 22:14:15 mail a: one digit"),
                                        std::string("<13>Oct 11 2026 22:14:15 fw : %ASA-6-302013: a router's year"),
                                        std::string("<13>Oct 11 22:14:15.123456 mail a: x"),
                                        std::string("<13>*Oct 11 22:14:15: %SYS-5: a router without NTP"),
                                        std::string("<13><34>Oct 11 22:14:15 mail su: two priorities"),
                                        std::string("<13>2026-10-11T22:14:15.003+02:00 mail a: x"),
                                        std::string("<13>2026-10-11T22:14:15 mail a: no zone"),
                                        std::string("<13>2026-10-11 22:14:15 mail a: a blank"),
                                        std::string("<13>Oct 11 22:14:15 mail a: \xef\xbb\xbf\xc3\xa9t\xc3\xa9"),
                                        std::string("<13>Oct 11 22:14:15 mail a: na\xefve \xff"),
                                        std::string("<13>1 - - - - - - \xef\xbb\xbftext"),
                                        bsd + "\n",
                                        bsd + "\r\n",
                                        bsd + std::string(1, '\0'),
                                        bsd + "\ta\tb",
                                        bsd + std::string(60'000, 'x')}) {
        INFO(escape_for_display(datagram.substr(0, 100)));
        CHECK(machine_says(datagram) == "");
        CHECK(parser_says(datagram) == "");
    }
}

TEST_CASE("machine and parser: what no syslog sender writes is odd to both") {
    for (const std::string& datagram : {std::string(),
                                        std::string("hello"),
                                        std::string("Oct 11 22:14:15 mail a: no priority"),
                                        std::string("<999>Oct 11 22:14:15 mail a: x"),
                                        std::string("<192>1 - - - - - -"),
                                        std::string("<013>Oct 11 22:14:15 mail a: x"),
                                        std::string("<-1>Oct 11 22:14:15 mail a: x"),
                                        std::string("<13>no time"),
                                        std::string("<13>Okt 11 22:14:15 mail a: x"),
                                        std::string("<13>0001-01-01T00:00:00Z mail a: x"),
                                        std::string("<13>2 - - - - - -"),
                                        std::string("<13>1 yesterday - - - - -"),
                                        std::string("<13>1 - - - - - [x y]"),
                                        std::string("<13>1 - - - - - [x y=\"]\"]"),
                                        std::string("<13>1 - - - - -"),
                                        std::string("<13>1 - - - - - x"),
                                        "<13>1 - " + std::string(256, 'h') + " - - - -",
                                        "<13>1 - - - - - [" + std::string(33, 'x') + "]",
                                        bsd + std::string(1, '\0') + "hidden",
                                        bsd + "\x1b[2J",
                                        bsd + "\x7f",
                                        bsd + "\n" + bsd,
                                        bsd + "\r" + bsd,
                                        std::string("<13>1 - a\x01 - - - -"),
                                        std::string("<13><13><13>Oct 11 22:14:15 x")}) {
        INFO(escape_for_display(datagram.substr(0, 100)));
        CHECK(machine_says(datagram) != "");
        CHECK(parser_says(datagram) != "");
    }
}

TEST_CASE("machine and parser: where they differ, and why") {
    struct Difference {
        std::string datagram;
        bool machine_is_clean;
        std::string why;
    };
    const Difference differences[] = {
        {"<13>Oct 32 25:61:61 mail a: x", true, "the machine looks at the shape of a time, not whether there is one: the line is flagged"},
        {"<13>2026-02-29T12:00:00Z mail a: x", true, "as above"},
        {"<13>9999-12-31T23:59:59Z mail a: x", true, "as above: a year that no timestamp of ours holds"},
        {"<13>2026-10-11T22:14:15+99:99 mail a: x", true, "as above: the shape of a zone"},
        {"<13>Oct 11 22:14:15 mail a: \xc2\x9b"
         "2J",
         true, "C1 in UTF-8: the machine reads octets, and in 8-bit texts these are letters; the line is flagged"},
        {"<13><999>Oct 11 22:14:15 mail a: x", false, "the parser does not ask for the second priority's value: it does not count"},
        {"<13>1 -  - - - -", false, "an empty field is no hyphen; the parser takes it for none"},
        {"<13>1 - m\xe4il a - - - x", false, "RFC 5424 has visible ASCII in its fields; the parser keeps what is there"},
    };
    for (const Difference& d : differences) {
        INFO(escape_for_display(d.datagram) << ": " << d.why << ": " << machine_says(d.datagram) << " | " << parser_says(d.datagram));
        CHECK(machine_says(d.datagram).empty() == d.machine_is_clean);
        CHECK(differ(d.datagram) != "");
    }
}

TEST_CASE("machine and parser: they agree on what syslog-ng and rsyslog test with, or there is a reason") {
    if (!fs::exists(logs)) {
        WARN("skipped: no corpora");
        return;
    }
    std::map<std::string, std::string> found;
    std::size_t number = 0;
    const auto look = [&](const std::string& id, const std::string& datagram) {
        ++number;
        if (const std::string how = differ(datagram); !how.empty()) found[id] = how + ": " + escape_for_display(datagram.substr(0, 120));
    };
    for (const char* file : {"syslogng_msgparse", "syslogng_format"}) {
        std::ifstream in(logs / "expected" / (std::string(file) + ".shared.json"));
        std::size_t n = 0;
        for (const Json& c : Json::parse(in)) {
            ++n;
            if (c.contains("msg_b64")) look(fmt::format("{} {}", file, n), decode_base64(c["msg_b64"].get<std::string>()));
        }
    }
    std::ifstream in(logs / "expected" / "rsyslog_parse.shared.json");
    std::size_t n = 0;
    for (const Json& c : Json::parse(in)) {
        ++n;
        std::size_t i = 0;
        for (const Json& m : c["messages_b64"]) look(fmt::format("rsyslog_parse {} {}", n, ++i), decode_base64(m.get<std::string>()));
    }
    CHECK(number > 60);
    expect_only({}, found);
}

TEST_CASE("machine and parser: lines of real daemons, behind a priority, are clean to both") {
    if (!fs::exists(logs)) {
        WARN("skipped: no corpora");
        return;
    }
    std::size_t number = 0;
    std::map<std::string, std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(logs)) {
        if (!entry.is_regular_file()) continue;
        std::ifstream file(entry.path(), std::ios::binary);
        std::size_t n = 0;
        for (std::string line; std::getline(file, line);) {
            ++n;
            if (line.ends_with('\r')) line.pop_back();
            // What a daemon's syslog would send: lines that begin with a time as syslog writes it.
            const std::string datagram = "<38>" + line;
            if (parser_says(datagram).find("no-stamp") != std::string::npos) continue;
            ++number;
            if (const std::string how = machine_says(datagram) + " | " + parser_says(datagram); how != " | ")
                found[fmt::format("{}:{}", fs::relative(entry.path(), logs).string(), n)] =
                    how + ": " + escape_for_display(line.substr(0, 120));
        }
    }
    CHECK(number > 2'300);
    expect_only({}, found);
}

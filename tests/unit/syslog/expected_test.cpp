// What syslog-ng's and rsyslog's own tests expect of messages, beside our reading. Where they differ, differences.tsv says why;
// a difference that is not listed fails, and so does a line of the list that is none any more.
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "collector/syslog/framing.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/syslog/message.hpp"

using namespace sw;

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const fs::path expected = fs::path(SPAN_CORPORA) / "logs" / "expected";

/// "file number field" of what differs, with both readings.
using Differences = std::map<std::string, std::string>;

Json read_json(const char* name) {
    std::ifstream file(expected / name);
    return Json::parse(file);
}

std::string text_of(const Json& value) { return value.is_string() ? value.get<std::string>() : ""; }

/// Notes what differs of one case.
class Case {
public:
    Case(std::string id, Differences& out) : id_(std::move(id)), out_(out) {}
    void compare(const std::string& field, const std::string& theirs, const std::string& ours) {
        if (theirs != ours) out_[id_ + " " + field] = "theirs: " + theirs + "\nours:   " + ours;
    }

private:
    std::string id_;
    Differences& out_;
};

std::string unescaped(std::string_view value) {
    std::string out;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const bool escape =
            value[i] == '\\' && i + 1 < value.size() && (value[i + 1] == '"' || value[i + 1] == '\\' || value[i + 1] == ']');
        out += value[i += escape ? 1u : 0u];
    }
    return out;
}

std::string parameters(std::string_view structured_data) {
    std::map<std::string, std::string> all;
    StructuredWalk walk(structured_data);
    while (const auto p = walk.next())
        all[".SDATA." + std::string(p->id) + (p->name.empty() ? "" : "." + std::string(p->name))] = unescaped(p->value);
    return Json(all).dump();
}

void compare_msgparse(const Json& c, std::size_t number, Differences& out) {
    Case one(fmt::format("syslogng_msgparse {}", number), out);
    const std::string octets = decode_base64(text_of(c["msg_b64"]));
    const std::int64_t seconds = c["stamp_sec"];
    // Yearless stamps are of their year if they came in it; 0 and 1 stand for "the time of receipt" there.
    const Timestamp theirs{seconds * 1'000'000'000 + c["usec"].get<std::int64_t>() * 1'000};
    const Timestamp received = seconds > 1 ? theirs + std::chrono::hours{1} : noon;
    const SyslogMessage m = parse_syslog(octets, received, std::chrono::seconds{c["gmtoff"].get<std::int64_t>()});
    one.compare("pri", std::to_string(c["pri"].get<int>()), std::to_string(m.facility * 8 + m.severity));
    one.compare("stamp", seconds > 1 ? to_rfc3339(theirs) : "none", claimed(m));
    one.compare("host", text_of(c["host"]), std::string(m.host));
    one.compare("program", text_of(c["program"]), std::string(m.app_name));
    one.compare("message", text_of(c["message"]), std::string(m.text));
    one.compare("pid", text_of(c["pid"]), std::string(m.proc_id));
    one.compare("msgid", text_of(c["msgid"]), std::string(m.msg_id));
    if (c["sd_str"].is_string()) one.compare("sd", text_of(c["sd_str"]), std::string(m.structured_data));
    if (!c["sdata"].is_object()) return;
    const auto ours = Json::parse(parameters(m.structured_data));  // they name some of them
    for (const auto& [key, value] : c["sdata"].items())
        one.compare(key, text_of(value), ours.contains(key) ? text_of(ours[key]) : "missing");
}

void compare_format(const Json& c, std::size_t number, Differences& out) {
    Case one(fmt::format("syslogng_format {}", number), out);
    const Json& e = c["expect"];
    const auto field = [&](const char* key, std::string_view ours) {
        if (e.contains(key)) one.compare(key, text_of(e[key]), std::string(ours));
    };
    if (!c.contains("sdata_b64")) {
        const std::string octets = decode_base64(text_of(c["msg_b64"]));
        const SyslogMessage m = parse_syslog(octets, noon);
        field("HOST", m.host);
        field("PROGRAM", m.app_name);
        field("PID", m.proc_id);
        field("MSG", m.text);
        return;
    }
    const std::string octets = "<34>1 - h a - - " + decode_base64(text_of(c["sdata_b64"])) + " text";
    const SyslogMessage m = parse_syslog(octets, noon);
    one.compare("accepted", c["accepted"].get<bool>() ? "yes" : "no", m.odd.has(SyslogOddity::structured_invalid) ? "no" : "yes");
    field("SDATA", m.structured_data);
    const auto ours = Json::parse(parameters(m.structured_data));
    for (const auto& [key, value] : e.items())
        if (key.starts_with(".SDATA.")) one.compare(key, text_of(value), ours.contains(key) ? text_of(ours[key]) : "missing");
}

/// rsyslog prints messages by a template; ours by the same words.
std::string by_template(std::string format, const SyslogMessage& m, const std::string& raw) {
    std::string tag(m.app_name);
    if (!m.proc_id.empty()) tag += "[" + std::string(m.proc_id) + "]";
    if (!tag.empty()) tag += ":";
    const std::map<std::string, std::string> words{
        {"%hostname%", std::string(m.host)}, {"%syslogtag%", tag.empty() ? "-" : tag}, {"%msg%", std::string(m.text)}, {"%rawmsg%", raw}};
    for (const auto& [word, value] : words)
        if (const std::size_t at = format.find(word); at != std::string::npos) format.replace(at, word.size(), value);
    if (const std::size_t end = format.find("\\n"); end != std::string::npos) format.erase(end);
    return format;
}

/// How many of its lines were compared.
std::size_t compare_rsyslog(const Json& c, std::size_t number, Differences& out) {
    Case one(fmt::format("rsyslog_parse {}", number), out);
    std::istringstream lines(text_of(c["expected"]));
    const std::string format = text_of(c["template"]);
    if (text_of(c["expected"]).empty() || format.empty()) return 0;
    std::vector<std::string> messages, framed;
    std::string stream;
    for (const Json& encoded : c["messages_b64"]) messages.push_back(decode_base64(text_of(encoded)));
    for (const std::string& m : messages) stream += m + "\n";
    // What prints raw messages is about how a stream is cut.
    const bool raw = format.find("%rawmsg%") != std::string::npos;
    SyslogFraming framing;
    framing.feed(stream, [&framed](std::string_view m) { framed.emplace_back(m.substr(0, m.find('\n'))); });
    if (raw) messages = framed;
    std::size_t i = 0;
    for (std::string theirs; std::getline(lines, theirs);) {
        const std::string ours = i < messages.size() ? by_template(format, parse_syslog(messages[i], noon), messages[i]) : "no message";
        one.compare(std::to_string(++i), theirs, ours);
    }
    return i;
}

Differences listed() {
    std::ifstream file(fs::path(SPAN_SOURCE_DIR) / "tests/unit/syslog/differences.tsv");
    Differences out;
    for (std::string text; std::getline(file, text);) {
        if (text.empty() || text[0] == '#') continue;
        const std::size_t tab = text.find('\t');
        REQUIRE(tab != std::string::npos);
        REQUIRE(tab + 20 < text.size());  // a reason, not a word
        out[text.substr(0, tab)] = text.substr(tab + 1);
    }
    return out;
}

void expect_listed(const Differences& found, const char* file) {
    const Differences known = listed();
    for (const auto& [id, both] : found)
        if (!known.contains(id)) FAIL_CHECK(id << " is not listed:\n" << both);
    for (const auto& [id, reason] : known)
        if (id.starts_with(file) && !found.contains(id)) FAIL_CHECK(id << " is listed, and no difference any more: " << reason);
}

}  // namespace

TEST_CASE("expected: syslog-ng's readings of whole messages, agreed or listed with the reason") {
    if (!fs::exists(expected)) {
        WARN("skipped: no corpora");
        return;
    }
    Differences found;
    std::size_t n = 0;
    for (const Json& c : read_json("syslogng_msgparse.shared.json")) compare_msgparse(c, ++n, found);
    CHECK(n == 33);
    expect_listed(found, "syslogng_msgparse");
}

TEST_CASE("expected: syslog-ng's readings of structured data and of odd headers, agreed or listed with the reason") {
    if (!fs::exists(expected)) {
        WARN("skipped: no corpora");
        return;
    }
    Differences found;
    std::size_t n = 0;
    for (const Json& c : read_json("syslogng_format.shared.json")) compare_format(c, ++n, found);
    CHECK(n == 17);
    expect_listed(found, "syslogng_format");
}

TEST_CASE("expected: rsyslog's readings, agreed or listed with the reason") {
    if (!fs::exists(expected)) {
        WARN("skipped: no corpora");
        return;
    }
    Differences found;
    std::size_t n = 0, compared = 0;
    for (const Json& c : read_json("rsyslog_parse.shared.json")) compared += compare_rsyslog(c, ++n, found);
    CHECK(n == 16);
    CHECK(compared >= 20);
    expect_listed(found, "rsyslog_parse");
}

TEST_CASE("expected: syslog-ng's readings of stamps, agreed or listed with the reason") {
    if (!fs::exists(expected)) {
        WARN("skipped: no corpora");
        return;
    }
    Differences found;
    std::ifstream file(expected / "syslogng_timestamps.shared.tsv");
    std::size_t n = 0;
    for (std::string text; std::getline(file, text);) {
        std::vector<std::string> parts;  // between quotes
        for (std::size_t at = text.find('"'); at != std::string::npos; at = text.find('"', at + 1)) {
            const std::size_t end = text.find('"', at + 1);
            parts.push_back(text.substr(at + 1, end - at - 1));
            at = end;
        }
        REQUIRE(parts.size() == 2);
        const auto theirs = read("<13>1 " + parts[1] + " h a - - -");
        REQUIRE(theirs.claimed);
        // Theirs were received at the turn of 2017; the zone is the one of the answer.
        const std::string offset = parts[1].substr(parts[1].size() - 6);
        const std::chrono::seconds zone = std::chrono::hours{std::stoi(offset.substr(0, 3))};
        while (parts[0].ends_with(' ')) parts[0].pop_back();
        const std::string octets = "<13>" + parts[0] + " h a: x";
        const auto ours = parse_syslog(octets, {std::int64_t{1'514'678'400} * 1'000'000'000}, zone);  // 2017-12-31T00:00:00Z
        Case one(fmt::format("syslogng_timestamps {}", ++n), found);
        one.compare("stamp", claimed(theirs), claimed(ours));
    }
    CHECK(n == 23);
    expect_listed(found, "syslogng_timestamps");
}

TEST_CASE("expected: rsyslog's test files of streams are cut without a lie") {
    const fs::path folder = fs::path(SPAN_CORPORA) / "logs" / "rsyslog";
    if (!fs::exists(folder)) {
        WARN("skipped: no corpora");
        return;
    }
    for (const auto& entry : fs::directory_iterator(folder)) {
        INFO(entry.path());
        std::ifstream file(entry.path(), std::ios::binary);
        std::stringstream all;
        all << file.rdbuf();
        const std::string octets = all.str();
        for (const std::size_t piece : {std::size_t{1}, std::size_t{100}, octets.size() + 1}) {
            SyslogFraming framing;
            std::size_t handed_on = 0;
            const auto sink = [&](std::string_view m) {
                parse_syslog(m, noon);
                handed_on += m.size();
            };
            for (std::size_t at = 0; at < octets.size(); at += piece) framing.feed(std::string_view(octets).substr(at, piece), sink);
            framing.end(sink);
            CHECK(framing.counts().lies == 0);
            CHECK(handed_on > octets.size() / 2);
        }
    }
}

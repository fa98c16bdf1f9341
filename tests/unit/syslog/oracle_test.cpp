// Our parser beside libsyslog-ng's, on messages made of parts: priorities, times, hosts, tags and texts as they are really sent, and
// not quite. Every difference has one of the reasons below, or the test fails; so does a reason that explains nothing any more.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <vector>

#include "tests/support/catch.hpp"
#include "tests/unit/syslog/message.hpp"

using namespace sw;

namespace {

struct Theirs {
    unsigned pri = 0;
    std::int64_t seconds = 0;
    unsigned micros = 0;
    std::string host, program, pid, msgid, text, structured;
};

struct Sent {
    std::string octets;
    bool dated = false;  ///< its time has a year: theirs and ours must be the same
    bool plain = false;  ///< nothing is odd about it: no reason for another reading is good enough
};

std::string unhex(const std::string& digits) {
    std::string out;
    if (digits == "-") return out;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) out += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
    return out;
}

/// A folder of this test's own, gone with it.
struct Folder {
    Folder() {
        std::string pattern = std::filesystem::temp_directory_path() / "span-oracle-XXXXXX";
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path = pattern;
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::filesystem::path path;
};

std::vector<Theirs> ask(const std::vector<Sent>& messages) {
    const Folder folder;
    std::ofstream in(folder.path / "in", std::ios::binary);
    for (const Sent& m : messages) {
        for (int shift = 0; shift < 32; shift += 8) in.put(static_cast<char>(m.octets.size() >> shift & 0xff));
        in << m.octets;
    }
    in.close();
    const std::string command = "TZ=UTC " SPAN_ORACLE " <'" + (folder.path / "in").string() + "' >'" + (folder.path / "out").string() + "'";
    REQUIRE(std::system(command.c_str()) == 0);
    std::ifstream out(folder.path / "out");
    std::vector<Theirs> all;
    for (std::string text; std::getline(out, text);) {
        std::istringstream fields(text);
        Theirs t;
        std::string host, program, pid, msgid, message, structured;
        int offset = 0;
        fields >> t.pri >> t.seconds >> t.micros >> offset >> host >> program >> pid >> msgid >> message >> structured;
        t.host = unhex(host), t.program = unhex(program), t.pid = unhex(pid), t.msgid = unhex(msgid);
        t.text = unhex(message), t.structured = unhex(structured);
        all.push_back(std::move(t));
    }
    return all;
}

/// A part of a message, and whether it is one that everybody sends.
struct Part {
    const char* text;
    bool plain;
    bool dated = false;
};

std::vector<Sent> old_messages() {
    std::vector<Sent> out;
    for (const Part& pri : {Part{"<34>", true},
                            {"<0>", true},
                            {"<191>", true},
                            {"<192>", false},
                            {"<999>", false},
                            {"<034>", false},
                            {"<13><34>", false},
                            {"", false},
                            {"<34> ", true},
                            {"<x>", false},
                            {"<34", false},
                            {"<>", false},
                            {"<1234>", false}})
        for (const Part& stamp : {Part{"Nov 22 11:59:58 ", true},
                                  {"2026-11-10T10:43:21.156+02:00 ", true, true},
                                  {"2026-11-10T10:43:21Z ", true, true},
                                  {"Apr 29 2016 13:58:40 ", true, true},
                                  {"Apr 29 13:58:40 2016 ", true, true},
                                  {"Nov  3 11:59:58: ", true},
                                  {"", false},
                                  {"Nov 31 11:59:58 ", false},
                                  {"Nov 22 25:59:58 ", false},
                                  {"Nov 22 11:59 ", false},
                                  {"November 22 11:59:58 ", false}})
            for (const Part& host :
                 {Part{"mail ", true}, {"192.0.2.25 ", true}, {"2001:db8::25 ", true}, {"mx-1.example.net ", true}, {"", false}})
                for (const Part& rest : {Part{"su[12]: hello world", true},
                                         {"postfix/smtpd[7]: connect from x", true},
                                         {"kernel: [    0.000000] Linux", true},
                                         {"tag:nospace", true},
                                         {"tag[1]x: odd", false},
                                         {"hello world", false},
                                         {"last message repeated 2 times", false},
                                         {"(sd-pam)[9]: x", true},
                                         {"%ASA-6-302014: Teardown", true},
                                         {"word", false},
                                         {"a: ", true},
                                         {"su[12] hello", true},
                                         {": x", false},
                                         {"", true},
                                         {"{\"json\": 1}", false},
                                         {"gr\xc3\xbc\xc3\x9f: \xff", false}})
                    out.push_back({std::string(pri.text) + stamp.text + host.text + rest.text, stamp.dated,
                                   pri.plain && stamp.plain && host.plain && rest.plain});
    return out;
}

std::vector<Sent> new_messages() {
    std::vector<Sent> out;
    for (const Part& pri : {Part{"<34>", true}, {"<192>", false}})
        for (const Part& stamp : {Part{"2026-10-11T22:14:15.003Z", true, true},
                                  {"2026-10-11T22:14:15+05:30", true, true},
                                  {"-", true},
                                  {"2026-10-11T22:14:15", true, true},
                                  {"2026-02-30T22:14:15Z", false},
                                  {"x", false}})
            for (const char* host : {"mx.example", "-"})
                for (const Part& middle : {Part{"app 123 ID47", true}, {"- - -", true}, {"app 123", false}, {"", false}})
                    for (const Part& sd : {Part{"-", true},
                                           {"[a b=\"c\"]", true},
                                           {"[a b=\"c\" d=\"\\\"\\]\\\\\"][e f=\"g\"]", true},
                                           {"[a]", true},
                                           {"[a b=c]", false},
                                           {"[a", false},
                                           {"x", false},
                                           {"", false}})
                        for (const Part& text : {Part{" hello", true},
                                                 {" \xef\xbb\xbf"
                                                  "gr\xc3\xbc\xc3\x9f",
                                                  true},
                                                 {"", true},
                                                 {"  two", false},
                                                 {"nospace", false}})
                            out.push_back(
                                {std::string(pri.text) + "1 " + stamp.text + " " + host + " " + middle.text + " " + sd.text + text.text,
                                 stamp.dated, pri.plain && stamp.plain && middle.plain && sd.plain && text.plain});
    return out;
}

/// Why a field may differ: true if this is why it does, in these two readings.
struct Reason {
    const char* why;
    std::function<bool(std::string_view field, const SyslogMessage&, const Theirs&)> is;
};

const std::vector<Reason>& reasons() {
    using Field = std::string_view;
    static const std::vector<Reason> all{
        {"what breaks RFC 5424 they replace by a message of their own; here all of it that can be read is read",
         [](Field, const SyslogMessage&, const Theirs& t) {
             return t.program == "syslog-ng" && t.text.starts_with("Error processing log message");
         }},
        {"a priority that is broken makes all of the message text here; they go on with what is behind it",
         [](Field, const SyslogMessage& m, const Theirs&) {
             return m.odd.has(SyslogOddity::pri_invalid) && m.app_name.empty() && m.stamp.empty() && m.text.starts_with('<');
         }},
        {"they keep a priority beyond 191, which is none",
         [](Field field, const SyslogMessage& m, const Theirs& t) {
             return field == "pri" && m.odd.has(SyslogOddity::pri_invalid) && t.pri > 191;
         }},
        {"a word is a program here only with a colon or [pid] behind it, and of letters, digits and _./%@+()#~!*$-: they take any",
         [](Field field, const SyslogMessage& m, const Theirs& t) {
             const std::size_t at = std::min(m.text.find_first_not_of(' '), m.text.size());
             return field != "host" && m.app_name.empty() && !t.program.empty() && m.text.substr(at).starts_with(t.program);
         }},
        {"a second priority is skipped here, and said; they take it for text",
         [](Field, const SyslogMessage& m, const Theirs&) { return m.odd.has(SyslogOddity::pri_twice); }},
        {"they look for a router's sequence number in front, and make structured data of it",
         [](Field, const SyslogMessage& m, const Theirs& t) {
             return m.format == SyslogFormat::rfc3164 && t.structured.starts_with("[meta sequenceId=");
         }},
        {"more spaces in front of the text are text here (RFC 5424 6.4 has one)",
         [](Field field, const SyslogMessage& m, const Theirs& t) {
             return field == "text" && m.text.starts_with(' ') && m.text.ends_with(t.text);
         }},
        {"a word that ends in a colon is a tag here, never a host",
         [](Field, const SyslogMessage&, const Theirs& t) { return t.host.ends_with(':'); }},
        {"a colon without a word in front is text here",
         [](Field field, const SyslogMessage& m, const Theirs&) { return field == "text" && m.text.starts_with(": "); }},
    };
    return all;
}

std::map<std::string, std::string> differences(const Sent& s, const SyslogMessage& m, const Theirs& t) {
    std::map<std::string, std::string> out;
    const auto compare = [&out](const char* field, std::string_view theirs, std::string_view ours) {
        if (theirs != ours) out[field] = fmt::format("'{}' / '{}'", theirs, ours);
    };
    compare("pri", std::to_string(t.pri), std::to_string(m.facility * 8 + m.severity));
    compare("host", t.host, m.host);
    compare("program", t.program, m.app_name);
    compare("pid", t.pid, m.proc_id);
    compare("msgid", t.msgid, m.msg_id);
    compare("text", t.text, m.text);
    compare("sd", t.structured, m.structured_data);
    if (s.dated) compare("stamp", to_rfc3339({t.seconds * 1'000'000'000 + t.micros * std::int64_t{1'000}}), claimed(m));
    return out;
}

/// The reason of one difference; nullptr: there is none.
const Reason* reason_of(std::string_view field, const SyslogMessage& m, const Theirs& t) {
    for (const Reason& r : reasons())
        if (r.is(field, m, t)) return &r;
    return nullptr;
}

void compare(const std::vector<Sent>& messages, std::map<std::string, std::size_t>& used) {
    const std::vector<Theirs> theirs = ask(messages);
    REQUIRE(theirs.size() == messages.size());
    std::size_t agreed = 0, plain = 0, unexplained = 0;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const SyslogMessage m = parse_syslog(messages[i].octets, noon);
        const auto differ = differences(messages[i], m, theirs[i]);
        agreed += differ.empty();
        plain += messages[i].plain;
        for (const auto& [field, both] : differ) {
            if (const Reason* r = messages[i].plain ? nullptr : reason_of(field, m, theirs[i])) {
                ++used[r->why];
            } else if (++unexplained <= 100) {
                UNSCOPED_INFO(field << ", theirs and ours: " << both << "   of " << messages[i].octets);
            }
        }
    }
    UNSCOPED_INFO(messages.size() << " messages, " << plain << " of them plain, " << agreed << " agreed, " << unexplained
                                  << " fields differ without a reason");
    CHECK(unexplained == 0);
    CHECK(plain > 100);
    CHECK(agreed >= plain);
}

}  // namespace

TEST_CASE("oracle: libsyslog-ng reads what we read, or there is a reason") {
    std::map<std::string, std::size_t> used;
    compare(old_messages(), used);
    compare(new_messages(), used);
    for (const Reason& r : reasons()) {
        INFO(r.why);
        CHECK(used[r.why] > 0);
    }
}

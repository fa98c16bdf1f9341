#include "rules/logs/black_lines.hpp"

#include <filesystem>
#include <fstream>
#include <map>

#include "rules/base/pattern.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/logs/lines.hpp"

using namespace sw;

namespace {

struct Row {
    std::string_view slug, programs, pattern, sample;
    BlackClass cls;
};
const std::vector<Row> rows{
#define BLACK_LINE(slug, cls, programs, pattern, sentence, sample) {slug, #programs, pattern, sample, BlackClass::cls},
#include "rules/logs/black_line.def"
#undef BLACK_LINE
};

/// A program whose lines the row looks at.
std::string_view speaker(const Row& row) {
    return row.programs == "netfilter" ? "kernel" : row.programs == "any" ? "logger" : row.programs;
}

std::string slug_of(std::string_view program, std::string_view text) {
    const auto black = black_line(line(program, text));
    return black ? std::string(black->slug) : "";
}

}  // namespace

TEST_CASE("black line: every row compiles and matches its sample, with the kernel's clock in front, too") {
    for (const Row& row : rows) {
        INFO(row.slug);
        REQUIRE(Pattern::compile(std::string(row.pattern)));
        CHECK(slug_of(speaker(row), row.sample) == row.slug);
        if (row.programs != "kernel" && row.programs != "netfilter") continue;
        CHECK(slug_of("kernel", "[   12.345678] " + std::string(row.sample)) == row.slug);
        LogLine nameless = kernel(row.sample);
        nameless.program = "";
        CHECK(black_line(nameless));  // the kernel's facility is enough
    }
}

TEST_CASE("black line: a row looks at its programs' lines only") {
    for (const Row& row : rows) {
        INFO(row.slug);
        if (row.programs != "any") CHECK(slug_of("postfix/smtpd", row.sample).empty());
    }
    CHECK(slug_of("sshd", "Invalid user IN= OUT= SRC=1.2.3.4 DST=1.2.3.4 from 198.51.100.7").empty());
}

TEST_CASE("black line: packet-filter drops as pf, nftables and iptables print them") {
    CHECK(
        slug_of(
            "kernel",
            "[19955416.516358] IN=ens2 OUT= MAC=02:00:00:00:00:19:02:00:00:00:00:01:08:00 SRC=198.51.100.7 DST=192.0.2.25 LEN=44 TOS=0x00 "
            "PREC=0x00 TTL=43 ID=25313 PROTO=TCP SPT=52220 DPT=80 WINDOW=1024 RES=0x00 SYN URGP=0") == "netfilter-drop");
    CHECK(slug_of("kernel",
                  "nft-drop: IN= OUT=eth0 SRC=2001:db8:1::25 DST=2001:db8::7 LEN=80 TC=0 HOPLIMIT=64 FLOWLBL=0 PROTO=TCP SPT=1 DPT=2") ==
          "netfilter-drop");
    CHECK(slug_of("kernel", "[UFW BLOCK] IN=eth0 OUT= MAC= SRC=198.51.100.7 DST=192.0.2.25 LEN=40 PROTO=UDP SPT=1 DPT=2") ==
          "netfilter-drop");
    CHECK(slug_of("pflog", "Nov 22 11:59:58.123456 rule 2/(match) block in on em0: 198.51.100.7.1234 > 192.0.2.25.22: S") == "pf-drop");
    CHECK(slug_of("pf", "rule 0/0(match): block out on em0: 192.0.2.25.25 > 198.51.100.7.1234: Flags [S]") == "pf-drop");
    CHECK(slug_of("pf", "rule 2.mail.0/(match) [uid 0, pid 12] block in on em0: 198.51.100.7 > 192.0.2.25: icmp: echo request") ==
          "pf-drop");
    CHECK(slug_of("filterlog",
                  "53,,,1000102631,em0,match,block,in,6,0x00,0x00000,64,tcp,6,40,2001:db8::7,2001:db8:1::25,40000,22,0,S,1,,1024,,mss") ==
          "filterlog-drop");
}

TEST_CASE("black line: what a packet filter lets pass is no drop") {
    for (const char* prefix : {"[UFW AUDIT] ", "[UFW ALLOW] ", "accepted: ", "fw-permit ", "PASS "})
        CHECK(slug_of("kernel", std::string(prefix) + "IN=eth0 OUT= SRC=198.51.100.7 DST=192.0.2.25 LEN=40 PROTO=UDP SPT=1 DPT=2").empty());
    // The word must stand in the prefix: what follows is the packet's.
    CHECK(slug_of("kernel", "DROP IN=allow0 OUT= SRC=198.51.100.7 DST=192.0.2.25 LEN=40") == "netfilter-drop");
    CHECK(slug_of("pf", "rule 2/(match) pass in on em0: 198.51.100.7.1234 > 192.0.2.25.22: S").empty());
    CHECK(slug_of("filterlog", "53,,,1000102631,em0,match,pass,in,4,0x0").empty());
}

TEST_CASE("black line: an ordinary day has none") {
    for (const char* text : {"Linux version 6.1.0-13-amd64", "md/raid1:md0: active with 2 out of 2 mirrors",
                             "EXT4-fs (sda1): mounted filesystem with ordered data mode", "device eth0 entered promiscuous mode",
                             "traps: foo[123] trap invalid opcode ip:1 sp:2 error:0", "sd 0:0:0:0: [sda] Write Protect is off",
                             "usb 1-1: new high-speed USB device number 2", "audit: type=1400 audit(1.2:3): apparmor=\"DENIED\"",
                             "softraid0 at root", "SCSI subsystem initialized"})
        CHECK(slug_of("kernel", text).empty());
    CHECK(slug_of("smartd", "Device: /dev/sda [SAT], SMART Usage Attribute: 194 Temperature_Celsius changed from 64 to 65").empty());
    CHECK(slug_of("mdadm", "NewArray event detected on md device /dev/md0").empty());
    CHECK(slug_of("zed", "eid=12 class=history_event pool='tank'").empty());
}

TEST_CASE("black line: every drop line of the corpora, and none of their other lines") {
    const std::filesystem::path logs = std::filesystem::path(SPAN_CORPORA) / "logs";
    if (!std::filesystem::exists(logs)) {
        WARN("skipped: no corpora");
        return;
    }
    // Drops are told by the words that no other line has; prefixes of what passed are ours to except.
    std::map<std::string, int> counts;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(logs)) {
        if (!entry.is_regular_file() || entry.path().extension() == ".json") continue;
        std::ifstream file(entry.path());
        for (std::string text; std::getline(file, text);) {
            const std::size_t kernel_at = text.find(" kernel: "), filter_at = text.find(" filterlog: ");
            if (kernel_at != std::string::npos) {
                const std::string_view rest = std::string_view(text).substr(kernel_at + 9);
                const bool drop = rest.find("IN=") != std::string_view::npos && rest.find(" OUT=") != std::string_view::npos &&
                                  rest.find("AUDIT") == std::string_view::npos && rest.find("ALLOW") == std::string_view::npos;
                ++counts[drop ? "kernel drops" : "kernel others"];
                INFO(rest);
                CHECK((slug_of("kernel", rest) == "netfilter-drop") == drop);
                if (drop) CHECK(dropped_packet(line("kernel", rest)));
            } else if (filter_at != std::string::npos) {
                ++counts["filterlog"];
                CHECK(slug_of("filterlog", std::string_view(text).substr(filter_at + 12)) == "filterlog-drop");
            }
        }
    }
    CHECK(counts["kernel drops"] >= 30);
    CHECK(counts["filterlog"] >= 15);
}

TEST_CASE("dropped packet: addresses and ports as each format prints them") {
    const auto is = [](std::string_view program, std::string_view text) {
        const auto p = dropped_packet(line(program, text));
        if (!p) return std::string("none");
        const auto port = [](const std::optional<std::uint16_t>& n) { return n ? std::to_string(*n) : "-"; };
        return std::string(p->source) + " " + port(p->source_port) + " " + std::string(p->destination) + " " + port(p->destination_port) +
               " " + std::string(p->protocol);
    };
    CHECK(is("kernel", "D IN=e OUT= MAC=x SRC=198.51.100.7 DST=192.0.2.25 LEN=44 PROTO=TCP SPT=52220 DPT=80 WINDOW=1") ==
          "198.51.100.7 52220 192.0.2.25 80 TCP");
    CHECK(is("kernel",
             "D IN=e OUT= SRC=198.51.100.7 DST=192.0.2.25 LEN=44 PROTO=ICMP TYPE=3 CODE=1 [SRC=1.1.1.1 DST=2.2.2.2 SPT=1 DPT=2 ]") ==
          "198.51.100.7 1 192.0.2.25 2 ICMP");
    CHECK(is("kernel", "D IN=e OUT= SRC=198.51.100.7 DST=192.0.2.25 PROTO=TCP SPT=99999 DPT=x") == "198.51.100.7 - 192.0.2.25 - TCP");
    CHECK(is("filterlog", "53,,,1,em0,match,block,in,4,0x0,,64,892,0,none,6,tcp,44,198.51.100.7,192.0.2.25,59576,22,0,S,1,,1,,mss") ==
          "198.51.100.7 59576 192.0.2.25 22 tcp");
    CHECK(is("filterlog", "53,,,1,em0,match,block,in,6,0x00,0x00000,64,tcp,6,40,2001:db8::7,2001:db8:1::25,40000,22,0,S") ==
          "2001:db8::7 40000 2001:db8:1::25 22 tcp");
    CHECK(is("filterlog", "53,,,1,em0,match,block,in,4,0x0,,64,892,0,none,1,icmp,44,198.51.100.7,192.0.2.25,request,1,2") ==
          "198.51.100.7 - 192.0.2.25 - icmp");
    CHECK(is("filterlog", "53,,,1,em0,match,block,in,") == " -  - ");
    CHECK(is("pf", "rule 2/(match) block in on em0: 198.51.100.7.1234 > 192.0.2.25.22: S 1:1(0)") == "198.51.100.7 1234 192.0.2.25 22 ");
    CHECK(is("pf", "rule 2/(match) block in on em0: 2001:db8::7.1234 > 2001:db8:1::25.22: S 1:1(0)") ==
          "2001:db8::7 1234 2001:db8:1::25 22 ");
    CHECK(is("pf", "rule 2/(match) block in on em0: 198.51.100.7 > 192.0.2.25: icmp: echo request") == "198.51.100.7 - 192.0.2.25 - ");
    CHECK(is("pf", "rule 2/(match) block in on em0: arp who-has 192.0.2.25") == "none");
    CHECK(is("sshd", "hello") == "none");
}

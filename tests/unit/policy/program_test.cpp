#include <pcap/pcap.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "rules/confine/confine.hpp"
#include "rules/policy/program.hpp"
#include "tests/support/catch.hpp"

namespace {

namespace fs = std::filesystem;

sw::FilterCompiler compiler_for(sw::Datalink link) {
    sw::mark_unconfined();
    auto compiler = sw::FilterCompiler::make(link);
    REQUIRE(compiler);
    return std::move(*compiler);
}

std::vector<std::string> columns(const std::string& line) {
    std::vector<std::string> out(1);
    for (char c : line) {
        if (c == '\t')
            out.emplace_back();
        else
            out.back() += c;
    }
    return out;
}

// The header of the table names the columns; the comments above it the expressions.
const std::string w = "port 53 or tcp port 25 or tcp port 143 or tcp port 993 or tcp port 22";
const std::vector<std::pair<std::string, std::string>> expressions{
    {"n_all", ""},
    {"dns", "port 53"},
    {"smtp", "tcp port 25"},
    {"imap", "tcp port 143 or tcp port 993"},
    {"ssh", "tcp port 22"},
    {"rest", "not (" + w + ")"},
    {"vlan", "vlan"},
    {"v_dns", "vlan and (port 53)"},
    {"v_smtp", "vlan and (tcp port 25)"},
    {"v_imap", "vlan and (tcp port 143 or tcp port 993)"},
    {"v_ssh", "vlan and (tcp port 22)"},
    {"rest_v", "not ((" + w + ") or (vlan and (" + w + ")))"},
    {"rest_vv", "not ((" + w + ") or (vlan and ((" + w + ") or (vlan and (" + w + ")))))"},
    {"frag4", "ip[6:2] & 0x3fff != 0"},
    {"frag6", "ip6 proto 44"},
    {"arp", "arp or rarp"},
    {"w", w},
    {"w_v", "(" + w + ") or (vlan and (" + w + "))"},
    {"rest_v_misordered", "not ((vlan and (" + w + ")) or (" + w + "))"},
};

struct Counted {
    long n = -1;            // -1: does not compile
    bool complete = false;  // the file was read to its end
};

sw::Datalink datalink_of(pcap_t* p, const fs::path& path) {
    // LINKTYPE and DLT differ for few; where they do, ask the file (classic captures only).
    std::ifstream file(path, std::ios::binary);
    std::array<char, 24> header{};
    file.read(header.data(), header.size());
    const auto octet = [&](std::size_t i) { return static_cast<std::uint8_t>(header[i]); };
    const bool swapped = pcap_is_swapped(p) != 0;
    const int on_disk = swapped ? octet(22) * 256 + octet(23) : octet(21) * 256 + octet(20);
    const bool classic = octet(0) != 0x0a;
    return {static_cast<std::uint16_t>(classic ? on_disk : pcap_datalink(p) == DLT_RAW ? 101 : pcap_datalink(p)), swapped};
}

Counted count(const fs::path& path, const std::string& expression) {
    std::array<char, PCAP_ERRBUF_SIZE> why{};
    pcap_t* p = pcap_open_offline(path.c_str(), why.data());
    if (p == nullptr) return {};
    Counted result;
    auto compiler = sw::FilterCompiler::make(datalink_of(p, path));
    if (compiler) {
        if (auto program = compiler->compile(expression)) {
            pcap_pkthdr* header;
            const u_char* data;
            int status;
            result.n = 0;
            while ((status = pcap_next_ex(p, &header, &data)) == 1) result.n += program->matches(data, header->caplen, header->len);
            result.complete = status == PCAP_ERROR_BREAK;
        }
    }
    pcap_close(p);
    return result;
}

bool is_plain_number(const std::string& s) { return !s.empty() && s.find_first_not_of("0123456789") == std::string::npos; }

}  // namespace

TEST_CASE("program: matches() counts what tcpdump counts, in every capture of the corpora") {
    std::ifstream table(fs::path(SPAN_CORPORA) / "EXPECTED.shared.tsv");
    if (!table) {
        WARN("skipped: no corpora");
        return;
    }
    sw::mark_unconfined();
    std::vector<std::string> head;
    std::size_t compared = 0;
    for (std::string line; std::getline(table, line);) {
        if (line.starts_with("#")) continue;
        const auto cells = columns(line);
        if (head.empty()) {
            head = cells;
            continue;
        }
        for (const auto& [column, expression] : expressions)
            for (std::size_t i = 1; i < head.size() && i < cells.size(); ++i) {
                if (head[i] != column || !is_plain_number(cells[i])) continue;
                CAPTURE(cells[0], expression);
                const Counted counted = count(fs::path(SPAN_CORPORA) / cells[0], expression);
                CHECK(counted.n == std::stol(cells[i]));
                ++compared;
            }
    }
    CHECK(compared > 5000);
    WARN(compared << " counts compared");
}

TEST_CASE("program: an expression that libpcap refuses is an error with libpcap's words and the link's name") {
    auto null = compiler_for({sw::linktype::null, false});
    const auto vlan = null.compile("vlan");
    REQUIRE_FALSE(vlan);
    CHECK(vlan.error().text == "cannot be compiled for NULL: no VLAN support for BSD loopback");
    auto raw = compiler_for({sw::linktype::raw, false});
    const auto arp = raw.compile("arp");
    REQUIRE_FALSE(arp);
    CHECK(arp.error().text.find("rejects all packets") != std::string::npos);
    CHECK(arp.error().code == sw::ExitCode::input);
    CHECK_FALSE(raw.compile(std::string("tcp\0udp", 7)));
}

TEST_CASE("program: on NULL links the byte order of the file decides") {
    auto ours = compiler_for({sw::linktype::null, false});
    auto theirs = compiler_for({sw::linktype::null, true});
    std::array<std::uint8_t, 24> frame{2, 0, 0, 0, 0x45};
    std::array<std::uint8_t, 24> swapped{0, 0, 0, 2, 0x45};
    const auto ip = ours.compile("ip"), ip_swapped = theirs.compile("ip");
    REQUIRE(ip);
    REQUIRE(ip_swapped);
    CHECK(ip->matches(frame.data(), 24, 24));
    CHECK_FALSE(ip->matches(swapped.data(), 24, 24));
    CHECK(ip_swapped->matches(swapped.data(), 24, 24));
    CHECK_FALSE(ip_swapped->matches(frame.data(), 24, 24));
}

TEST_CASE("program: a link type that libpcap does not know keeps libpcap's answer") {
    auto unknown = compiler_for({147, false});  // LINKTYPE_USER0
    CHECK(unknown.compile(""));
    CHECK(unknown.compile("len > 100"));
    CHECK_FALSE(unknown.compile("ip"));
}

TEST_CASE("program: what cannot match is known to reject always") {
    auto en10mb = compiler_for({});
    CHECK_FALSE(en10mb.compile("")->always_rejects());
    CHECK_FALSE(en10mb.compile("tcp")->always_rejects());
    CHECK(sw::Program({{0x06, 0, 0, 0}}).always_rejects());
    CHECK_FALSE(sw::Program({{0x06, 0, 0, 1}}).always_rejects());
}

TEST_CASE("program: a thousand rules compile within 50 ms") {
    auto compiler = compiler_for({});
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 1000; ++i) {
        const std::string host = "192.0." + std::to_string(i / 256) + "." + std::to_string(i % 256);
        REQUIRE(compiler.compile("tcp and src host " + host + " and dst host (192.0.2.25 or 2001:db8:1::25) and dst port 25"));
    }
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin).count();
    WARN("1,000 rules compiled in " << took << " us");
#if !defined(SPAN_SANITIZE)
    CHECK(took < 500'000);  // ten times the budget: a busy machine is no failure
#endif
}

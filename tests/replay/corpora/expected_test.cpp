/// Mode tcpdump against the counts that tcpdump printed for every capture: a policy of one rule allows those frames.
#include <algorithm>
#include <cctype>

#include "tests/replay/corpora/ask.hpp"
#include "tests/support/catch.hpp"

namespace sw::corpora {
namespace {

/// The columns of EXPECTED.shared.tsv, as its head defines them. W is the port whitelist of a mail enclave.
std::vector<std::pair<std::string, std::string>> expressions() {
    const std::string w = "port 53 or tcp port 25 or tcp port 143 or tcp port 993 or tcp port 22", tagged = "vlan and (" + w + ")";
    return {{"n_all", ""},
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
            {"rest_v", "not ((" + w + ") or (" + tagged + "))"},
            {"rest_vv", "not ((" + w + ") or (vlan and ((" + w + ") or (" + tagged + "))))"},
            {"rest_v_misordered", "not ((" + tagged + ") or (" + w + "))"},
            {"frag4", "ip[6:2] & 0x3fff != 0"},
            {"frag6", "ip6 proto 44"},
            {"arp", "arp or rarp"},
            {"w", w},
            {"w_v", "(" + w + ") or (" + tagged + ")"},
            {"w_vv", "(" + w + ") or (vlan and ((" + w + ") or (" + tagged + ")))"}};
}

/// "17", "17+ERR:libpcap stopped", "ERR:refused" or "".
struct Cell {
    bool exact = false, at_least = false, refused = false;
    std::uint64_t count = 0;

    explicit Cell(const std::string& text) {
        const auto digits = static_cast<std::size_t>(
            std::find_if_not(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); }) - text.begin());
        refused = text.starts_with("ERR:");
        exact = digits > 0 && digits == text.size();
        at_least = digits > 0 && !exact;
        if (digits > 0) count = std::stoull(text.substr(0, digits));
    }
};

struct Column {
    std::string name;
    Policy policy;
};

struct Tally {
    std::size_t exact = 0, at_least = 0, refused = 0;
};

void compare(const Column& column, const Cell& cell, const Capture& capture, Tally& tally) {
    const Run run = corpora::run(column.policy, capture, {.mode = Mode::tcpdump});
    INFO(column.name << ", judging ended with: " << run.error);
    if (cell.exact) {
        ++tally.exact;
        CHECK(run.counters.allowed == cell.count);
        CHECK(run.error == "");
    } else if (cell.at_least) {
        ++tally.at_least;
        CHECK(run.counters.allowed >= cell.count);
    } else {
        ++tally.refused;
        CHECK(run.counters.frames == 0);
        CHECK(run.error != "");
    }
}

}  // namespace

TEST_CASE("corpora: mode tcpdump allows exactly the frames that tcpdump counts, in every capture for every expected expression") {
    if (absent()) return;
    std::vector<Column> columns;
    for (const auto& [name, expression] : expressions()) columns.push_back({name, allowing({expression})});
    Tally tally;
    for (const Row& row : read_table("EXPECTED.shared.tsv")) {
        const Capture capture = load(row.at("path"));
        INFO(capture.name << ": " << capture.frames.size() << " frames");
        const bool libpcap_opens = !Cell(row.at("n_all")).refused;
        for (const Column& column : columns) {
            const Cell cell(row.at(column.name));
            const bool filter_refused = cell.refused && libpcap_opens && !capture.frames.empty();
            if (cell.exact || cell.at_least || filter_refused) compare(column, cell, capture, tally);
        }
    }
    CHECK(tally.exact > 9000);
    CHECK(tally.at_least > 150);
    CHECK(tally.refused > 50);
    WARN(tally.exact << " counts equal, " << tally.at_least << " reach what libpcap counted before it stopped, " << tally.refused
                     << " filters refused as libpcap refuses them");
}

}  // namespace sw::corpora

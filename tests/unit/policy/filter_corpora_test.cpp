// The tree against the whole program: on every filter of the corpora that libpcap accepts, and real frames.
#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "rules/confine/confine.hpp"
#include "rules/policy/filter.hpp"
#include "rules/policy/program.hpp"
#include "tests/support/catch.hpp"

namespace {

namespace fs = std::filesystem;

struct Frame {
    std::vector<std::uint8_t> octets;
    std::uint32_t len;
};

// A filter and its leaves' programs in the tree's order.
struct Tree {
    sw::FilterNode root;
    std::vector<sw::Program> leaves;
};

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

// What tcpdump accepts for a link; "" for any.
std::vector<std::string> accepted_filters(std::string_view link) {
    std::vector<std::string> out;
    std::ifstream file(fs::path(SPAN_CORPORA) / "filters/FILTERS.shared.tsv");
    for (std::string line; std::getline(file, line);) {
        const auto c = columns(line);
        if (c.size() > 8 && (link.empty() || c[3] == link) && c[8] == "ok") out.push_back(c[5]);
    }
    return out;
}

// Whole frames only: on a load past the end a program returns at once, whatever stands around it.
std::vector<Frame> sample(int from_each) {
    std::vector<Frame> frames;
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(SPAN_CORPORA) / "pcap")) {
        std::array<char, PCAP_ERRBUF_SIZE> why{};
        pcap_t* p = entry.is_regular_file() ? pcap_open_offline(entry.path().c_str(), why.data()) : nullptr;
        if (p == nullptr) continue;
        pcap_pkthdr* header;
        const u_char* data;
        for (int n = 0; n < from_each && pcap_datalink(p) == DLT_EN10MB && pcap_next_ex(p, &header, &data) == 1; ++n)
            if (header->caplen == header->len) frames.push_back({{data, data + header->caplen}, header->len});
        pcap_close(p);
    }
    return frames;
}

bool compile_leaves(const sw::FilterNode& node, sw::FilterCompiler& compiler, std::vector<sw::Program>& out) {
    for (const sw::FilterNode& child : node.children)
        if (!compile_leaves(child, compiler, out)) return false;
    if (node.kind != sw::FilterNode::Kind::leaf) return true;
    auto program = compiler.compile(node.expanded);
    if (!program) UNSCOPED_INFO(node.expanded << ": " << program.error().text);
    if (program) out.push_back(*program);
    return program.has_value();
}

bool evaluate(const sw::FilterNode& node, const std::vector<sw::Program>& leaves, std::size_t& at, const Frame& f) {
    using Kind = sw::FilterNode::Kind;
    if (node.kind == Kind::leaf) return leaves[at++].matches(f.octets.data(), static_cast<std::uint32_t>(f.octets.size()), f.len);
    if (node.kind == Kind::none_of) return !evaluate(node.children[0], leaves, at, f);
    bool all = true, any = false;
    for (const sw::FilterNode& child : node.children) {
        const bool holds = evaluate(child, leaves, at, f);
        all = all && holds;
        any = any || holds;
    }
    return node.kind == Kind::all_of ? all : any;
}

// Longest load of a program: a frame that is shorter may be rejected as a whole.
std::size_t reach(const sw::Program& program) {
    std::size_t most = 0;
    for (const sw::Instruction& i : program.code()) {
        const unsigned mode = i.code & 0xe0u;
        if ((i.code & 7u) <= 1 && mode == 0x20) most = std::max<std::size_t>(most, i.k + 4);
        if ((i.code & 7u) <= 1 && (mode == 0x40 || mode == 0xa0)) most = std::max<std::size_t>(most, i.k + 64);
    }
    return most;
}

}  // namespace

namespace {

struct Tally {
    std::size_t opaque = 0, answers = 0, matched = 0;
};

// Fails the test if a frame tells the tree of text from its whole program.
void compare(const std::string& text, const sw::Program& whole, sw::FilterCompiler& compiler, const std::vector<Frame>& frames,
             Tally& tally) {
    CAPTURE(text);
    std::vector<sw::FilterError> errors;
    Tree tree{sw::parse_filter(text, {}, errors).root, {}};
    for (const auto& e : errors) FAIL_CHECK(e.message);
    REQUIRE(compile_leaves(tree.root, compiler, tree.leaves));
    tally.opaque += tree.root.text == text && tree.root.predicate.subject == sw::Predicate::Subject::opaque;
    std::size_t need = reach(whole);
    for (const auto& leaf : tree.leaves) need = std::max(need, reach(leaf));
    for (const Frame& f : frames) {
        if (f.octets.size() < need) continue;
        std::size_t at = 0;
        const bool expected = whole.matches(f.octets.data(), static_cast<std::uint32_t>(f.octets.size()), f.len);
        ++tally.answers;
        tally.matched += expected;
        if (evaluate(tree.root, tree.leaves, at, f) != expected) FAIL("frame of " << f.octets.size() << " octets, expected " << expected);
    }
}

// Expressions with all that changes what a value inherits: groups, negations, both kinds of operator.
class Writer {
public:
    explicit Writer(unsigned seed) : random_(seed) {}
    std::string expression(int depth) {
        std::string out = term(depth);
        for (int n = pick(4); n > 0; --n) out += (pick(2) == 0 ? " and " : " or ") + (pick(3) == 0 ? value(depth) : term(depth));
        return out;
    }

private:
    int pick(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
    std::string of(std::initializer_list<const char*> list) { return list.begin()[pick(static_cast<int>(list.size()))]; }

    std::string value(int depth) {
        if (depth > 0 && pick(6) == 0) return "(" + value(depth - 1) + (pick(2) == 0 ? " or " : " and ") + value(depth - 1) + ")";
        if (pick(8) == 0) return "not " + value(depth);
        return last_is_port_ ? of({"25", "53", "80", "http", "143", "5353"}) : of({"10.0.0.1", "192.168.1.1", "192.168.1.2", "172.16.0.1"});
    }
    std::string term(int depth) {
        switch (pick(depth > 0 ? 9 : 6)) {
            case 0:
                return of({"tcp", "udp", "ip", "arp", "ip6", "icmp"});
            case 1:
                last_is_port_ = true;
                return of({"", "tcp ", "udp "}) + of({"", "src ", "dst ", "src or dst ", "src and dst "}) + "port " + value(depth);
            case 2:
                last_is_port_ = false;
                return of({"", "ip ", "arp "}) + of({"src", "dst", "src or dst", "host", "src host", "dst and src host"}) + " " +
                       value(depth);
            case 3:
                return of({"len > 100", "ip[8] < 64", "tcp[13] & 2 != 0", "(ip[6:2] & 0x1fff) = 0", "ether[0] & 1 = 0", "greater 200"});
            case 4:
                last_is_port_ = false;
                return of({"src net ", "net "}) + of({"10", "192.168", "192.168.0.0/16", "10.0.0.0 mask 255.0.0.0"});
            case 5:
                return of({"ether broadcast", "ip proto 6", "proto \\icmp", "ether proto 0x806", "ether multicast"});
            case 6:
                return "not " + term(depth - 1);
            default:
                return "(" + expression(depth - 1) + ")";
        }
    }

    std::minstd_rand random_;
    bool last_is_port_ = true;
};

}  // namespace

TEST_CASE("filter: every filter that libpcap accepts is parsed without error, and its tree answers as the whole program does") {
    if (!fs::exists(SPAN_CORPORA)) {
        WARN("skipped: no corpora");
        return;
    }
    sw::mark_unconfined();
    auto compiler = sw::FilterCompiler::make({});
    REQUIRE(compiler);
    const std::vector<Frame> frames = sample(12);
    const std::vector<std::string> filters = accepted_filters("EN10MB");
    REQUIRE(filters.size() > 200);
    REQUIRE(frames.size() > 2000);
    Tally tally;
    for (const std::string& text : filters) {
        auto whole = compiler->compile(text);
        if (!whole && text.starts_with("ifindex")) continue;  // for live captures only
        CAPTURE(text);
        REQUIRE(whole);
        compare(text, *whole, *compiler, frames, tally);
    }
    CHECK(tally.opaque < filters.size() / 2);
    CHECK(tally.answers > 100000);
    CHECK(tally.matched > 1000);
    WARN(filters.size() << " filters, " << tally.opaque << " one leaf, " << tally.answers << " answers, " << tally.matched << " matches");
}

TEST_CASE("filter: the same of expressions that nobody wrote") {
    if (!fs::exists(SPAN_CORPORA)) {
        WARN("skipped: no corpora");
        return;
    }
    sw::mark_unconfined();
    auto compiler = sw::FilterCompiler::make({});
    REQUIRE(compiler);
    const std::vector<Frame> frames = sample(1);
    Tally tally;
    std::size_t accepted = 0;
    for (unsigned seed = 1; seed <= 3000; ++seed) {
        const std::string text = Writer(seed).expression(3);
        auto whole = compiler->compile(text);
        if (!whole) continue;
        ++accepted;
        compare(text, *whole, *compiler, frames, tally);
    }
    CHECK(accepted > 1000);
    CHECK(tally.opaque < accepted / 8);  // comparisons that stand alone
    WARN(accepted << " of 3,000 accepted, " << tally.opaque << " one leaf, " << tally.answers << " answers, " << tally.matched
                  << " matches");
}

TEST_CASE("filter: no filter that libpcap accepts for any link is an error, but for ARCnet's addresses: $ begins a name") {
    if (!fs::exists(SPAN_CORPORA)) {
        WARN("skipped: no corpora");
        return;
    }
    std::size_t parsed = 0;
    for (const std::string& text : accepted_filters("")) {
        std::vector<sw::FilterError> errors;
        sw::parse_filter(text, {}, errors);
        CAPTURE(text);
        if (text.find('$') == std::string::npos) CHECK(errors.empty());
        ++parsed;
    }
    CHECK(parsed > 700);
}

// The tree against the whole program: on every filter of the corpora that libpcap accepts, and real frames.
#include <pcap/pcap.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
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
        if (c == '\t') out.emplace_back();
        else out.back() += c;
    }
    return out;
}

std::vector<std::string> accepted_filters() {
    std::vector<std::string> out;
    std::ifstream file(fs::path(SPAN_CORPORA) / "filters/FILTERS.shared.tsv");
    for (std::string line; std::getline(file, line);) {
        const auto c = columns(line);
        if (c.size() > 8 && c[3] == "EN10MB" && c[8] == "ok") out.push_back(c[5]);
    }
    return out;
}

// Whole frames only: on a load past the end a program returns at once, whatever stands around it.
std::vector<Frame> sample() {
    std::vector<Frame> frames;
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(SPAN_CORPORA) / "pcap")) {
        std::array<char, PCAP_ERRBUF_SIZE> why{};
        pcap_t* p = entry.is_regular_file() ? pcap_open_offline(entry.path().c_str(), why.data()) : nullptr;
        if (p == nullptr) continue;
        pcap_pkthdr* header;
        const u_char* data;
        for (int n = 0; n < 12 && pcap_datalink(p) == DLT_EN10MB && pcap_next_ex(p, &header, &data) == 1; ++n)
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

TEST_CASE("filter: every filter that libpcap accepts is parsed without error, and its tree answers as the whole program does") {
    if (!fs::exists(SPAN_CORPORA)) {
        WARN("skipped: no corpora");
        return;
    }
    sw::mark_unconfined();
    auto compiler = sw::FilterCompiler::make({});
    REQUIRE(compiler);
    const std::vector<Frame> frames = sample();
    const std::vector<std::string> filters = accepted_filters();
    REQUIRE(filters.size() > 200);
    REQUIRE(frames.size() > 2000);
    std::size_t opaque = 0, answers = 0, matched = 0;
    for (const std::string& text : filters) {
        CAPTURE(text);
        std::vector<sw::FilterError> errors;
        Tree tree{sw::parse_filter(text, {}, errors).root, {}};
        for (const auto& e : errors) FAIL_CHECK(e.message);
        auto whole = compiler->compile(text);
        if (!whole && text.starts_with("ifindex")) continue;  // for live captures only
        REQUIRE(whole);
        REQUIRE(compile_leaves(tree.root, *compiler, tree.leaves));
        opaque += tree.root.text == text && tree.root.predicate.subject == sw::Predicate::Subject::opaque;
        std::size_t need = reach(*whole);
        for (const auto& leaf : tree.leaves) need = std::max(need, reach(leaf));
        for (const Frame& f : frames) {
            if (f.octets.size() < need) continue;
            std::size_t at = 0;
            const bool expected = whole->matches(f.octets.data(), static_cast<std::uint32_t>(f.octets.size()), f.len);
            ++answers;
            matched += expected;
            if (evaluate(tree.root, tree.leaves, at, f) != expected) FAIL("frame of " << f.octets.size() << " octets, expected " << expected);
        }
    }
    CHECK(opaque < filters.size() / 2);
    CHECK(answers > 100000);
    CHECK(matched > 1000);
    WARN(filters.size() << " filters, " << opaque << " one leaf, " << answers << " answers, " << matched << " matches");
}

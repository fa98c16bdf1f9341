#include "tests/replay/corpora/oracle.hpp"

#include <pcap/pcap.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "tests/replay/corpora/captures.hpp"

namespace sw::corpora {
namespace {

std::string quoted_for_shell(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

constexpr unsigned scratch_words = BPF_MEMWORDS;

/// Which scratch words every way to an instruction has stored. Only what protochain compiles to jumps backwards, so a few
/// passes suffice.
std::vector<std::uint16_t> stored_before(const bpf_program& program) {
    const auto count = static_cast<std::size_t>(program.bf_len);
    constexpr std::uint16_t all = 0xffff;
    std::vector<std::uint16_t> stored(count, all);
    stored[0] = 0;
    bool changed = true;
    const auto reach = [&](std::size_t at, std::uint16_t words) {
        if (at >= count || (stored[at] & words) == stored[at]) return;
        stored[at] &= words;
        changed = true;
    };
    while (std::exchange(changed, false)) {
        for (std::size_t i = 0; i < count; ++i) {
            const bpf_insn& in = program.bf_insns[i];
            const int kind = BPF_CLASS(in.code);
            const bool stores = kind == BPF_ST || kind == BPF_STX;
            const auto now = static_cast<std::uint16_t>(stored[i] | (stores ? 1u << (in.k % scratch_words) : 0u));
            if (kind == BPF_RET) continue;
            if (kind != BPF_JMP) {
                reach(i + 1, now);
            } else if (BPF_OP(in.code) == BPF_JA) {
                reach(i + 1 + static_cast<std::size_t>(static_cast<std::int32_t>(in.k)), now);  // may be negative
            } else {
                reach(i + 1 + in.jt, now);
                reach(i + 1 + in.jf, now);
            }
        }
    }
    return stored;
}

bool loads_only_what_it_stored(const bpf_program& program) {
    const std::vector<std::uint16_t> stored = stored_before(program);
    for (std::size_t i = 0; i < stored.size(); ++i) {
        const bpf_insn& in = program.bf_insns[i];
        const int kind = BPF_CLASS(in.code);
        const bool loads = (kind == BPF_LD || kind == BPF_LDX) && BPF_MODE(in.code) == BPF_MEM;
        if (loads && (stored[i] >> (in.k % scratch_words) & 1) == 0) return false;
    }
    return true;
}

struct Kept {
    pcap_pkthdr header{};
    std::vector<std::uint8_t> octets;
};

}  // namespace

struct ByLibpcap::Held {
    pcap_t* pcap = nullptr;
    bool clean = false;
    std::vector<Kept> frames;

    Held() = default;
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    ~Held() {
        if (pcap != nullptr) pcap_close(pcap);
    }
};

ByLibpcap::ByLibpcap(const std::string& capture_name, std::size_t at_most) : held_(std::make_unique<Held>()) {
    std::array<char, PCAP_ERRBUF_SIZE> why{};
    held_->pcap = pcap_open_offline(in_folder(capture_name).c_str(), why.data());
    if (held_->pcap == nullptr) return;
    pcap_pkthdr* header = nullptr;
    const u_char* data = nullptr;
    int code = 1;
    while (held_->frames.size() < at_most && (code = pcap_next_ex(held_->pcap, &header, &data)) == 1)
        held_->frames.push_back({*header, {data, data + header->caplen}});
    held_->clean = code == 1 || code == PCAP_ERROR_BREAK;
}

ByLibpcap::~ByLibpcap() = default;
bool ByLibpcap::clean() const { return held_->clean; }
std::size_t ByLibpcap::frames() const { return held_->frames.size(); }

std::optional<std::uint64_t> ByLibpcap::matching(const std::string& expression, std::string& why) const {
    bpf_program program{};
    if (pcap_compile(held_->pcap, &program, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
        why = pcap_geterr(held_->pcap);
        return std::nullopt;
    }
    std::uint64_t count = 0;
    for (const Kept& k : held_->frames) count += pcap_offline_filter(&program, &k.header, k.octets.data()) != 0;
    pcap_freecode(&program);
    return count;
}

bool ByLibpcap::is_defined(const std::string& expression) const {
    bpf_program program{};
    if (pcap_compile(held_->pcap, &program, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) return true;
    const bool defined = loads_only_what_it_stored(program);
    pcap_freecode(&program);
    return defined;
}

bool has_tcpdump() { return std::system("tcpdump --version >/dev/null 2>&1") == 0; }

std::optional<std::uint64_t> counted_by_tcpdump(const std::string& capture_name, const std::string& expression) {
    const std::string command = "tcpdump -n --count -r " + quoted_for_shell(in_folder(capture_name).string()) + " -- " +
                                quoted_for_shell(expression) + " 2>/dev/null";
    std::FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return std::nullopt;
    unsigned long long count = 0;
    const bool said = std::fscanf(pipe, "%llu", &count) == 1;
    const bool ended_well = ::pclose(pipe) == 0;
    if (!said || !ended_well) return std::nullopt;
    return count;
}

}  // namespace sw::corpora

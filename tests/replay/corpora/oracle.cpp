#include "tests/replay/corpora/oracle.hpp"

#include <pcap/pcap.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "tests/replay/corpora/captures.hpp"

namespace sw::corpora {
namespace {

std::string quoted_for_shell(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
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

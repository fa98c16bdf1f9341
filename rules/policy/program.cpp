#include "rules/policy/program.hpp"

#include <pcap.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <mutex>

#include "rules/analysis/scratch.hpp"
#include "rules/base/text.hpp"
#include "rules/confine/confine.hpp"

namespace sw {

static_assert(sizeof(Instruction) == sizeof(bpf_insn) && alignof(Instruction) == alignof(bpf_insn));
static_assert(offsetof(Instruction, code) == offsetof(bpf_insn, code) && offsetof(Instruction, jt) == offsetof(bpf_insn, jt));
static_assert(offsetof(Instruction, jf) == offsetof(bpf_insn, jf) && offsetof(Instruction, k) == offsetof(bpf_insn, k));

namespace {

constexpr std::uint32_t snaplen = 262144;  // tcpdump's largest: what it assumes of a file that claims more or nothing

void put(std::array<std::uint8_t, 24>& header, std::size_t at, std::uint32_t value, std::size_t octets, bool swapped) {
    for (std::size_t i = 0; i < octets; ++i) header[at + (swapped ? octets - 1 - i : i)] = static_cast<std::uint8_t>(value >> (8 * i));
}

// source: draft-ietf-opsawg-pcap, section 4
std::array<std::uint8_t, 24> file_header(Datalink link) {
    std::array<std::uint8_t, 24> header{};
    put(header, 0, 0xa1b2c3d4, 4, link.swapped);
    put(header, 4, 2, 2, link.swapped);
    put(header, 6, 4, 2, link.swapped);
    put(header, 16, snaplen, 4, link.swapped);
    put(header, 20, link.linktype, 4, link.swapped);
    return header;
}

// OpenBSD's pcap_compile keeps its state in statics.
std::mutex& compiler_lock() {
    static std::mutex lock;
    return lock;
}

std::string explain(std::string_view libpcaps_words, Datalink link) {
    std::string text = "cannot be compiled for " + name_of(link) + ": " + escape_for_display(libpcaps_words);
    for (std::string_view resolver : {"unknown host", "unknown network", "unknown ether host", "unknown decnet host"})
        if (libpcaps_words.starts_with(resolver)) text += " (nothing is looked up here: names belong in [names])";
    return text;
}

}  // namespace

bool Program::matches(const std::uint8_t* data, std::uint32_t caplen, std::uint32_t len) const {
    return bpf_filter(reinterpret_cast<const bpf_insn*>(code_.data()), data, len, caplen) != 0;
}

namespace {
constexpr std::uint16_t return_constant = BPF_RET | BPF_K;
}

Program Program::rejecting() { return Program({{return_constant, 0, 0, 0}}); }

bool Program::always_rejects() const {
    // libpcap's optimizer folds an expression that cannot be true into one return.
    return code_.size() == 1 && code_.front().code == return_constant && code_.front().k == 0;
}

struct FilterCompiler::Handle {
    pcap_t* pcap = nullptr;
    Datalink link;

    Handle(pcap_t* p, Datalink l) : pcap(p), link(l) {}
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() { pcap_close(pcap); }
};

FilterCompiler::FilterCompiler(std::unique_ptr<Handle> h) : handle_(std::move(h)) {}
FilterCompiler::FilterCompiler(FilterCompiler&&) noexcept = default;
FilterCompiler& FilterCompiler::operator=(FilterCompiler&&) noexcept = default;
FilterCompiler::~FilterCompiler() = default;

// libpcap's code depends on more than the link type (NULL: on the byte order too), and only a file can tell it all of that.
Result<FilterCompiler> FilterCompiler::make(Datalink link) {
    std::array<std::uint8_t, 24> header = file_header(link);
    FILE* file = fmemopen(header.data(), header.size(), "r");
    if (file == nullptr) return unexpected("prepare a filter compiler: out of memory", ExitCode::environment);
    std::array<char, PCAP_ERRBUF_SIZE> why{};
    pcap_t* pcap = pcap_fopen_offline(file, why.data());  // from here on the file is pcap's
    if (pcap == nullptr) {
        std::fclose(file);
        return unexpected("libpcap has no filters for " + name_of(link) + ": " + escape_for_display(why.data()));
    }
    return FilterCompiler(std::make_unique<Handle>(pcap, link));
}

bool FilterCompiler::says_never(const Error& error) { return error.text.find("rejects all packets") != std::string::npos; }

Result<Program> FilterCompiler::compile(const std::string& expression) {
    if (!is_confined())
        return unexpected("compile a filter: this process could still reach the network; confine it first", ExitCode::environment);
    if (expression.find('\0') != std::string::npos) return unexpected("cannot be compiled: a filter contains no NUL");
    const std::lock_guard one_at_a_time(compiler_lock());
    bpf_program compiled{};
    if (pcap_compile(handle_->pcap, &compiled, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0)
        return unexpected(explain(pcap_geterr(handle_->pcap), handle_->link));
    std::vector<Instruction> code;
    code.reserve(compiled.bf_len);
    for (u_int i = 0; i < compiled.bf_len; ++i) {
        const bpf_insn& in = compiled.bf_insns[i];
        code.push_back({in.code, in.jt, in.jf, in.k});
    }
    pcap_freecode(&compiled);
    if (loads_unset_scratch(code))
        return unexpected("cannot be compiled for " + name_of(handle_->link) +
                          ": libpcap's code for it reads memory that it never set, so its answer is chance; give geneve a rule of its own");
    return Program(std::move(code));
}

}  // namespace sw

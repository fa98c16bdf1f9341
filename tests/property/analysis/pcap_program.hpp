#pragma once
/// libpcap's compiler and interpreter: what the analysis must be sound against.
#include <pcap.h>

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rules/analysis/instruction.hpp"

namespace sw::testing {

using Code = std::vector<Instruction>;
using Octets = std::vector<std::uint8_t>;

static_assert(sizeof(Instruction) == sizeof(bpf_insn));

/// nullopt: libpcap does not accept the expression for this link
inline std::optional<Code> compile(int dlt, const std::string& expression, bool optimize = true) {
    const std::unique_ptr<pcap_t, decltype(&pcap_close)> handle(pcap_open_dead(dlt, 262144), &pcap_close);
    bpf_program program{};
    if (!handle || pcap_compile(handle.get(), &program, expression.c_str(), optimize ? 1 : 0, PCAP_NETMASK_UNKNOWN) != 0)
        return std::nullopt;
    Code code(program.bf_len);
    std::memcpy(static_cast<void*>(code.data()), program.bf_insns, program.bf_len * sizeof(bpf_insn));
    pcap_freecode(&program);
    return code;
}

inline std::uint32_t run(const Code& code, const Octets& frame, std::uint32_t len) {
    return bpf_filter(reinterpret_cast<const bpf_insn*>(code.data()), frame.data(), len, static_cast<u_int>(frame.size()));
}
inline std::uint32_t run(const Code& code, const Octets& frame) { return run(code, frame, static_cast<std::uint32_t>(frame.size())); }

}  // namespace sw::testing

#pragma once
/// One instruction of classic BPF, laid out as struct bpf_insn (rules/policy/program.cpp asserts it), so that byte code
/// can be analysed without libpcap's headers. source: pcap/bpf.h, "The BSD Packet Filter" (McCanne, Jacobson 1993)
#include <cstdint>
#include <span>

namespace sw {

struct Instruction {
    std::uint16_t code = 0;
    std::uint8_t jt = 0, jf = 0;
    std::uint32_t k = 0;
};
using ProgramView = std::span<const Instruction>;

}  // namespace sw

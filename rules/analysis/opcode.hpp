#pragma once
/// The parts of a classic BPF opcode. source: pcap/bpf.h; McCanne and Jacobson 1993, section 3.2
#include <cstddef>
#include <cstdint>

namespace sw::bpf {

inline constexpr std::size_t memory_words = 16;
inline constexpr std::uint32_t register_bits = 32;

enum class Class : std::uint8_t { ld = 0, ldx = 1, st = 2, stx = 3, alu = 4, jmp = 5, ret = 6, misc = 7 };
constexpr Class class_of(std::uint16_t code) { return static_cast<Class>(code & 0x07); }

namespace size {
inline constexpr unsigned word = 0x00, half = 0x08, octet = 0x10;
}
namespace mode {
inline constexpr unsigned imm = 0x00, abs = 0x20, ind = 0x40, mem = 0x60, len = 0x80, msh = 0xa0;
}

enum class Alu : std::uint8_t {
    add = 0x00,
    sub = 0x10,
    mul = 0x20,
    div = 0x30,
    or_ = 0x40,
    and_ = 0x50,
    lsh = 0x60,
    rsh = 0x70,
    neg = 0x80,
    mod = 0x90,
    xor_ = 0xa0
};
enum class Jump : std::uint8_t { always = 0x00, eq = 0x10, gt = 0x20, ge = 0x30, set = 0x40 };

inline constexpr unsigned operand_x = 0x08;  ///< ALU and JMP: the operand is X, not k
inline constexpr unsigned return_a = 0x10;   ///< RET: the answer is A, not k
inline constexpr unsigned txa = 0x80;        ///< MISC: A = X, else X = A

/// Division by zero ends a program. A shift by 32 or more is 0 where the operand is X, but libpcap's interpreter leaves it to the
/// processor where it is k.
constexpr bool defined(Alu op, std::uint32_t b) {
    if (op == Alu::div || op == Alu::mod) return b != 0;
    return (op != Alu::lsh && op != Alu::rsh) || b < register_bits;
}

/// What the machine computes, where it is defined.
constexpr std::uint32_t compute(Alu op, std::uint32_t a, std::uint32_t b) {
    switch (op) {
        case Alu::add:
            return a + b;
        case Alu::sub:
            return a - b;
        case Alu::mul:
            return a * b;
        case Alu::div:
            return a / b;
        case Alu::or_:
            return a | b;
        case Alu::and_:
            return a & b;
        case Alu::lsh:
            return a << b;
        case Alu::rsh:
            return a >> b;
        case Alu::neg:
            return 0 - a;
        case Alu::mod:
            return a % b;
        case Alu::xor_:
            return a ^ b;
    }
    return 0;
}

}  // namespace sw::bpf

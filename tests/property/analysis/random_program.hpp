#pragma once
/// Valid loop-free byte code made up at random: every opcode, all memory words written first.
#include <pcap.h>

#include "tests/property/analysis/frames.hpp"

namespace sw::testing {

inline Instruction random_alu(Dice& dice) {
    const auto op = static_cast<std::uint16_t>(dice.below(11) << 4);
    if (op == BPF_NEG) return {BPF_ALU | BPF_NEG, 0, 0, 0};
    const auto source = static_cast<std::uint16_t>(dice.one_in(3) ? BPF_X : BPF_K);
    std::uint32_t k = dice.one_in(4) ? dice.word() : dice.one_of({1u, 2u, 3u, 4u, 15u, 0xf0u, 0xffu, 0xff00u, 60u});
    if (op == BPF_LSH || op == BPF_RSH) k = dice.below(20);
    if (k == 0) k = 1;
    return {static_cast<std::uint16_t>(BPF_ALU | op | source), 0, 0, k};
}

inline Instruction random_load(Dice& dice) {
    const auto size = dice.one_of<std::uint16_t>({BPF_B, BPF_H, BPF_W});
    const std::uint32_t k = dice.one_in(30) ? 0u - dice.below(0x1100) : dice.below(dice.one_in(3) ? 90 : 40);
    switch (dice.below(8)) {
        case 0:
            return {BPF_LD | BPF_IMM, 0, 0, dice.below(64)};
        case 1:
            return {BPF_LD | BPF_MEM, 0, 0, dice.below(BPF_MEMWORDS)};
        case 2:
            return {BPF_LDX | BPF_MSH | BPF_B, 0, 0, k};
        case 3:
            return {BPF_LDX | BPF_MEM, 0, 0, dice.below(BPF_MEMWORDS)};
        case 4:
            return {static_cast<std::uint16_t>(dice.one_in(2) ? BPF_LDX | BPF_IMM : BPF_LDX | BPF_LEN), 0, 0, dice.below(32)};
        case 5:
            return {static_cast<std::uint16_t>(BPF_LD | BPF_IND | size), 0, 0, k};
        case 6:
            return {static_cast<std::uint16_t>(dice.one_in(4) ? BPF_LD | BPF_LEN : BPF_LD | BPF_ABS | BPF_B), 0, 0, k};
        default:
            return {static_cast<std::uint16_t>(BPF_LD | BPF_ABS | size), 0, 0, k};
    }
}

/// room: instructions that follow; at least 1
inline Instruction random_jump(Dice& dice, std::uint32_t room) {
    const auto to = [&] { return static_cast<std::uint8_t>(dice.below(room < 12 ? room : 12)); };
    if (dice.one_in(8)) return {BPF_JMP | BPF_JA, 0, 0, to()};
    const auto op = dice.one_of<std::uint16_t>({BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET});
    const auto source = static_cast<std::uint16_t>(dice.one_in(4) ? BPF_X : BPF_K);
    return {static_cast<std::uint16_t>(BPF_JMP | op | source), to(), to(), dice.one_in(4) ? dice.word() : dice.below(256)};
}

inline Code random_program(Dice& dice) {
    Code code;
    for (std::uint32_t i = 0; i < BPF_MEMWORDS; ++i) code.push_back({BPF_ST, 0, 0, i});
    const std::uint32_t body = 4 + dice.below(40);
    for (std::uint32_t i = 0; i < body; ++i) {
        switch (dice.below(10)) {
            case 0:
            case 1:
            case 2:
                code.push_back(random_load(dice));
                break;
            case 3:
            case 4:
            case 5:
                code.push_back(random_alu(dice));
                break;
            case 6:
                code.push_back({static_cast<std::uint16_t>(dice.one_in(2) ? BPF_ST : BPF_STX), 0, 0, dice.below(BPF_MEMWORDS)});
                break;
            case 7:
                code.push_back({static_cast<std::uint16_t>(BPF_MISC | (dice.one_in(2) ? BPF_TAX : BPF_TXA)), 0, 0, 0});
                break;
            default:
                code.push_back(random_jump(dice, body - i));
        }
    }
    code.push_back(dice.one_in(3) ? Instruction{BPF_RET | BPF_K, 0, 0, 1} : Instruction{BPF_RET | BPF_A, 0, 0, 0});
    return code;
}

}  // namespace sw::testing

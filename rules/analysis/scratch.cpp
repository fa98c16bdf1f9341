#include "rules/analysis/scratch.hpp"

#include <utility>
#include <vector>

#include "rules/analysis/opcode.hpp"

namespace sw {
namespace {

/// Words stored on every path to an instruction, as bits; narrowed until nothing changes, because protochain jumps backwards.
class StoredWords {
public:
    explicit StoredWords(ProgramView program) : program_(program), before_(program.size(), all) {
        if (!program.empty()) before_[0] = 0;
        while (pass()) {
        }
    }
    bool has(std::size_t at, std::uint32_t word) const { return (before_[at] >> word % bpf::memory_words & 1) != 0; }

private:
    static constexpr std::uint16_t all = 0xffff;

    bool pass() {
        for (std::size_t i = 0; i < program_.size(); ++i) leave(i);
        return std::exchange(changed_, false);
    }

    void leave(std::size_t i) {
        const Instruction& in = program_[i];
        const bpf::Class kind = bpf::class_of(in.code);
        const bool stores = kind == bpf::Class::st || kind == bpf::Class::stx;
        const auto after = static_cast<std::uint16_t>(before_[i] | (stores ? 1u << in.k % bpf::memory_words : 0u));
        if (kind == bpf::Class::ret) return;
        if (kind != bpf::Class::jmp) return arrive(i + 1, after);
        if ((in.code & 0xf0) == 0)  // JA, whose distance may be negative
            return arrive(i + 1 + static_cast<std::size_t>(static_cast<std::ptrdiff_t>(static_cast<std::int32_t>(in.k))), after);
        arrive(i + 1 + in.jt, after);
        arrive(i + 1 + in.jf, after);
    }

    void arrive(std::size_t at, std::uint16_t words) {
        if (at >= before_.size() || (before_[at] & words) == before_[at]) return;
        before_[at] &= words;
        changed_ = true;
    }

    ProgramView program_;
    std::vector<std::uint16_t> before_;
    bool changed_ = false;
};

}  // namespace

bool loads_unset_scratch(ProgramView program) {
    constexpr unsigned mode_mask = 0xe0, mode_mem = 0x60;
    const auto loads = [](const Instruction& in) {
        const bpf::Class kind = bpf::class_of(in.code);
        return (kind == bpf::Class::ld || kind == bpf::Class::ldx) && (in.code & mode_mask) == mode_mem;
    };
    bool any = false;
    for (const Instruction& in : program) any = any || loads(in);
    if (!any) return false;
    const StoredWords stored(program);
    for (std::size_t i = 0; i < program.size(); ++i)
        if (loads(program[i]) && !stored.has(i, program[i].k)) return true;
    return false;
}

}  // namespace sw

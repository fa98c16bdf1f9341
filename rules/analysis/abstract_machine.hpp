#pragma once
/// The BPF machine with abstract values for its registers: one pass in program order, states joined where paths meet.
/// What a value is and what a load or a jump means is the Domain's business:
///   Value                                     copyable; one value stands for a set of 32-bit numbers
///   Value constant(k), anything(), length()   anything: a memory word that was never written
///   optional<Value> load(base, k, width)      octets base+k.. of the frame, big-endian; nullopt: no path goes on
///   optional<Value> load_header_length(k)     4 * (frame[k] & 0xf), the MSH mode
///   optional<Value> alu(op, a, b)             nullopt: no path goes on (division by zero ends a program)
///   Value join(a, b)                          stands for both
///   Branches branch(op, a, b)                 which sides some packet can take
///   void answer(value)                        a reachable RET
#include <array>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "rules/analysis/instruction.hpp"
#include "rules/analysis/opcode.hpp"

namespace sw {

struct Branches {
    bool taken = true, not_taken = true;
};

template <class Domain>
class AbstractMachine {
public:
    AbstractMachine(ProgramView program, Domain& domain) : program_(program), domain_(domain), pending_(program.size()) {}

    /// false: the program is not valid, or jumps backwards as libpcap's protochain does; what the domain saw is incomplete then.
    /// cost: linear in the program's length
    bool run() {
        if (program_.empty()) return false;
        State start{domain_.constant(0), domain_.constant(0), {}};
        start.memory.fill(domain_.anything());
        pending_[0] = std::make_unique<State>(start);
        for (std::size_t pc = 0; pc < program_.size() && valid_; ++pc)
            if (pending_[pc]) step(pc, std::move(pending_[pc]));
        return valid_;
    }

private:
    using Value = typename Domain::Value;
    struct State {
        Value a, x;
        std::array<Value, bpf::memory_words> memory;
    };
    using StatePtr = std::unique_ptr<State>;

    void step(std::size_t pc, StatePtr s) {
        const Instruction& in = program_[pc];
        const unsigned rest = in.code & ~7u;
        bool goes_on = false;
        switch (bpf::class_of(in.code)) {
            case bpf::Class::ld:
                goes_on = assign(s->a, loaded(*s, in, rest));
                break;
            case bpf::Class::ldx:
                goes_on = assign(s->x, loaded_x(*s, in, rest));
                break;
            case bpf::Class::st:
                goes_on = store(*s, in, rest, s->a);
                break;
            case bpf::Class::stx:
                goes_on = store(*s, in, rest, s->x);
                break;
            case bpf::Class::alu:
                goes_on = assign(s->a, computed(*s, in, rest));
                break;
            case bpf::Class::jmp:
                return jump(pc, std::move(s), rest);
            case bpf::Class::ret:
                return answer(*s, in, rest);
            case bpf::Class::misc:
                goes_on = move(*s, rest);
                break;
        }
        if (goes_on) arrive(pc + 1, std::move(s));
    }

    static bool assign(Value& target, std::optional<Value> value) {
        if (value) target = *value;
        return value.has_value();
    }

    std::optional<Value> loaded(const State& s, const Instruction& in, unsigned rest) {
        const unsigned mode = rest & 0xe0, size = rest & 0x18;
        if (mode == bpf::mode::abs || mode == bpf::mode::ind) {
            const unsigned width = size == bpf::size::word ? 4 : size == bpf::size::half ? 2 : 1;
            if (size > bpf::size::octet) return refuse();
            return domain_.load(mode == bpf::mode::ind ? s.x : domain_.constant(0), in.k, width);
        }
        return loaded_without_frame(s, in, rest);
    }

    std::optional<Value> loaded_x(const State& s, const Instruction& in, unsigned rest) {
        if (rest == (bpf::mode::msh | bpf::size::octet)) return domain_.load_header_length(in.k);
        return loaded_without_frame(s, in, rest);
    }

    std::optional<Value> loaded_without_frame(const State& s, const Instruction& in, unsigned rest) {
        if (rest == (bpf::mode::imm | bpf::size::word)) return domain_.constant(in.k);
        if (rest == (bpf::mode::len | bpf::size::word)) return domain_.length();
        if (rest == (bpf::mode::mem | bpf::size::word) && in.k < bpf::memory_words) return s.memory[in.k];
        return refuse();
    }

    bool store(State& s, const Instruction& in, unsigned rest, const Value& value) {
        if (rest != 0 || in.k >= bpf::memory_words) return refuse().has_value();
        s.memory[in.k] = value;
        return true;
    }

    std::optional<Value> computed(const State& s, const Instruction& in, unsigned rest) {
        const auto op = static_cast<bpf::Alu>(rest & 0xf0);
        if (rest > 0xff || op > bpf::Alu::xor_ || (op == bpf::Alu::neg && rest != static_cast<unsigned>(bpf::Alu::neg))) return refuse();
        return domain_.alu(op, s.a, operand(s, in, rest));
    }

    bool move(State& s, unsigned rest) {
        if (rest == bpf::txa)
            s.a = s.x;
        else if (rest == 0)
            s.x = s.a;
        else
            return refuse().has_value();
        return true;
    }

    void answer(const State& s, const Instruction& in, unsigned rest) {
        if (rest == bpf::return_a)
            domain_.answer(s.a);
        else if (rest == 0)
            domain_.answer(domain_.constant(in.k));
        else
            refuse();
    }

    void jump(std::size_t pc, StatePtr s, unsigned rest) {
        const Instruction& in = program_[pc];
        if (rest == static_cast<unsigned>(bpf::Jump::always)) return arrive(std::uint64_t{pc} + 1 + in.k, std::move(s));
        const auto op = static_cast<bpf::Jump>(rest & 0xf0);
        if (rest > 0xff || op == bpf::Jump::always || op > bpf::Jump::set) {
            refuse();
            return;
        }
        const Branches b = domain_.branch(op, s->a, operand(*s, in, rest));
        if (b.taken && b.not_taken) arrive(pc + 1 + in.jt, std::make_unique<State>(*s));
        if (b.taken && !b.not_taken) return arrive(pc + 1 + in.jt, std::move(s));
        if (b.not_taken) arrive(pc + 1 + in.jf, std::move(s));
    }

    Value operand(const State& s, const Instruction& in, unsigned rest) const {
        return (rest & bpf::operand_x) != 0 ? s.x : domain_.constant(in.k);
    }

    /// A jump backwards is a huge k, so it lands beyond the end.
    void arrive(std::uint64_t target, StatePtr s) {
        if (target >= program_.size()) {
            refuse();
            return;
        }
        const auto pc = static_cast<std::size_t>(target);
        if (!pending_[pc]) {
            pending_[pc] = std::move(s);
            return;
        }
        State& there = *pending_[pc];
        there.a = domain_.join(there.a, s->a);
        there.x = domain_.join(there.x, s->x);
        for (std::size_t i = 0; i < bpf::memory_words; ++i) there.memory[i] = domain_.join(there.memory[i], s->memory[i]);
    }

    std::optional<Value> refuse() {
        valid_ = false;
        return std::nullopt;
    }

    ProgramView program_;
    Domain& domain_;
    std::vector<StatePtr> pending_;
    bool valid_ = true;
};

}  // namespace sw

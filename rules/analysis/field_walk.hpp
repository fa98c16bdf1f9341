#pragma once
/// One program walked over the frame of a plain packet: does it compare nothing but flow-key fields, and where does it
/// cut them?
#include <cstdint>
#include <optional>
#include <vector>

#include "rules/analysis/instruction.hpp"
#include "rules/analysis/plain_shape.hpp"

namespace sw {

/// A comparison: whether the field's word lies in lo..hi. A block is the set of words with a common prefix (jeq); a tail reaches
/// from lo to the end of the field (jge, jgt).
struct Atom {
    enum class Kind : std::uint8_t { block, tail };
    std::uint8_t field = 0;
    Kind kind = Kind::block;
    std::uint32_t lo = 0, hi = 0;
    auto operator<=>(const Atom&) const = default;
};

/// Every comparison that some plain packet can reach; nullopt: the program may decide by something else too.
/// Two plain packets that agree in all atoms run through the program in step.
std::optional<std::vector<Atom>> atoms_of(ProgramView program, const PlainShape& shape);

}  // namespace sw

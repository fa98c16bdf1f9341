#pragma once
/// Which octets of a frame can decide a program's result, proved by walking its byte code. Sound for any valid program:
/// changing octets that are not in the set (frame and capture length kept) never changes the answer.
#include <cstdint>
#include <vector>

#include "rules/analysis/instruction.hpp"

namespace sw {

struct ReadSet {
    std::vector<bool> octets;                   ///< octets[i]: octet i may decide
    std::uint32_t unbounded_from = UINT32_MAX;  ///< every octet from here on may decide (an index nobody can bound)
    bool length = false;                        ///< the frame's length on the wire decides

    bool has(std::uint32_t octet) const;
};

/// cost: linear in the program's length times the number of distinct index values (few)
ReadSet reads(ProgramView program);

}  // namespace sw

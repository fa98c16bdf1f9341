#pragma once
/// System calls that no role has.
#include <functional>
#include <vector>

namespace confined {

struct Attempt {
    const char* name;
    std::function<long()> call;  ///< what it returned: below 0 is refused
    bool names_file = false;     ///< Landlock refuses it where a role may name files
    bool of_programs = false;    ///< a role that runs programs has it
};

/// At least 40.
extern const std::vector<Attempt> forbidden;

}  // namespace confined

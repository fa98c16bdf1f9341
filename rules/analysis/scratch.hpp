#pragma once
/// Scratch memory of BPF programs: libpcap's interpreter does not clear it, so a word that was never stored holds whatever
/// the stack held before.
#include "rules/analysis/instruction.hpp"

namespace sw {

/// May some path load a scratch word that it did not store? (libpcap compiles such code of "geneve or port 25".)
/// cost: linear in the program's length, but for the few programs that jump backwards
bool loads_unset_scratch(ProgramView program);

}  // namespace sw

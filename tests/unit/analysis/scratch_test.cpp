/// Programs that read scratch memory which they never set have no answer: they are found.
#include "rules/analysis/scratch.hpp"
#include "rules/analysis/opcode.hpp"
#include "tests/support/catch.hpp"

namespace sw {
namespace {

constexpr std::uint16_t load_word = 0x60, load_index = 0x61, store = 0x02, equal = 0x15, accept = 0x06, jump = 0x05;

}  // namespace

TEST_CASE("scratch: a word that every path stores is set") {
    const Instruction program[] = {{store, 0, 0, 3}, {load_word, 0, 0, 3}, {accept, 0, 0, 1}};
    CHECK_FALSE(loads_unset_scratch(program));
}

TEST_CASE("scratch: a word that one path does not store is not set") {
    const Instruction program[] = {{equal, 0, 1, 5}, {store, 0, 0, 0}, {load_index, 0, 0, 0}, {accept, 0, 0, 1}};
    CHECK(loads_unset_scratch(program));
}

TEST_CASE("scratch: another word's store does not help") {
    const Instruction program[] = {{store, 0, 0, 1}, {load_word, 0, 0, 2}, {accept, 0, 0, 1}};
    CHECK(loads_unset_scratch(program));
}

TEST_CASE("scratch: a jump backwards is followed until nothing changes") {
    const Instruction program[] = {{store, 0, 0, 1}, {load_word, 0, 0, 1}, {equal, 1, 0, 7}, {jump, 0, 0, 0xfffffffd}, {accept, 0, 0, 1}};
    CHECK_FALSE(loads_unset_scratch(program));
}

}  // namespace sw

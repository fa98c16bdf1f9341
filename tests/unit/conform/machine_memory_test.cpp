#include <set>

#include "sensor/conform/machine_memory.hpp"
#include "tests/support/catch.hpp"

using namespace sw;

TEST_CASE("machine memory: pieces are apart, aligned, and given again when they come back") {
    MachineMemory memory(64 * 1024);
    std::set<std::byte*> taken;
    for (int i = 0; i < 64; ++i) {
        auto* piece = static_cast<std::byte*>(memory.take(1000));
        REQUIRE(piece != nullptr);
        CHECK(reinterpret_cast<std::uintptr_t>(piece) % alignof(std::max_align_t) == 0);
        for (std::byte* other : taken) CHECK(std::abs(piece - other) >= 1000);
        taken.insert(piece);
    }
    CHECK(memory.take(64) == nullptr);
    memory.give_back(*taken.begin(), 1000);
    CHECK(memory.take(961) == *taken.begin());
    CHECK(memory.take(1000) == nullptr);
}

TEST_CASE("machine memory: pieces of one size are not given to another, and all is there again when it is cleared") {
    MachineMemory memory(4096);
    void* large = memory.take(2048);
    REQUIRE(large != nullptr);
    REQUIRE(memory.take(2048) != nullptr);
    memory.give_back(large, 2048);
    CHECK(memory.take(64) == nullptr);
    memory.clear();
    for (int i = 0; i < 64; ++i) CHECK(memory.take(64) != nullptr);
}

#include "sensor/conform/machine_memory.hpp"

namespace sw {

void* MachineMemory::take(std::size_t octets) {
    const std::size_t size = units_of(octets);
    auto& returned = free_[size];
    if (!returned.empty()) {
        void* piece = returned.back();
        returned.pop_back();
        return piece;
    }
    if (units_ - used_ < size) return nullptr;
    void* piece = &memory_[used_];
    used_ += size;
    return piece;
}

void MachineMemory::give_back(void* piece, std::size_t octets) { free_[units_of(octets)].push_back(piece); }

void MachineMemory::clear() {
    for (auto& returned : free_) returned.clear();
    used_ = 0;
}

}  // namespace sw

#pragma once
/// A large array of zero octets that takes memory only where it is touched, in huge pages where the kernel has them:
/// look-ups at random places cost page walks otherwise. Elements are made by their zero octets.
#include <sys/mman.h>

#include <cstddef>
#include <new>
#include <type_traits>

namespace sw {

template <class T>
class MappedArray {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

public:
    explicit MappedArray(std::size_t size) : size_(size) {
        void* memory = ::mmap(nullptr, size * sizeof(T), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) throw std::bad_alloc();
        items_ = static_cast<T*>(memory);
#ifdef MADV_HUGEPAGE
        ::madvise(memory, size * sizeof(T), MADV_HUGEPAGE);
#endif
    }
    ~MappedArray() { ::munmap(items_, size_ * sizeof(T)); }
    MappedArray(const MappedArray&) = delete;
    MappedArray& operator=(const MappedArray&) = delete;

    T& operator[](std::size_t i) { return items_[i]; }
    const T& operator[](std::size_t i) const { return items_[i]; }
    T* begin() { return items_; }
    T* end() { return items_ + size_; }

private:
    T* items_ = nullptr;
    std::size_t size_;
};

}  // namespace sw

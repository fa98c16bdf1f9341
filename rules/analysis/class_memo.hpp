#pragma once
/// Answers by class key. Its size is bounded by the policy, not by the traffic: no eviction, and when it is full a
/// miss just runs the programs.
#include <cstdint>
#include <vector>

#include "rules/analysis/field_classes.hpp"

namespace sw {

template <class Answer>
class ClassMemo {
public:
    ClassMemo() { rehash(64); }
    explicit ClassMemo(std::size_t max_entries) : max_(max_entries) { rehash(64); }

    /// nullptr if not there. lifetime: until the next insert or clear
    Answer* find(const ClassKey& key) {
        for (std::size_t i = hash(key) & mask_;; i = (i + 1) & mask_) {
            Slot& s = slots_[i];
            if (!s.used) return nullptr;
            if (s.key == key) return &s.answer;
        }
    }

    /// nullptr once max_entries are there. The key must not be there yet.
    Answer* insert(const ClassKey& key, const Answer& answer) {
        if (count_ >= max_) return nullptr;
        if ((count_ + 1) * 2 > slots_.size()) rehash(slots_.size() * 2);
        ++count_;
        Slot& s = free_slot(key);
        s = {key, answer, true};
        return &s.answer;
    }

    void clear() {
        count_ = 0;
        slots_.clear();
        rehash(64);
    }
    std::size_t size() const { return count_; }

private:
    struct Slot {
        ClassKey key;
        Answer answer{};
        bool used = false;
    };

    static std::size_t hash(const ClassKey& key) {
        // Class numbers come from the policy, not from the sender: an unkeyed mix is enough, and the table is bounded.
        std::uint64_t h = 0x9e3779b97f4a7c15u;
        std::uint64_t w[3];
        static_assert(sizeof w == sizeof key.classes);
        __builtin_memcpy(w, key.classes.data(), sizeof w);
        for (std::uint64_t x : w) {
            h = (h ^ x) * 0xff51afd7ed558ccdu;
            h ^= h >> 32;
        }
        return h;
    }
    Slot& free_slot(const ClassKey& key) {
        std::size_t i = hash(key) & mask_;
        while (slots_[i].used) i = (i + 1) & mask_;
        return slots_[i];
    }
    void rehash(std::size_t size) {
        std::vector<Slot> old = std::move(slots_);
        slots_.assign(size, Slot{});
        mask_ = size - 1;
        for (const Slot& s : old)
            if (s.used) free_slot(s.key) = s;
    }

    std::vector<Slot> slots_;
    std::size_t mask_ = 0, count_ = 0, max_ = std::size_t{1} << 16;
};

}  // namespace sw

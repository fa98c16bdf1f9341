#pragma once
/// Templates by the keyed hash of their skeletons: open addressing, at most half full. Private to this room.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rules/logs/log_template.hpp"

namespace sw {

struct TemplateEntry {
    std::uint64_t hash;
    LogTemplate row;
    std::string skeleton;  ///< host and program in front
};

class TemplateIndex {
public:
    TemplateIndex() : slots_(64) {}

    TemplateEntry* find(std::uint64_t hash, std::string_view skeleton) const {
        for (std::size_t i = hash & mask();; i = (i + 1) & mask()) {
            const Slot& s = slots_[i];
            if (s.entry == nullptr) return nullptr;
            if (s.hash == hash && s.entry->skeleton == skeleton) return s.entry.get();
        }
    }

    /// It is not there yet. The entry stays where it is in memory.
    TemplateEntry* insert(std::uint64_t hash, LogTemplate row, std::string skeleton) {
        if ((size_ + 1) * 2 > slots_.size()) grow();
        auto entry = std::make_unique<TemplateEntry>(TemplateEntry{hash, std::move(row), std::move(skeleton)});
        TemplateEntry* const e = entry.get();
        place({hash, std::move(entry)});
        ++size_;
        return e;
    }

    /// Whatever was placed behind it because of it moves up.
    void erase(TemplateEntry* e) {
        std::size_t i = e->hash & mask();
        while (slots_[i].entry.get() != e) i = (i + 1) & mask();
        slots_[i].entry.reset();
        --size_;
        for (i = (i + 1) & mask(); slots_[i].entry != nullptr; i = (i + 1) & mask()) {
            Slot moved = std::move(slots_[i]);
            slots_[i].entry = nullptr;
            place(std::move(moved));
        }
    }

    template <class F>
    void for_each(F f) const {
        for (const Slot& s : slots_)
            if (s.entry != nullptr) f(*s.entry);
    }

private:
    struct Slot {
        std::uint64_t hash = 0;
        std::unique_ptr<TemplateEntry> entry;
    };
    std::size_t mask() const { return slots_.size() - 1; }
    void place(Slot slot) {
        std::size_t i = slot.hash & mask();
        while (slots_[i].entry != nullptr) i = (i + 1) & mask();
        slots_[i] = std::move(slot);
    }
    void grow() {
        std::vector<Slot> old(slots_.size() * 2);
        old.swap(slots_);
        for (Slot& s : old)
            if (s.entry != nullptr) place(std::move(s));
    }

    std::vector<Slot> slots_;
    std::size_t size_ = 0;
};

}  // namespace sw

#pragma once
/// Commands that wait for their tagged responses (RFC 9051 5.5), by their tags.
#include <array>
#include <cstdint>

#include "sensor/conform/mail/imap_words.hpp"

namespace sw::imap {

/// A tag while it is read: FNV-1a of its octets. Who chooses two tags of one hash answers one command as the other.
class Tag {
public:
    static constexpr unsigned most_octets = 64;

    /// false: no octet of a tag (RFC 9051 9), or one too many.
    bool add(std::uint8_t octet) {
        const bool special =
            octet == '(' || octet == ')' || octet == '{' || octet == '%' || octet == '*' || octet == '"' || octet == '\\' || octet == '+';
        if (octet <= 0x20 || octet >= 0x7f || special || size_ == most_octets) return false;
        hash_ = (hash_ ^ octet) * 0x100000001b3;
        ++size_;
        return true;
    }
    bool empty() const { return size_ == 0; }
    std::uint64_t hash() const { return hash_; }

private:
    std::uint64_t hash_ = 0xcbf29ce484222325;
    std::uint8_t size_ = 0;
};

class WaitingCommands {
public:
    static constexpr unsigned most = 32;

    unsigned size() const { return size_; }
    bool has(const Tag& tag) const { return find(tag) < size_; }
    bool any(Role role) const {
        for (unsigned i = 0; i < size_; ++i)
            if (roles_[i] == role) return true;
        return false;
    }
    /// There is room, and no other of its tag.
    void add(const Tag& tag, Role role) {
        tags_[size_] = tag.hash();
        roles_[size_++] = role;
    }
    Role take(const Tag& tag) {
        const unsigned i = find(tag);
        const Role role = roles_[i];
        tags_[i] = tags_[--size_];
        roles_[i] = roles_[size_];
        return role;
    }

private:
    unsigned find(const Tag& tag) const {
        unsigned i = 0;
        while (i < size_ && tags_[i] != tag.hash()) ++i;
        return i;
    }
    std::array<std::uint64_t, most> tags_{};
    std::array<Role, most> roles_{};
    std::uint8_t size_ = 0;
};

}  // namespace sw::imap

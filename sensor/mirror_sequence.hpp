#pragma once
/// How many of a mirror's packets were lost on their way, by the sequence numbers that they bear (RFC 2890 2.2); fixed memory.
#include <bitset>
#include <cstdint>
#include <optional>
#include <vector>

#include "rules/packet/encapsulation.hpp"

namespace sw {

class MirrorSequence {
public:
    /// In the order of capture. Numbers begin anew after 2^32. What comes late was not lost; what comes twice changes nothing; a sender
    /// that begins anew loses nothing by that.
    void take(const Wrapped& wrapped);
    /// Unknown until a number was seen, and where more sessions number their packets than are followed.
    std::optional<std::uint64_t> lost() const { return numbered_ && !crowded_ ? std::optional(lost_) : std::nullopt; }

private:
    static constexpr std::uint32_t window = 1024, most_lost = 1'000'000;  ///< late by at most; lost at once at most
    /// So many numbers that rise in a row are a new count, if they are known already, or lie neither here nor there.
    static constexpr std::uint32_t enough_known = 64, enough_far = 2;
    static constexpr std::size_t most_sessions = 64;

    struct Session {
        Address sender;
        std::optional<std::uint32_t> id;
        std::uint32_t next = 0;
        std::uint32_t strange = 0, strangers = 0;  ///< the last that did not continue the count, and how many of them rose in a row
        std::bitset<window> missing{};             ///< of the numbers before next, those counted as lost
    };
    void begin(Session& session, std::uint32_t number);
    void ahead(Session& session, std::uint32_t number);
    void behind(Session& session, std::uint32_t number);
    void stray(Session& session, std::uint32_t number, std::uint32_t enough);

    std::vector<Session> sessions_;
    std::uint64_t lost_ = 0;
    bool numbered_ = false, crowded_ = false;
};

}  // namespace sw

#pragma once
/// Questions that wait for their answers: of all conversations of a rule, in fixed memory.
#include <cstdint>
#include <optional>

#include "rules/base/time.hpp"
#include "sensor/flow/mapped_array.hpp"

namespace sw {

/// What identifies a question: who asked (conversation and message id), and what (name as spelt, type, class). Both keyed
/// hashes, so that nobody can choose two that are equal.
struct DnsQuestionKey {
    std::uint64_t who = 0, what = 0;
};

/// What its asker says of itself with EDNS (RFC 6891).
struct DnsAsker {
    std::uint16_t room = 512;  ///< octets that it takes in one datagram
    bool edns = false;
};

class DnsQuestions {
public:
    static constexpr Duration lifetime = std::chrono::seconds(60);  ///< then nobody waits any longer
    static constexpr std::size_t capacity = 1u << 16;               ///< 1,092 a second, for ever

    enum class Answered : std::uint8_t {
        expected,     ///< the answer to a question that waited
        again,        ///< it had its answer
        unsolicited,  ///< nobody asked this, or not within lifetime
    };

    DnsQuestions() : entries_(capacity + 1), buckets_(capacity) {}

    /// false: too many wait; this one is not remembered.
    /// Time never goes back here: an earlier `now` is the latest one.
    bool ask(const DnsQuestionKey& key, DnsAsker asker, Timestamp now);

    /// An answer came; with no `what`, to any question of its asker (an answer that refuses may be without its question).
    /// A question that was sent twice may be answered twice. asker: set to that of the question if there was one.
    Answered answer(std::uint64_t who, const std::uint64_t* what, Timestamp now, DnsAsker& asker);

    /// Nobody asked anything, and time begins again.
    void clear();

private:
    struct Entry {
        DnsQuestionKey key;
        Timestamp deadline;
        std::uint32_t next = 0;  ///< in its bucket; 0: the last
        DnsAsker asker;
        bool answered = false;
    };
    std::uint32_t& bucket_of(std::uint64_t who) { return buckets_[who % capacity]; }
    void forget_oldest();
    void advance(Timestamp now);

    MappedArray<Entry> entries_;          ///< a ring in the order of asking, which is that of deadlines; the first is never used
    MappedArray<std::uint32_t> buckets_;  ///< the newest entry of each
    std::uint32_t oldest_ = 1, size_ = 0;
    Timestamp now_{};
};

}  // namespace sw

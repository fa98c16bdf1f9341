#pragma once
/// The reading half: records in order from a position on; follows a journal that is still written.
#include <memory>
#include <optional>
#include <string>

#include "rules/base/result.hpp"
#include "sensor/journal/record.hpp"

namespace sw {

/// Between two blocks of a journal. segment counts from 1.
struct JournalPosition {
    std::uint64_t segment = 0;
    std::uint64_t offset = 0;
    auto operator<=>(const JournalPosition&) const = default;
};

class JournalReader {
public:
    /// errors: no such folder, not a journal (code input)
    static Result<JournalReader> open(const std::string& folder, JournalPosition from);
    JournalReader(JournalReader&&) noexcept;
    JournalReader& operator=(JournalReader&&) noexcept;
    ~JournalReader();

    /// What makes this journal itself, and no other one in the same folder: set when it was made.
    const std::string& id() const;

    /// Whom it reads for: logs leaves packets and counts out, unread.
    enum class Want : std::uint8_t { all, logs };
    void want(Want w);

    /// Give at most max records to sink. 0: nothing new (yet). A segment's run and findings before `from` are given
    /// again first (they count nothing), so that numbers can be understood.
    /// errors: a block that cannot be read; the rest of that segment was skipped, and the next call goes on behind it
    Result<std::size_t> read(RecordSink& sink, std::size_t max);
    JournalPosition position() const;
    /// Octets skipped so far because a writer died in the middle of a block.
    std::uint64_t torn_octets() const;

private:
    struct Impl;
    explicit JournalReader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace sw

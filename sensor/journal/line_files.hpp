#pragma once
/// Numbered files of lines, being written: appended to at known offsets, continued after a restart, the oldest removed. What a
/// full disk refused waits in memory and is put at the same place when there is room again.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "rules/base/result.hpp"
#include "rules/base/unique_fd.hpp"

namespace sw {

class LineFiles {
public:
    struct Limits {
        std::string_view suffix;
        std::uint64_t octets;  ///< a file; the line that passes it is its last
        std::size_t keep;      ///< the newest so many files
    };
    /// first_line: what each file begins with, without its line feed
    using FirstLine = std::function<std::string(std::uint64_t number)>;

    /// Continue the newest file, or begin the first. A line that a writer died in is ended: readers count it as a bad one.
    /// in: folder  an open folder, the caller's, which outlives this
    Result<Done> open(int folder, const Limits& limits, FirstLine first_line);

    /// Take a line; it is written by settle(). Nothing may wait. Begins the next file where this one is full and the disk lets it.
    void take(std::string_view line);
    /// Write what waits. errors: the disk is full or broken: the rest waits
    Result<Done> settle();
    /// To the disk, with the name of a new file. errors: as settle()
    Result<Done> sync();

private:
    Result<Done> begin(std::uint64_t number);
    Result<Done> end_torn_line();
    void remove_oldest() const;

    int folder_ = -1;
    Limits limits_{};
    FirstLine first_line_;
    UniqueFd fd_;
    std::uint64_t number_ = 0, written_ = 0;
    std::string waiting_;
    bool name_synced_ = true;
};

}  // namespace sw

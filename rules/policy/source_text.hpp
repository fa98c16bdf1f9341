#pragma once
/// Places in a policy file: octet offsets to lines and columns and back. Private to this room.
#include <cstdint>
#include <string_view>
#include <vector>

namespace sw {

/// Octets of the file: [offset, offset + length).
struct SourceSpan {
    std::uint32_t offset = 0, length = 1;
};

/// Both 1-based; columns count octets.
struct SourcePlace {
    std::uint32_t line = 1, column = 1;
};

/// Borrows text, which is below 4 GiB.
/// cost: one pass to build, then a binary search a place
class SourceText {
public:
    explicit SourceText(std::string_view text);

    std::string_view text() const { return text_; }
    SourcePlace place(std::uint32_t offset) const;
    /// Saturates at the end of the text.
    std::uint32_t offset(SourcePlace place) const;
    /// toml++ counts code points; an initial byte order mark does not count.
    std::uint32_t offset_of_code_point(std::uint32_t line, std::uint32_t column) const;

private:
    std::string_view text_;
    std::vector<std::uint32_t> lines_;  ///< where each line starts
};

/// Where a TOML string's characters start, if the file holds them as they are (no escapes); else its opening quote.
std::uint32_t string_body(std::string_view file, std::uint32_t quote, std::string_view value);

/// The place of an octet of a filter. The filter's own place is what string_body gave; where the file
/// does not hold the filter as it is, every octet of it is at its opening quote.
SourceSpan span_in_filter(const SourceText& source, SourceSpan filter, std::string_view written, std::uint32_t offset,
                          std::uint32_t length);

}  // namespace sw

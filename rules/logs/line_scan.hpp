#pragma once
/// A line taken apart: its skeleton (what templates are compared by) and its holes. Private to this room.
///
/// The skeleton is host, program and text with each hole replaced by two octets: hole_mark, and the kind. A line with control
/// octets is not scanned, so that no text can hold a mark.
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "rules/logs/log_template.hpp"
#include "rules/logs/program_group.hpp"
#include "rules/logs/word_rules.hpp"

namespace sw {

inline constexpr char hole_mark = '\0';
inline constexpr char part_mark = '\x01';  ///< behind host and program
inline constexpr char first_kind = '\x10';
inline constexpr std::size_t max_holes = 64;

struct ScannedHole {
    HoleKind kind;
    std::uint32_t begin, end;  ///< in the line's text
    std::uint32_t mark;        ///< where its kind stands in the skeleton
};

enum class ScanProblem : std::uint8_t { none, too_long, too_many_holes, control_octets };

class LineScan {
public:
    LineScan();

    /// cost: one pass over the text; no allocation
    ScanProblem scan(const LogLine& line);

    /// Of the line that was scanned last.
    std::string_view skeleton() const { return {skeleton_.get(), size_}; }
    std::size_t origin_octets() const { return origin_; }  ///< of the skeleton: host and program
    std::span<const ScannedHole> holes() const { return {holes_.data(), hole_count_}; }
    std::string_view value(const ScannedHole& h) const { return text_.substr(h.begin, h.end - h.begin); }

private:
    void put(std::string_view octets);
    bool put_hole(HoleKind kind, std::size_t begin, std::size_t end);
    void put_origin(std::string_view part);
    void scan_front();
    bool scan_text();
    bool scan_word();
    bool scan_delimiter();
    bool take(HoleKind kind, std::size_t begin, std::size_t end);
    void mark_sources();

    std::unique_ptr<char[]> skeleton_;
    std::size_t size_ = 0, origin_ = 0;
    std::array<ScannedHole, max_holes> holes_;
    std::size_t hole_count_ = 0;
    std::string_view text_;
    std::size_t literal_ = 0;  ///< text from here to at_ is not in the skeleton yet
    std::size_t at_ = 0;
    ProgramGroups groups_ = 0;
    bool names_user_ = false, listens_ = false;
    std::size_t mails_until_ = 0, quotes_until_ = 0, paths_until_ = 0;  ///< a '<', '"', '/' before this was looked behind already
};

}  // namespace sw

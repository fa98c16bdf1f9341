#pragma once
/// What stands behind the first words of a line, octet by octet (RFC 9051 9): atoms, quoted strings, lists and literals, up to
/// the end of the line.
#include <cstdint>
#include <string_view>

#include "rules/base/bytes.hpp"

namespace sw::imap {

class TokenReader {
public:
    static constexpr unsigned deepest = 64;  ///< lists in lists

    void begin() { *this = {}; }
    /// The next octet, which is none of a literal. "" or what belonged in its place.
    std::string_view take(std::uint8_t octet);

    /// A literal follows: its octets are to be taken with take_literal().
    bool in_literal() const { return part_ == Part::literal; }
    std::uint64_t literal_left() const { return left_; }
    bool literal_just_began() const { return began_; }               ///< by the octet that was taken last
    bool waits_for_no_answer() const { return non_synchronizing_; }  ///< {n+} (RFC 7888)
    /// Octets of the literal: how many of them were taken; fewer than there are if one is wrong (NUL, RFC 9051 9).
    std::size_t take_literal(Bytes octets);
    void skip_literal(std::uint64_t octets);

    bool empty() const { return part_ == Part::begin; }
    bool done() const { return part_ == Part::done; }

private:
    enum class Part : std::uint8_t {
        begin,
        gap,
        atom,
        tilde,
        quoted,
        escape,
        behind,
        size,
        plus,
        size_end,
        size_line,
        literal,
        line_end,
        done
    };
    std::string_view token(std::uint8_t octet);
    std::string_view atom(std::uint8_t octet);
    std::string_view size(std::uint8_t octet);
    std::string_view open(bool bracket);
    std::string_view close(bool bracket);
    std::string_view behind(std::uint8_t octet);
    bool in_bracket() const { return depth_ > 0 && (brackets_ >> (depth_ - 1u) & 1) != 0; }

    Part part_ = Part::begin;
    bool non_synchronizing_ = false, binary_ = false, began_ = false, behind_list_ = false;
    std::uint8_t depth_ = 0, digits_ = 0;
    std::uint64_t brackets_ = 0;  ///< by depth: [ rather than (
    std::uint64_t left_ = 0;
};

}  // namespace sw::imap

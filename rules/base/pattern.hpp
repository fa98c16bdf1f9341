#pragma once
/// Regular expressions over octets from outside: RE2, so that no text can make matching slow. Patterns match a whole text,
/// never a part of it.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rules/base/result.hpp"

namespace sw {

/// One expression.
class Pattern {
public:
    /// in:     text  RE2's syntax, matched octet by octet (Latin-1: '.' is any octet but newline)
    /// errors: not an expression: RE2's reason, with the part it stumbled over
    static Result<Pattern> compile(const std::string& text);
    ~Pattern();
    Pattern(Pattern&&) noexcept;
    Pattern& operator=(Pattern&&) noexcept;

    /// cost: linear in octets
    bool matches(std::string_view octets) const;
    const std::string& text() const;

private:
    class Impl;
    explicit Pattern(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// Many expressions, asked all at once.
class PatternSet {
public:
    /// errors: the first text that is no expression (its index in the message's front: "pattern 3: ..."), or too large for the
    ///         memory that a set may take (256 MiB)
    static Result<PatternSet> compile(const std::vector<std::string>& texts);
    ~PatternSet();
    PatternSet(PatternSet&&) noexcept;
    PatternSet& operator=(PatternSet&&) noexcept;

    struct Answer {
        bool sure = true;  ///< false: matching ran out of memory; nobody can say, so nothing matches
        int first = -1;    ///< the smallest index that matches, or -1
    };
    /// cost: one pass over octets, whatever the number of expressions; a set without expressions matches nothing
    Answer first_match(std::string_view octets) const;
    std::size_t size() const;

private:
    class Impl;
    explicit PatternSet(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace sw

#pragma once
/// Tokens of a tcpdump expression as libpcap's scanner cuts them, plus $names. Private to parse_filter.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/policy/filter.hpp"
#include "rules/policy/filter_words.hpp"

namespace sw::filter {

struct Token {
    enum class Kind : std::uint8_t {
        word,    ///< of the language; which: see word
        id,      ///< any other word, or one escaped by a backslash
        number,  ///< decimal, octal or hexadecimal
        ipv4,    ///< two to four numbers with dots
        ipv6,
        mac,
        name,    ///< $name
        symbol,  ///< operator or bracket
        end,
    };
    Kind kind = Kind::end;
    Word word = Word::none;
    std::string_view text;  ///< as written; borrows the filter
    std::uint32_t offset = 0;

    std::uint32_t length() const { return static_cast<std::uint32_t>(text.size()); }
    bool is(std::string_view symbol) const { return kind == Kind::symbol && text == symbol; }
    bool is(Word w) const { return word == w; }
};

/// out: tokens, the last of kind end; characters that no filter contains are errors
std::vector<Token> tokenize(std::string_view written, std::vector<FilterError>& errors);

/// What stands for $name in an expression: the value, or (a or b).
std::string joined(const std::vector<std::string>& values);
/// nullptr if there is none.
const std::vector<std::string>* find_name(const Names& names, std::string_view name);

/// written with every $name replaced; a name nobody defined is an error
std::string expand(std::string_view written, const std::vector<Token>& tokens, const Names& names, std::vector<FilterError>& errors);

}  // namespace sw::filter

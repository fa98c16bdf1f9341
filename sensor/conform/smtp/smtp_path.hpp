#pragma once
/// What stands behind MAIL and RCPT: FROM:<path> or TO:<path>, then parameters (RFC 5321 sections 4.1.1.2, 4.1.1.3, 4.1.2).
/// Beyond the grammar one thing is tolerated, because honest old clients do it: blanks behind the colon.
#include <string_view>

#include "sensor/conform/smtp/smtp_words.hpp"
#include "sensor/conform/word_match.hpp"

namespace sw::smtp {

class PathReader {
public:
    void begin(bool from) {
        *this = PathReader();
        from_ = from;
    }
    /// utf8: octets above 127 may stand in paths and values (RFC 6531 section 3.3); a line of MAIL that bears any must say SMTPUTF8.
    bool take(std::uint8_t octet, bool utf8, Fault& fault);
    /// How many of the next octets are such as take() would take, one by one, and to the same end; they are taken.
    std::size_t pass(std::span<const std::uint8_t> octets);
    /// The line may end here.
    bool complete() const {
        const bool may_end = part_ == Part::end || part_ == Part::gap || part_ == Part::parameter || part_ == Part::value;
        return may_end && !lacks_utf8() && !repeats();
    }
    bool binary() const { return bears(0); }  ///< BODY=BINARYMIME
    bool utf8() const { return bears(1); }    ///< SMTPUTF8
    std::string_view wanted() const;

private:
    enum class Part : std::uint8_t {
        keyword,    ///< "FROM:" or "TO:"
        open,       ///< blanks, then <
        begin,      ///< of the path
        route,      ///< of a source route, up to its colon (section 4.1.1.3: accepted, ignored)
        local,      ///< local part
        quoted,     ///< within a quoted local part
        escape,     ///< behind a backslash there
        unquoted,   ///< behind its end
        domain,     ///< first octet of a domain
        host,       ///< the rest of it
        literal,    ///< within [ ]
        closed,     ///< behind it
        end,        ///< behind >
        gap,        ///< blanks before a parameter
        parameter,  ///< its keyword
        equals,     ///< behind =
        value       ///< its value
    };
    bool path_octet(std::uint8_t octet, bool utf8);
    bool local_octet(std::uint8_t octet, bool utf8);
    bool domain_octet(std::uint8_t octet, bool utf8);
    bool parameter_octet(std::uint8_t octet, bool utf8);
    bool go(Part part) {
        part_ = part;
        return true;
    }
    static constexpr std::array<std::string_view, 4> told{"BODY=BINARYMIME", "SMTPUTF8", "BODY=7BIT", "BODY=8BITMIME"};
    /// What the last parameter is of those so far; -1: none.
    int last() const { return may_be_told_ ? word_.complete(told) : -1; }
    /// The parameters say that one of told, the last one of them included.
    bool bears(int which) const { return (told_ >> which & 1) != 0 || last() == which; }
    /// The last one came before, perhaps with another value: two servers may heed either.
    bool repeats() const { return last() >= 0 && (told_ & (last() == 1 ? 0b0010 : 0b1101)) != 0; }
    bool lacks_utf8() const { return from_ && high_ && !utf8(); }

    Part part_ = Part::keyword;
    bool from_ = false, high_ = false;  ///< high_: an octet above 127 came
    bool may_be_told_ = false;          ///< the parameter may become one of told
    std::uint8_t at_ = 0;               ///< in the keyword FROM: or TO:
    std::uint8_t word_at_ = 0;          ///< in a parameter
    std::uint8_t told_ = 0;             ///< a bit for each
    WordMatch word_;
};

}  // namespace sw::smtp

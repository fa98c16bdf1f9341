#pragma once
/// What stands behind MAIL and RCPT: FROM:<path> or TO:<path>, then parameters (RFC 5321 sections 4.1.1.2, 4.1.1.3, 4.1.2).
/// Beyond the grammar one thing is tolerated, because honest old clients do it: blanks behind the colon.
#include <string_view>

#include "sensor/conform/smtp/smtp_words.hpp"

namespace sw::smtp {

class PathReader {
public:
    void begin(bool from) {
        *this = PathReader();
        from_ = from;
    }
    /// utf8: the server offered SMTPUTF8, so octets above 127 may stand in paths and values (RFC 6531 section 3.3).
    bool take(std::uint8_t octet, bool utf8, Fault& fault);
    /// How many of the next octets are such as take() would take, one by one, and to the same end; they are taken.
    std::size_t pass(std::span<const std::uint8_t> octets);
    /// The line may end here.
    bool complete() const { return part_ == Part::end || part_ == Part::gap || part_ == Part::parameter || part_ == Part::value; }
    bool binary() const { return binary_; }
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

    Part part_ = Part::keyword;
    bool from_ = false, binary_ = false;
    std::uint8_t at_ = 0;       ///< in the keyword FROM: or TO:
    std::uint8_t word_at_ = 0;  ///< in a parameter
    std::uint8_t body_at_ = 0;  ///< how much of BODY=BINARYMIME the parameter has been
};

}  // namespace sw::smtp

#pragma once
/// The commands of SMTP, what may follow them and what may answer them. Only what this file lists is SMTP here; XCLIENT, ETRN, TURN and
/// other extensions are not (docs/decisions/0028).
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "rules/packet/reason.hpp"

namespace sw::smtp {

enum class Verb : std::uint8_t {
    greeting,
    ehlo,
    helo,
    mail,
    rcpt,
    data,
    content,
    bdat,
    rset,
    noop,
    quit,
    vrfy,
    expn,
    help,
    starttls,
    auth
};

/// What stands behind a verb (RFC 5321 section 4.1.1).
enum class Arguments : std::uint8_t {
    none,       ///< nothing, but for blanks (RFC 5321 section 4.1.1)
    name,       ///< a domain or an address literal
    from_path,  ///< FROM:<reverse path> and parameters
    to_path,    ///< TO:<forward path> and parameters
    text,       ///< any text
    some_text,  ///< any text, at least one octet
    chunk,      ///< octets of the chunk, and LAST (RFC 3030 section 2)
};

struct Command {
    std::string_view word;
    Verb verb;
    Arguments arguments;
    bool last_in_group;                     ///< nothing may follow before it is answered, pipelining or not (RFC 2920 section 3.1)
    std::array<std::uint16_t, 3> accepted;  ///< replies of the second and third class that may answer it (RFC 5321 section 4.3.2)
};

/// Those that a client may write.
std::span<const Command> commands();
const Command& command(Verb verb);

/// What a reader found wrong at the octet at hand.
struct Fault {
    Reason reason;
    std::string_view state{}, expected{};
};
inline Fault not_smtp(std::string_view state, std::string_view expected) { return {Reason::not_speaking, state, expected}; }

/// What the server offered in its answer to EHLO.
struct Offers {
    bool pipelining : 1 = false;  ///< RFC 2920
    bool chunking : 1 = false;    ///< RFC 3030
    bool starttls : 1 = false;    ///< RFC 3207
    bool eight_bit : 1 = false;   ///< 8BITMIME (RFC 6152), SMTPUTF8 (RFC 6531) or BINARYMIME (RFC 3030)
    bool utf8 : 1 = false;        ///< SMTPUTF8
};

inline char upper(std::uint8_t c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c); }
inline bool is_digit(std::uint8_t c) { return c >= '0' && c <= '9'; }
inline bool is_letter(std::uint8_t c) { return upper(c) >= 'A' && upper(c) <= 'Z'; }
inline bool is_printable(std::uint8_t c) { return c >= 0x20 && c < 0x7f; }

}  // namespace sw::smtp

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

/// By verb. Those without a word are none that a client may write.
inline constexpr std::array<Command, 16> commands{{
    {"", Verb::greeting, Arguments::none, true, {220, 0, 0}},
    {"EHLO", Verb::ehlo, Arguments::name, true, {250, 0, 0}},           // RFC 5321 section 4.1.1.1
    {"HELO", Verb::helo, Arguments::name, true, {250, 0, 0}},           // the same
    {"MAIL", Verb::mail, Arguments::from_path, false, {250, 0, 0}},     // 4.1.1.2
    {"RCPT", Verb::rcpt, Arguments::to_path, false, {250, 251, 0}},     // 4.1.1.3
    {"DATA", Verb::data, Arguments::none, true, {354, 0, 0}},           // 4.1.1.4
    {"", Verb::content, Arguments::none, false, {250, 0, 0}},           // the end of mail data
    {"BDAT", Verb::bdat, Arguments::chunk, false, {250, 0, 0}},         // RFC 3030 section 2
    {"RSET", Verb::rset, Arguments::none, false, {250, 0, 0}},          // RFC 5321 section 4.1.1.5
    {"NOOP", Verb::noop, Arguments::text, true, {250, 0, 0}},           // 4.1.1.9
    {"QUIT", Verb::quit, Arguments::none, true, {221, 0, 0}},           // 4.1.1.10
    {"VRFY", Verb::vrfy, Arguments::some_text, true, {250, 251, 252}},  // 4.1.1.6
    {"EXPN", Verb::expn, Arguments::some_text, true, {250, 252, 0}},    // 4.1.1.7
    {"HELP", Verb::help, Arguments::text, true, {211, 214, 0}},         // 4.1.1.8
    {"STARTTLS", Verb::starttls, Arguments::none, true, {220, 0, 0}},   // RFC 3207 section 4
    {"AUTH", Verb::auth, Arguments::some_text, true, {235, 334, 0}},    // RFC 4954 section 4
}};
constexpr const Command& command(Verb verb) { return commands[static_cast<std::size_t>(verb)]; }

/// What a reader found wrong at the octet at hand. Readers give false then, and fill it in: returned whole, once an octet, it cost as
/// much as all else that they do.
struct Fault {
    Reason reason = Reason::not_speaking;
    std::string_view state{}, expected{};

    /// returns false
    bool set(Reason why, std::string_view in, std::string_view instead_of) {
        *this = {why, in, instead_of};
        return false;
    }
};
inline bool not_smtp(Fault& fault, std::string_view state, std::string_view expected) {
    return fault.set(Reason::not_speaking, state, expected);
}

/// What the server offered in its answer to EHLO.
struct Offers {
    bool pipelining : 1 = false;  ///< RFC 2920
    bool chunking : 1 = false;    ///< RFC 3030
    bool starttls : 1 = false;    ///< RFC 3207
    bool eight_bit : 1 = false;   ///< 8BITMIME (RFC 6152), SMTPUTF8 (RFC 6531) or BINARYMIME (RFC 3030)
    bool utf8 : 1 = false;        ///< SMTPUTF8
    bool binary : 1 = false;      ///< BINARYMIME
};

constexpr char upper(std::uint8_t c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c); }
constexpr bool is_digit(std::uint8_t c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(std::uint8_t c) { return upper(c) >= 'A' && upper(c) <= 'Z'; }
constexpr bool is_printable(std::uint8_t c) { return c >= 0x20 && c < 0x7f; }
/// Of a domain. Names of hosts that bear underscores are tolerated: many do.
constexpr bool is_host(std::uint8_t c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_'; }
/// atext and the dot (RFC 5321 section 4.1.2, RFC 5322 section 3.2.3). Where dots stand is not asked: mailboxes exist that break it.
constexpr bool is_local(std::uint8_t c) {
    return is_letter(c) || is_digit(c) || std::string_view("!#$%&'*+-/=?^_`{|}~.").find(static_cast<char>(c)) != std::string_view::npos;
}

/// What most octets of a line are is taken in runs. Each a bit.
enum class OctetKind : std::uint8_t {
    text = 1,     ///< is_printable()
    word = 2,     ///< the same, but for blanks and "="
    host = 4,     ///< is_host()
    local = 8,    ///< is_local()
    keyword = 16  ///< letters, digits and hyphens
};
inline constexpr std::array<std::uint8_t, 256> kinds = [] {
    std::array<std::uint8_t, 256> all{};
    const auto bit = [](OctetKind kind, bool is) { return is ? static_cast<unsigned>(kind) : 0u; };
    for (unsigned i = 0; i < all.size(); ++i) {
        const auto c = static_cast<std::uint8_t>(i);
        all[i] = static_cast<std::uint8_t>(bit(OctetKind::text, is_printable(c)) |
                                           bit(OctetKind::word, is_printable(c) && c != ' ' && c != '=') |
                                           bit(OctetKind::host, is_host(c)) | bit(OctetKind::local, is_local(c)) |
                                           bit(OctetKind::keyword, is_letter(c) || is_digit(c) || c == '-'));
    }
    return all;
}();
/// How many of the first octets, at most so many, are of this kind.
inline std::size_t run_of(OctetKind kind, std::span<const std::uint8_t> octets, std::size_t most) {
    const std::size_t end = octets.size() < most ? octets.size() : most;
    std::size_t n = 0;
    while (n < end && (kinds[octets[n]] & static_cast<unsigned>(kind)) != 0) ++n;
    return n;
}

}  // namespace sw::smtp

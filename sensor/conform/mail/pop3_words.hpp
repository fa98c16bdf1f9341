#pragma once
/// The commands of POP3, a row each. What this table lacks (XTND, RPOP, extensions of makers) is not POP3 here.
#include <array>
#include <cstdint>
#include <string_view>

namespace sw::pop3 {

/// What stands behind a verb.
enum class Arguments : std::uint8_t { none, maybe_number, number, two_numbers, text, maybe_tag, mechanism };

/// Where a command may be given (RFC 1939 3).
enum class Stage : std::uint8_t { any, authorization, transaction };

/// How a reply to it goes on when it is +OK.
enum class Reply : std::uint8_t {
    line,
    lines,              ///< and lines up to a dot
    lines_unless_asked  ///< those, if the command bore no argument
};

enum class Verb : std::uint8_t {
    apop,
    auth,
    capa,
    dele,
    lang,
    list,
    noop,
    pass,
    quit,
    retr,
    rset,
    stat,
    stls,
    top,
    uidl,
    user,
    utf8,
    greeting
};

struct Command {
    std::string_view word;
    Arguments arguments;
    Stage stage;
    Reply reply;
    bool login = false;
};

/// In the order of Verb.
inline constexpr std::array commands{
    Command{"APOP", Arguments::text, Stage::authorization, Reply::line, true},                     // RFC 1939 7
    Command{"AUTH", Arguments::mechanism, Stage::authorization, Reply::lines_unless_asked, true},  // RFC 5034 4; alone: RFC 1734
    Command{"CAPA", Arguments::none, Stage::any, Reply::lines},                                    // RFC 2449 5
    Command{"DELE", Arguments::number, Stage::transaction, Reply::line},                           // RFC 1939 5
    Command{"LANG", Arguments::maybe_tag, Stage::any, Reply::lines_unless_asked},                  // RFC 6856 3
    Command{"LIST", Arguments::maybe_number, Stage::transaction, Reply::lines_unless_asked},       // RFC 1939 5
    Command{"NOOP", Arguments::none, Stage::transaction, Reply::line},                             // RFC 1939 5
    Command{"PASS", Arguments::text, Stage::authorization, Reply::line, true},                     // RFC 1939 7
    Command{"QUIT", Arguments::none, Stage::any, Reply::line},                                     // RFC 1939 4, 6
    Command{"RETR", Arguments::number, Stage::transaction, Reply::lines},                          // RFC 1939 5
    Command{"RSET", Arguments::none, Stage::transaction, Reply::line},                             // RFC 1939 5
    Command{"STAT", Arguments::none, Stage::transaction, Reply::line},                             // RFC 1939 5
    Command{"STLS", Arguments::none, Stage::authorization, Reply::line},                           // RFC 2595 4
    Command{"TOP", Arguments::two_numbers, Stage::transaction, Reply::lines},                      // RFC 1939 7
    Command{"UIDL", Arguments::maybe_number, Stage::transaction, Reply::lines_unless_asked},       // RFC 1939 7
    Command{"USER", Arguments::text, Stage::authorization, Reply::line, true},                     // RFC 1939 7
    Command{"UTF8", Arguments::none, Stage::authorization, Reply::line},                           // RFC 6856 2.1
};

inline constexpr std::array<std::string_view, commands.size()> words = [] {
    std::array<std::string_view, commands.size()> out;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = commands[i].word;
    return out;
}();

}  // namespace sw::pop3

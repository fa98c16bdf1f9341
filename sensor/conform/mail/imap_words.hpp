#pragma once
/// The commands of IMAP and what servers say, a row each. What these tables lack is not IMAP here: COMPRESS (RFC 4978) above
/// all, behind which nobody could read on.
#include <array>
#include <cstdint>
#include <string_view>

namespace sw::imap {

/// Where a command may be given (RFC 9051 3, 6).
enum class Stage : std::uint8_t { any, not_authenticated, authenticated, selected };

enum class Role : std::uint8_t { other, login, authenticate, starttls, idle, select, leave, logout, uid };

struct Command {
    std::string_view word;
    Stage stage;
    bool arguments;  ///< it has some; else none (ID, NAMESPACE and the like are exact too)
    Role role = Role::other;
};

inline constexpr std::array commands{
    Command{"CAPABILITY", Stage::any, false},                                     // RFC 9051 6.1.1
    Command{"NOOP", Stage::any, false},                                           // RFC 9051 6.1.2
    Command{"LOGOUT", Stage::any, false, Role::logout},                           // RFC 9051 6.1.3
    Command{"ID", Stage::any, true},                                              // RFC 2971 3.1
    Command{"STARTTLS", Stage::not_authenticated, false, Role::starttls},         // RFC 9051 6.2.1
    Command{"AUTHENTICATE", Stage::not_authenticated, true, Role::authenticate},  // RFC 9051 6.2.2
    Command{"LOGIN", Stage::not_authenticated, true, Role::login},                // RFC 9051 6.2.3
    Command{"ENABLE", Stage::authenticated, true},                                // RFC 9051 6.3.1
    Command{"SELECT", Stage::authenticated, true, Role::select},                  // RFC 9051 6.3.2
    Command{"EXAMINE", Stage::authenticated, true, Role::select},                 // RFC 9051 6.3.3
    Command{"CREATE", Stage::authenticated, true},                                // RFC 9051 6.3.4
    Command{"DELETE", Stage::authenticated, true},                                // RFC 9051 6.3.5
    Command{"RENAME", Stage::authenticated, true},                                // RFC 9051 6.3.6
    Command{"SUBSCRIBE", Stage::authenticated, true},                             // RFC 9051 6.3.7
    Command{"UNSUBSCRIBE", Stage::authenticated, true},                           // RFC 9051 6.3.8
    Command{"LIST", Stage::authenticated, true},                                  // RFC 9051 6.3.9
    Command{"LSUB", Stage::authenticated, true},                                  // RFC 3501 6.3.9
    Command{"XLIST", Stage::authenticated, true},                                 // what came before RFC 6154
    Command{"NAMESPACE", Stage::authenticated, false},                            // RFC 9051 6.3.10
    Command{"STATUS", Stage::authenticated, true},                                // RFC 9051 6.3.11
    Command{"APPEND", Stage::authenticated, true},                                // RFC 9051 6.3.12
    Command{"IDLE", Stage::authenticated, false, Role::idle},                     // RFC 9051 6.3.13
    Command{"GETQUOTA", Stage::authenticated, true},                              // RFC 9208 4.1.2
    Command{"GETQUOTAROOT", Stage::authenticated, true},                          // RFC 9208 4.1.3
    Command{"GETACL", Stage::authenticated, true},                                // RFC 4314 3.3
    Command{"SETACL", Stage::authenticated, true},                                // RFC 4314 3.1
    Command{"DELETEACL", Stage::authenticated, true},                             // RFC 4314 3.2
    Command{"LISTRIGHTS", Stage::authenticated, true},                            // RFC 4314 3.4
    Command{"MYRIGHTS", Stage::authenticated, true},                              // RFC 4314 3.5
    Command{"GETMETADATA", Stage::authenticated, true},                           // RFC 5464 4.2
    Command{"SETMETADATA", Stage::authenticated, true},                           // RFC 5464 4.3
    Command{"NOTIFY", Stage::authenticated, true},                                // RFC 5465 3.1
    Command{"CHECK", Stage::selected, false},                                     // RFC 3501 6.4.1
    Command{"CLOSE", Stage::selected, false, Role::leave},                        // RFC 9051 6.4.1
    Command{"UNSELECT", Stage::selected, false, Role::leave},                     // RFC 9051 6.4.2
    Command{"EXPUNGE", Stage::selected, false},                                   // RFC 9051 6.4.3
    Command{"SEARCH", Stage::selected, true},                                     // RFC 9051 6.4.4
    Command{"FETCH", Stage::selected, true},                                      // RFC 9051 6.4.5
    Command{"STORE", Stage::selected, true},                                      // RFC 9051 6.4.6
    Command{"COPY", Stage::selected, true},                                       // RFC 9051 6.4.7
    Command{"MOVE", Stage::selected, true},                                       // RFC 9051 6.4.8
    Command{"UID", Stage::selected, true, Role::uid},                             // RFC 9051 6.4.9
    Command{"SORT", Stage::selected, true},                                       // RFC 5256 3
    Command{"THREAD", Stage::selected, true},                                     // RFC 5256 3
};

template <class Rows>
constexpr auto words_of(const Rows& rows) {
    std::array<std::string_view, std::tuple_size_v<Rows>> out;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = rows[i].word;
    return out;
}
inline constexpr auto command_words = words_of(commands);
/// Of a command by unique identifier (RFC 9051 6.4.9, RFC 5256 3).
inline constexpr std::array<std::string_view, 8> uid_words{"COPY", "EXPUNGE", "FETCH", "MOVE", "SEARCH", "SORT", "STORE", "THREAD"};

/// What an untagged response is made of.
enum class Form : std::uint8_t { state, capabilities, data };

struct Response {
    std::string_view word;
    Form form;
    bool before_login;
};

inline constexpr std::array responses{
    Response{"OK", Form::state, true},         Response{"NO", Form::state, true},        Response{"BAD", Form::state, true},
    Response{"BYE", Form::state, true},        Response{"PREAUTH", Form::state, true},   Response{"CAPABILITY", Form::capabilities, true},
    Response{"ID", Form::data, true},          Response{"ENABLED", Form::data, false},   Response{"FLAGS", Form::data, false},
    Response{"LIST", Form::data, false},       Response{"LSUB", Form::data, false},      Response{"XLIST", Form::data, false},
    Response{"SEARCH", Form::data, false},     Response{"ESEARCH", Form::data, false},   Response{"STATUS", Form::data, false},
    Response{"NAMESPACE", Form::data, false},  Response{"SORT", Form::data, false},      Response{"THREAD", Form::data, false},
    Response{"QUOTA", Form::data, false},      Response{"QUOTAROOT", Form::data, false}, Response{"ACL", Form::data, false},
    Response{"LISTRIGHTS", Form::data, false}, Response{"MYRIGHTS", Form::data, false},  Response{"METADATA", Form::data, false},
    Response{"VANISHED", Form::data, false},
};
inline constexpr auto response_words = words_of(responses);
enum : unsigned { response_ok, response_no, response_bad, response_bye, response_preauth };

/// Behind a number (RFC 9051 7.4.1, 7.5; RFC 3501 7.3.2).
inline constexpr std::array<std::string_view, 4> counted_words{"EXISTS", "EXPUNGE", "FETCH", "RECENT"};
/// Behind a tag (RFC 9051 7.1).
inline constexpr std::array<std::string_view, 3> outcome_words{"OK", "NO", "BAD"};
/// Capabilities that change what may come.
inline constexpr std::array<std::string_view, 3> capability_words{"LITERAL+", "LITERAL-", "IMAP4REV2"};

}  // namespace sw::imap

#include "sensor/conform/smtp/smtp_words.hpp"

namespace sw::smtp {
namespace {

constexpr std::array<Command, 16> table{{
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

}  // namespace

std::span<const Command> commands() { return table; }
const Command& command(Verb verb) { return table[static_cast<std::size_t>(verb)]; }

}  // namespace sw::smtp

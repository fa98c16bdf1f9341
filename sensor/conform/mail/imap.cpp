#include "sensor/conform/mail/imap.hpp"

namespace sw {

using imap::Role;
using imap::Stage;

namespace {

constexpr std::string_view in_greeting = "in the greeting", in_response = "in a response", in_command = "in a command";
constexpr std::array<std::string_view, 1> done_word{"DONE"};

}  // namespace

std::string_view ImapMachine::where() const {
    switch (place_) {
        case Place::greeting:
            return "before the greeting";
        case Place::not_authenticated:
            return "before the login";
        case Place::authenticated:
            return "behind the login";
        case Place::selected:
            return "in a mailbox";
        case Place::logout:
            return "behind LOGOUT";
    }
    return {};
}

std::size_t ImapMachine::take(Side from, Bytes octets, const Hearing& hearing) {
    return from == Side::initiator ? client(octets) : server(octets, hearing);
}

bool ImapMachine::may_speak() {
    if (place_ == Place::greeting) return wrong(Reason::early_talker, where(), "the server's greeting first"), false;
    if (starting_tls_) return wrong(Reason::starttls_injection, "behind STARTTLS", "the server's response before anything else"), false;
    if (place_ == Place::logout || waiting_.any(Role::logout)) return wrong("behind LOGOUT", "nothing more"), false;
    if (client_ == Client::go_ahead) return wrong("before a literal", "the server's request to go on first (RFC 9051 4.3)"), false;
    if (client_ == Client::challenge) return wrong("behind AUTHENTICATE", "the server's challenge first"), false;
    if (client_ == Client::idle) return wrong("behind IDLE", "the server's request to go on first"), false;
    return true;
}

std::size_t ImapMachine::client(Bytes octets) {
    if (client_ == Client::arguments && arguments_.in_literal()) {
        const std::size_t taken = arguments_.take_literal(octets);
        return taken > 0 ? taken : wrong("in a literal", "no NUL");
    }
    if (!may_speak()) return 0;
    spoken_ = true;
    const std::uint8_t octet = octets[0];
    if (client_ == Client::response) {
        if (const auto expected = challenge_.take(octet); !expected.empty()) return wrong("in the reply to a challenge", expected);
        if (challenge_.done()) client_ = waiting_.any(Role::authenticate) ? Client::challenge : Client::begin;
        return 1;
    }
    if (client_ == Client::idling) return idling(octet);
    if (++line_ > most_line) return wrong(in_command, "a line of at most 65,536 octets");
    return line_octet(octet);
}

std::size_t ImapMachine::idling(std::uint8_t octet) {
    if (octet == '\n' && line_ == 1) {
        client_ = Client::begin;
        line_ = 0;
        return 1;
    }
    if (line_ == 0 && octet == '\r' && word_.complete(done_word) == 0) {
        line_ = 1;
        return 1;
    }
    return line_ == 0 && word_.take(done_word, octet) ? 1 : wrong("in IDLE", "DONE and the end of the line");
}

std::size_t ImapMachine::line_octet(std::uint8_t octet) {
    switch (client_) {
        case Client::begin:
            tag_ = {};
            word_.begin();
            uid_ = false;
            client_ = Client::tag;
            [[fallthrough]];
        case Client::tag:
            if (octet != ' ') return tag_.add(octet) ? 1 : wrong(in_command, "a tag");
            if (tag_.empty()) return wrong(in_command, "a tag");
            if (waiting_.has(tag_)) return wrong(in_command, "a tag that no waiting command bears");
            if (waiting_.size() == imap::WaitingCommands::most) return wrong(in_command, "at most 32 commands that wait");
            client_ = Client::verb;
            return 1;
        case Client::verb:
        case Client::uid_verb:
            return verb(octet);
        default:
            return argument(octet);
    }
}

std::size_t ImapMachine::verb(std::uint8_t octet) {
    const bool of_uid = client_ == Client::uid_verb;
    const std::string_view expected = of_uid ? "a command by unique identifier" : "a command of IMAP";
    if (octet != ' ' && octet != '\r') {
        const bool fits = of_uid ? word_.take(imap::uid_words, octet) : word_.take(imap::command_words, octet);
        return fits ? 1 : wrong(in_command, expected);
    }
    const int found = of_uid ? word_.complete(imap::uid_words) : word_.complete(imap::command_words);
    if (found < 0) return wrong(in_command, expected);
    if (!of_uid) return chosen(imap::commands[static_cast<unsigned>(found)], octet);
    if (octet != ' ') return wrong(in_command, "arguments");
    client_ = Client::arguments;
    return argument(octet);
}

bool ImapMachine::may_be_given(Stage stage) const {
    switch (stage) {
        case Stage::any:
            return true;
        case Stage::not_authenticated:
            return place_ == Place::not_authenticated && !waiting_.any(Role::login) && !waiting_.any(Role::authenticate);
        case Stage::authenticated:
            return place_ == Place::authenticated || place_ == Place::selected || waiting_.any(Role::login);
        case Stage::selected:
            return place_ == Place::selected || waiting_.any(Role::select);
    }
    return false;
}

/// The verb is over.
std::size_t ImapMachine::chosen(const imap::Command& command, std::uint8_t octet) {
    if (!may_be_given(command.stage)) return wrong(where(), "a command that may be given there");
    const bool logs_in = command.role == Role::login || command.role == Role::authenticate;
    if (logs_in && !demands_.cleartext_login) return wrong(Reason::cleartext_login, where(), "STARTTLS before any login");
    if (command.role == Role::starttls && waiting_.size() > 0) return wrong(where(), "STARTTLS alone, with no command that waits");
    if (command.arguments != (octet == ' ')) return wrong(in_command, command.arguments ? "arguments" : "the end of the line");
    command_ = &command;
    word_.begin();
    client_ = command.role == Role::uid ? Client::uid_verb : Client::arguments;
    arguments_.begin();
    return command.role == Role::uid ? 1 : argument(octet);
}

std::size_t ImapMachine::argument(std::uint8_t octet) {
    if (const auto expected = arguments_.take(octet); !expected.empty()) return wrong(in_command, expected);
    if (arguments_.done()) return commanded();
    if (!arguments_.literal_just_began()) return 1;
    if (!arguments_.waits_for_no_answer()) {
        client_ = Client::go_ahead;
        return 1;
    }
    const bool offered = capabilities_.literal_plus || (capabilities_.literal_minus && arguments_.literal_left() <= most_unasked_literal);
    return offered ? 1 : wrong(in_command, "a literal that waits for the server: it offered no other");
}

std::size_t ImapMachine::commanded() {
    waiting_.add(tag_, command_->role);
    line_ = 0;
    client_ = command_->role == Role::authenticate ? Client::challenge : command_->role == Role::idle ? Client::idle : Client::begin;
    starting_tls_ = command_->role == Role::starttls;
    return 1;
}

std::size_t ImapMachine::server(Bytes octets, const Hearing& hearing) {
    if (responses_.in_literal()) {
        const std::size_t taken = responses_.tokens().take_literal(octets);
        return taken > 0 ? taken : wrong("in a literal", "no NUL");
    }
    const bool greeting = place_ == Place::greeting;
    const bool logged_in = place_ == Place::authenticated || place_ == Place::selected;
    const imap::Tag* half_sent = client_ == Client::go_ahead ? &tag_ : nullptr;
    const auto expected = responses_.take(octets[0], {waiting_, half_sent, greeting, logged_in, may_continue()});
    if (!expected.empty()) return wrong(greeting ? in_greeting : in_response, expected);
    if (greeting && octets[0] != '\r' && octets[0] != '\n') greeting_.add(offset(Side::responder), octets[0]);
    if (greeting && responses_.state() == imap::response_preauth && !demands_.cleartext_login)
        return wrong(Reason::cleartext_login, in_greeting, "OK or BYE: a session that needs no login is open before TLS", 1);
    if (responses_.done()) responded(hearing);
    return 1;
}

void ImapMachine::responded(const Hearing& hearing) {
    if (responses_.lists_capabilities()) capabilities_ = responses_.capabilities();
    if (place_ == Place::greeting) return greeted(hearing);
    if (responses_.kind() == imap::ResponseReader::Kind::continuation) return continued();
    if (responses_.kind() == imap::ResponseReader::Kind::tagged) concluded();
}

void ImapMachine::greeted(const Hearing& hearing) {
    hearing.listener.told(Side::responder, Told::banner, greeting_.text(), greeting_.offset());
    const int state = responses_.state();
    place_ = state == imap::response_ok ? Place::not_authenticated : state == imap::response_bye ? Place::logout : Place::authenticated;
}

/// What waited for it goes on.
void ImapMachine::continued() {
    if (client_ == Client::go_ahead) {
        client_ = Client::arguments;
    } else if (client_ == Client::challenge) {
        client_ = Client::response;
    } else {
        client_ = Client::idling;
        word_.begin();
    }
}

/// RFC 9051 3: where an outcome leads.
void ImapMachine::concluded() {
    if (client_ == Client::go_ahead && !waiting_.has(responses_.tag())) {
        client_ = Client::begin;  // the command was refused before its literal
        line_ = 0;
        return;
    }
    const Role role = waiting_.take(responses_.tag());
    const bool ok = responses_.state() == imap::response_ok;
    const bool over = role == Role::authenticate || role == Role::idle;
    const bool waits = client_ == Client::idle || client_ == Client::challenge;
    const bool may_end = (client_ == Client::idling && word_.size() == 0) || (client_ == Client::response && challenge_.at_line_start());
    // A line that the client has begun it goes on with, and another command that it gave waits for an answer of its own.
    if (over && responses_.tag().hash() == tag_.hash() && line_ == 0 && (waits || may_end)) client_ = Client::begin;
    if (place_ == Place::logout) return;
    if ((role == Role::login || role == Role::authenticate) && ok) place_ = Place::authenticated;
    if (role == Role::select && ok) place_ = Place::selected;
    if (role == Role::select && !ok && place_ == Place::selected) place_ = Place::authenticated;
    if (role == Role::leave && ok) place_ = Place::authenticated;
    if (role == Role::logout) place_ = Place::logout;
    if (role != Role::starttls) return;
    starting_tls_ = false;
    if (ok) hand_over(tls_);
}

bool ImapMachine::misses(Side from, std::uint64_t octets) {
    imap::TokenReader& tokens = from == Side::initiator ? arguments_ : responses_.tokens();
    const bool in_literal = from == Side::initiator ? client_ == Client::arguments && arguments_.in_literal() : responses_.in_literal();
    if (!in_literal || octets > tokens.literal_left()) return false;
    tokens.skip_literal(octets);
    return true;
}

void ImapMachine::ends(Side from, bool reset, const Hearing&) {
    const bool welcome = place_ != Place::greeting && place_ != Place::logout;
    if (!spoken_ && welcome && (from == Side::initiator || reset)) {
        wrong(reset ? Reason::client_reset : Reason::client_silent, "behind the greeting", "a command");
    } else if (!reset && from == Side::initiator && line_ > 0 && client_ != Client::go_ahead) {
        wrong(in_command, "the rest of the line");
    } else if (!reset && from == Side::responder && !responses_.at_line_start()) {
        wrong(place_ == Place::greeting ? in_greeting : in_response, "the rest of it");
    }
}

}  // namespace sw

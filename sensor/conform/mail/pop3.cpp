#include "sensor/conform/mail/pop3.hpp"

namespace sw {

using pop3::Verb;

namespace {

constexpr std::string_view in_greeting = "in the greeting", in_reply = "in a reply", in_command = "in a command";

const pop3::Command& command(Verb verb) { return pop3::commands[static_cast<unsigned>(verb)]; }

}  // namespace

std::string_view Pop3Machine::where() const {
    switch (place_) {
        case Place::greeting:
            return "before the greeting";
        case Place::authorization:
            return "before the login";
        case Place::transaction:
            return "behind the login";
        case Place::update:
            return "behind QUIT";
    }
    return {};
}

std::size_t Pop3Machine::take(Side from, Bytes octets, const Hearing& hearing) {
    return from == Side::initiator ? client(octets[0]) : server(octets[0], hearing);
}

/// The client's turn: nothing waits for a reply, or the server takes commands in a row (RFC 2449 6.6).
bool Pop3Machine::may_speak() {
    if (place_ == Place::greeting) return wrong(Reason::early_talker, where(), "the server's greeting first"), false;
    if (starting_tls_) return wrong(Reason::starttls_injection, "behind STLS", "the server's reply before anything else"), false;
    if (place_ == Place::update || promised_ == Place::update) return wrong("behind QUIT", "nothing more"), false;
    if (hung_up_ && crossed_) return wrong("behind the server's good-bye", "nothing more"), false;
    crossed_ = hung_up_;
    if (waiting_ == 0 || challenged_) return true;
    if (!pipelining_) return wrong("while a command waits for its reply", "that reply first: pipelining was not offered"), false;
    if (waiting_ == most_asked) return wrong("while commands wait for their replies", "at most 64 that wait"), false;
    if (asked_[(first_ + waiting_ - 1u) % most_asked].verb == Verb::auth) return wrong("behind AUTH", "the server's reply first"), false;
    return true;
}

std::size_t Pop3Machine::client(std::uint8_t octet) {
    const bool begins = challenged_ ? challenges_.at_line_start() : commands_.at_line_start();
    if (begins && !may_speak()) return 0;
    spoken_ = true;
    if (challenged_) {
        if (const auto expected = challenges_.take(octet); !expected.empty()) return wrong("in the reply to a challenge", expected);
        if (challenges_.done()) challenged_ = false;
        return 1;
    }
    if (const auto expected = commands_.take(octet); !expected.empty()) return wrong(in_command, expected);
    if (commands_.chosen() && !chosen_) {
        chosen_ = true;
        const pop3::Command& c = command(commands_.verb());
        const bool before_login = promised_ < Place::transaction;
        if (c.stage == pop3::Stage::transaction && before_login) return wrong(where(), "a login before this command");
        if (c.stage == pop3::Stage::authorization && !before_login) return wrong(where(), "a command for the mailbox");
        const bool lists_mechanisms = commands_.verb() == Verb::auth && octet == '\r';
        if (c.login && !lists_mechanisms && !demands_.cleartext_login)
            return wrong(Reason::cleartext_login, where(), "STLS before any login");
    }
    return commands_.done() ? commanded() : 1;
}

std::size_t Pop3Machine::commanded() {
    chosen_ = false;
    const Verb verb = commands_.verb();
    asked_[(first_ + waiting_) % most_asked] = {verb, commands_.asked()};
    if (++waiting_ == 1) expect_reply();
    if (verb == Verb::pass || verb == Verb::apop || (verb == Verb::auth && commands_.asked())) promised_ = Place::transaction;
    if (verb == Verb::quit) promised_ = Place::update;
    starting_tls_ = verb == Verb::stls;
    return 1;
}

void Pop3Machine::expect_reply() {
    if (waiting_ == 0) return replies_.begin(false, false);
    const Asked& next = asked_[first_];
    const pop3::Reply reply = command(next.verb).reply;
    const bool lines = reply == pop3::Reply::lines || (reply == pop3::Reply::lines_unless_asked && !next.argument);
    replies_.begin(lines, next.verb == Verb::auth && next.argument);
}

std::size_t Pop3Machine::server(std::uint8_t octet, const Hearing& hearing) {
    // A server that hangs up may say why (-ERR; servers do on idle clients, though RFC 1939 3 lets them close without a word).
    const bool unasked = place_ != Place::greeting && waiting_ == 0;
    if (hung_up_) return wrong("behind its good-bye", "nothing more");
    if (unasked && (place_ == Place::update || (replies_.at_start() && octet != '-')))
        return wrong(where(), "nothing from the server before a command");
    if (challenged_) return wrong("behind a challenge", "the client's reply first");
    const std::string_view state = place_ == Place::greeting ? in_greeting : in_reply;
    if (const auto expected = replies_.take(octet); !expected.empty()) return wrong(state, expected);
    if (place_ == Place::greeting && octet != '\r' && octet != '\n') greeting_.add(offset(Side::responder), octet);
    if (waiting_ > 0 && asked_[first_].verb == Verb::capa && replies_.line_word() == "PIPELINING") pipelining_ = true;
    if (!replies_.done()) return 1;
    if (place_ == Place::greeting) {
        hearing.listener.told(Side::responder, Told::banner, greeting_.text(), greeting_.offset());
        const bool welcome = replies_.status() == pop3::ReplyReader::Status::ok;
        place_ = promised_ = welcome ? Place::authorization : Place::update;
        replies_.begin(false, false);
    } else if (unasked) {
        hung_up_ = true;
        expect_reply();
    } else {
        replied();
    }
    return 1;
}

/// RFC 1939 3: a reply is to the oldest command that waits.
void Pop3Machine::replied() {
    if (replies_.status() == pop3::ReplyReader::Status::challenge) {
        challenged_ = true;
        return expect_reply();
    }
    const Asked answered = asked_[first_];
    first_ = static_cast<std::uint8_t>((first_ + 1u) % most_asked);
    --waiting_;
    const bool ok = replies_.status() == pop3::ReplyReader::Status::ok;
    const bool logs_in = answered.verb == Verb::pass || answered.verb == Verb::apop || (answered.verb == Verb::auth && answered.argument);
    if (ok && logs_in) place_ = Place::transaction;
    if (answered.verb == Verb::quit) place_ = Place::update;
    if (waiting_ == 0) promised_ = place_;
    if (answered.verb == Verb::stls) {
        starting_tls_ = false;
        if (ok) return hand_over(tls_);
    }
    expect_reply();
}

void Pop3Machine::ends(Side from, bool reset, const Hearing&) {
    const bool refused = place_ == Place::update && !spoken_;
    if (!spoken_ && !refused && (from == Side::initiator || reset)) {
        if (place_ == Place::greeting) return;  // the connection was not taken up; TCP says so
        wrong(reset ? Reason::client_reset : Reason::client_silent, "behind the greeting", "a command");
    } else if (!reset && from == Side::initiator && !commands_.at_line_start()) {
        wrong(in_command, "the rest of the line");
    } else if (!reset && from == Side::responder && !replies_.at_start()) {
        wrong(place_ == Place::greeting ? in_greeting : in_reply, "the rest of it");
    }
}

}  // namespace sw

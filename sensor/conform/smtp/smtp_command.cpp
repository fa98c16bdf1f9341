#include "sensor/conform/smtp/smtp_command.hpp"

#include <bit>

namespace sw::smtp {
namespace {

constexpr std::string_view last_word = " LAST";

/// Those that a client may write have a word.
constexpr std::uint16_t all_verbs = [] {
    std::uint16_t bits = 0;
    for (std::size_t i = 0; i < commands.size(); ++i)
        if (!commands[i].word.empty()) bits |= static_cast<std::uint16_t>(1u << i);
    return bits;
}();

constexpr std::string_view states[] = {"",        "in EHLO", "in HELO", "in MAIL", "in RCPT", "in DATA",     "",       "in BDAT", "in RSET",
                                       "in NOOP", "in QUIT", "in VRFY", "in EXPN", "in HELP", "in STARTTLS", "in AUTH"};

}  // namespace

std::string_view CommandReader::state() const {
    return command_ == nullptr ? "waiting for a command" : states[static_cast<std::size_t>(command_->verb)];
}

bool CommandReader::take(std::uint8_t octet, const Offers& offers, Fault& fault) {
    if (done_ || at_ == 0) {
        done_ = last_ = false;
        command_ = nullptr;
        stage_ = Stage::verb;
        at_ = arguments_ = 0;
        word_ = 0;
        may_be_ = all_verbs;
    }
    ++at_;
    if (stage_ == Stage::line_feed) {
        if (octet != '\n') return fault.set(Reason::smtp_bare_lf, state(), "LF behind CR");
        done_ = true;
        return true;
    }
    if (octet == '\n') return fault.set(Reason::smtp_bare_lf, state(), "CR before LF");
    const bool long_one = command_ != nullptr && (command_->arguments == Arguments::from_path || command_->arguments == Arguments::to_path);
    if (at_ >= (long_one ? most_with_parameters : most_octets))
        return not_smtp(fault, state(), long_one ? "a command line of at most 2,048 octets" : "a command line of at most 512 octets");
    if (stage_ == Stage::verb) return verb(octet, offers, fault);
    if (octet == '\r') {
        return complete() ? go(Stage::line_feed) : not_smtp(fault, state(), wanted());
    }
    if (stage_ == Stage::blank) return blank(octet, offers, fault);
    if (stage_ == Stage::blanks) return octet == ' ' || not_smtp(fault, state(), "the end of the line");
    return argument(octet, offers, fault);
}

/// Every octet must lead to a verb; the first that leads to none is wrong.
bool CommandReader::verb(std::uint8_t octet, const Offers& offers, Fault& fault) {
    const std::size_t size = at_ - 1;
    const bool over = octet == ' ' || octet == '\r';
    for (unsigned left = may_be_; left != 0; left &= left - 1) {
        const auto i = static_cast<unsigned>(std::countr_zero(left));
        const std::string_view word = commands[i].word;
        if (over && word.size() == size) command_ = &commands[i];
        if (word.size() <= size || word[size] != upper(octet)) may_be_ &= static_cast<std::uint16_t>(~(1u << i));
    }
    if (over ? command_ == nullptr : may_be_ == 0) return not_smtp(fault, state(), "a command of SMTP");
    if (!over) return true;
    if (!chosen(offers, fault)) return false;
    if (octet == '\r') return complete() ? go(Stage::line_feed) : not_smtp(fault, state(), wanted());
    return go(command_->arguments == Arguments::none ? Stage::blanks : Stage::blank);
}

bool CommandReader::chosen(const Offers& offers, Fault& fault) {
    path_.begin(command_->verb == Verb::mail);
    chunk_ = 0;
    name_size_ = 0;
    if (command_->verb == Verb::auth) return fault.set(Reason::cleartext_login, state(), "a login behind STARTTLS only");
    if (command_->verb == Verb::starttls && !offers.starttls) return not_smtp(fault, state(), "a command that the server offered");
    if (command_->verb == Verb::bdat && !offers.chunking) return not_smtp(fault, state(), "a command that the server offered");
    return true;
}

/// Behind the verb: one blank, and perhaps more.
bool CommandReader::blank(std::uint8_t octet, const Offers& offers, Fault& fault) {
    if (octet == ' ') return true;
    stage_ = Stage::arguments;
    name_at_ = at_ - 1;
    return argument(octet, offers, fault);
}

bool CommandReader::argument(std::uint8_t octet, const Offers& offers, Fault& fault) {
    ++arguments_;
    switch (command_->arguments) {
        case Arguments::name:
            return name_octet(octet, fault);
        case Arguments::from_path:
        case Arguments::to_path:
            return path_.take(octet, offers.utf8, fault);
        case Arguments::chunk:
            return chunk_octet(octet, fault);
        default:
            if (is_printable(octet) || (octet >= 0x80 && offers.utf8)) return true;
            return not_smtp(fault, state(), "text in ASCII");
    }
}

/// A domain, or an address literal in brackets; blanks may follow. Names of hosts that bear underscores are tolerated: many do.
bool CommandReader::name_octet(std::uint8_t octet, Fault& fault) {
    const bool literal = name_size_ > 0 && name_[0] == '[';
    const bool closed = literal && name_[name_size_ - 1u] == ']';
    const bool fits = octet == '[' ? name_size_ == 0
                      : octet == ']' || octet == ':'
                          ? literal && !closed
                          : !closed && (is_letter(octet) || is_digit(octet) || octet == '-' || octet == '.' || octet == '_');
    if (octet == ' ' && complete()) {
        return go(Stage::blanks);
    }
    if (!fits || name_size_ == name_.size()) return not_smtp(fault, state(), wanted());
    name_[name_size_++] = static_cast<char>(octet);
    return true;
}

/// RFC 3030 section 2: chunk-size and, with the last one, LAST.
bool CommandReader::chunk_octet(std::uint8_t octet, Fault& fault) {
    constexpr std::uint64_t most = std::uint64_t{1} << 53;
    if (word_ == 0 && is_digit(octet) && chunk_ < most) {
        chunk_ = chunk_ * 10 + (octet - '0');
        return true;
    }
    if (arguments_ > 1 && word_ < last_word.size() && upper(octet) == last_word[word_]) {
        last_ = ++word_ == last_word.size();
        if (last_) stage_ = Stage::blanks;
        return true;
    }
    return not_smtp(fault, state(), wanted());
}

bool CommandReader::complete() const {
    switch (command_->arguments) {
        case Arguments::name:
            return name_size_ > 0 && (name_[0] == '[') == (name_[name_size_ - 1u] == ']');
        case Arguments::from_path:
        case Arguments::to_path:
            return path_.complete();
        case Arguments::chunk:
            return arguments_ > 0 && (word_ <= 1 || last_);
        case Arguments::some_text:
            return arguments_ > 0;
        default:
            return true;
    }
}

std::string_view CommandReader::wanted() const {
    switch (command_->arguments) {
        case Arguments::name:
            return "a domain or an address literal";
        case Arguments::from_path:
        case Arguments::to_path:
            return path_.wanted();
        case Arguments::chunk:
            return "the size of a chunk, and perhaps LAST";
        default:
            return "an argument";
    }
}

}  // namespace sw::smtp

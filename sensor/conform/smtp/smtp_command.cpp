#include "sensor/conform/smtp/smtp_command.hpp"

#include <algorithm>

namespace sw::smtp {
namespace {

constexpr std::string_view last_word = " LAST";

bool begins(std::string_view word, std::string_view with) { return word.substr(0, with.size()) == with; }

constexpr std::string_view states[] = {"",        "in EHLO", "in HELO", "in MAIL", "in RCPT", "in DATA",     "",       "in BDAT", "in RSET",
                                       "in NOOP", "in QUIT", "in VRFY", "in EXPN", "in HELP", "in STARTTLS", "in AUTH"};

}  // namespace

std::string_view CommandReader::state() const {
    return command_ == nullptr ? "waiting for a command" : states[static_cast<std::size_t>(command_->verb)];
}

std::optional<Fault> CommandReader::take(std::uint8_t octet, const Offers& offers) {
    if (done_ || at_ == 0) {
        done_ = last_ = false;
        command_ = nullptr;
        stage_ = Stage::verb;
        at_ = arguments_ = 0;
        word_ = 0;
    }
    ++at_;
    if (stage_ == Stage::line_feed) {
        if (octet != '\n') return Fault{Reason::smtp_bare_lf, state(), "LF behind CR"};
        done_ = true;
        return std::nullopt;
    }
    if (octet == '\n') return Fault{Reason::smtp_bare_lf, state(), "CR before LF"};
    const bool long_one = command_ != nullptr && (command_->arguments == Arguments::from_path || command_->arguments == Arguments::to_path);
    if (at_ >= (long_one ? most_with_parameters : most_octets))
        return not_smtp(state(), long_one ? "a command line of at most 2,048 octets" : "a command line of at most 512 octets");
    if (stage_ == Stage::verb) return verb(octet, offers);
    if (octet == '\r') {
        if (!complete()) return not_smtp(state(), wanted());
        stage_ = Stage::line_feed;
        return std::nullopt;
    }
    if (stage_ == Stage::blank) return blank(octet, offers);
    if (stage_ == Stage::blanks) return octet == ' ' ? std::nullopt : std::optional(not_smtp(state(), "the end of the line"));
    return argument(octet, offers);
}

/// Every octet must lead to a verb; the first that leads to none is wrong.
std::optional<Fault> CommandReader::verb(std::uint8_t octet, const Offers& offers) {
    const std::size_t size = at_ - 1;
    const std::string_view so_far(verb_.data(), size);
    if (octet == ' ' || octet == '\r') {
        for (const Command& c : commands())
            if (!so_far.empty() && c.word == so_far) command_ = &c;
        if (command_ == nullptr) return not_smtp(state(), "a command of SMTP");
        if (auto fault = chosen(offers)) return fault;
        if (octet == '\r') return complete() ? (stage_ = Stage::line_feed, std::nullopt) : std::optional(not_smtp(state(), wanted()));
        stage_ = command_->arguments == Arguments::none ? Stage::blanks : Stage::blank;
        return std::nullopt;
    }
    const bool leads = size < verb_.size() && is_letter(octet) && std::any_of(commands().begin(), commands().end(), [&](const Command& c) {
                           return c.word.size() > size && begins(c.word, so_far) && c.word[size] == upper(octet);
                       });
    if (!leads) return not_smtp(state(), "a command of SMTP");
    verb_[size] = upper(octet);
    return std::nullopt;
}

std::optional<Fault> CommandReader::chosen(const Offers& offers) {
    path_.begin(command_->verb == Verb::mail);
    chunk_ = 0;
    name_size_ = 0;
    if (command_->verb == Verb::auth) return Fault{Reason::cleartext_login, state(), "a login behind STARTTLS only"};
    if (command_->verb == Verb::starttls && !offers.starttls) return not_smtp(state(), "a command that the server offered");
    if (command_->verb == Verb::bdat && !offers.chunking) return not_smtp(state(), "a command that the server offered");
    return std::nullopt;
}

/// Behind the verb: one blank, and perhaps more.
std::optional<Fault> CommandReader::blank(std::uint8_t octet, const Offers& offers) {
    if (octet == ' ') return std::nullopt;
    stage_ = Stage::arguments;
    name_at_ = at_ - 1;
    return argument(octet, offers);
}

std::optional<Fault> CommandReader::argument(std::uint8_t octet, const Offers& offers) {
    ++arguments_;
    switch (command_->arguments) {
        case Arguments::name:
            return name_octet(octet);
        case Arguments::from_path:
        case Arguments::to_path:
            return path_.take(octet, offers.utf8);
        case Arguments::chunk:
            return chunk_octet(octet);
        default:
            if (is_printable(octet) || (octet >= 0x80 && offers.utf8)) return std::nullopt;
            return not_smtp(state(), "text in ASCII");
    }
}

/// A domain, or an address literal in brackets; blanks may follow. Names of hosts that bear underscores are tolerated: many do.
std::optional<Fault> CommandReader::name_octet(std::uint8_t octet) {
    const bool literal = name_size_ > 0 && name_[0] == '[';
    const bool closed = literal && name_[name_size_ - 1u] == ']';
    const bool fits = octet == '[' ? name_size_ == 0
                      : octet == ']' || octet == ':'
                          ? literal && !closed
                          : !closed && (is_letter(octet) || is_digit(octet) || octet == '-' || octet == '.' || octet == '_');
    if (octet == ' ' && complete()) {
        stage_ = Stage::blanks;
        return std::nullopt;
    }
    if (!fits || name_size_ == name_.size()) return not_smtp(state(), wanted());
    name_[name_size_++] = static_cast<char>(octet);
    return std::nullopt;
}

/// RFC 3030 section 2: chunk-size and, with the last one, LAST.
std::optional<Fault> CommandReader::chunk_octet(std::uint8_t octet) {
    constexpr std::uint64_t most = std::uint64_t{1} << 53;
    if (word_ == 0 && is_digit(octet) && chunk_ < most) {
        chunk_ = chunk_ * 10 + (octet - '0');
        return std::nullopt;
    }
    if (arguments_ > 1 && word_ < last_word.size() && upper(octet) == last_word[word_]) {
        last_ = ++word_ == last_word.size();
        if (last_) stage_ = Stage::blanks;
        return std::nullopt;
    }
    return not_smtp(state(), wanted());
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

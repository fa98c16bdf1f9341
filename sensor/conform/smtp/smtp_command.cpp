#include "sensor/conform/smtp/smtp_command.hpp"

#include <algorithm>
#include <bit>

namespace sw::smtp {
namespace {

constexpr std::string_view last_word = " LAST";

constexpr std::size_t longest_verb = 8;

/// Which of commands bear this octet (upper case) at this place of their word; which have a word of this size. Each a bit.
struct Words {
    std::array<std::array<std::uint16_t, 26>, longest_verb> with{};
    std::array<std::uint16_t, longest_verb + 1> of_size{};
};
constexpr Words words = [] {
    Words w;
    for (std::size_t i = 0; i < commands.size(); ++i) {
        const std::string_view word = commands[i].word;
        const auto bit = static_cast<std::uint16_t>(1u << i);
        if (!word.empty()) w.of_size[word.size()] |= bit;  // those that a client may write have one
        for (std::size_t at = 0; at < word.size(); ++at) w.with[at][static_cast<std::size_t>(word[at] - 'A')] |= bit;
    }
    return w;
}();

constexpr std::string_view states[] = {"",        "in EHLO", "in HELO", "in MAIL", "in RCPT", "in DATA",     "",       "in BDAT", "in RSET",
                                       "in NOOP", "in QUIT", "in VRFY", "in EXPN", "in HELP", "in STARTTLS", "in AUTH"};

}  // namespace

std::string_view CommandReader::state() const {
    return command_ == nullptr ? "waiting for a command" : states[static_cast<std::size_t>(command_->verb)];
}

bool CommandReader::take(std::span<const std::uint8_t> octets, std::size_t& taken, const Offers& offers, Fault& fault) {
    if (done_ || at_ == 0) begin_line();
    do {
        taken += pass(octets.subspan(taken));
        if (taken == octets.size()) return true;
        if (!octet(octets[taken], offers, fault)) return false;
        ++taken;
    } while (!done_ && taken < octets.size());
    return true;
}

void CommandReader::begin_line() {
    done_ = last_ = false;
    command_ = nullptr;
    stage_ = Stage::verb;
    at_ = arguments_ = 0;
    word_ = 0;
    may_be_ = 0xffff;
}

bool CommandReader::long_one() const {
    return command_ != nullptr && (command_->arguments == Arguments::from_path || command_->arguments == Arguments::to_path);
}

bool CommandReader::octet(std::uint8_t octet, const Offers& offers, Fault& fault) {
    ++at_;
    if (stage_ == Stage::line_feed) {
        if (octet != '\n') return fault.set(Reason::smtp_bare_lf, state(), "LF behind CR");
        if (command_->verb == Verb::mail) mail_utf8_ = path_.utf8();
        done_ = true;
        return true;
    }
    if (octet == '\n') return fault.set(Reason::smtp_bare_lf, state(), "CR before LF");
    if (at_ >= most())
        return not_smtp(fault, state(), long_one() ? "a command line of at most 2,048 octets" : "a command line of at most 512 octets");
    if (stage_ == Stage::verb) return verb(octet, offers, fault);
    if (octet == '\r') {
        if (command_->verb == Verb::mail && path_.binary() && !offers.binary)
            return not_smtp(fault, state(), "BINARYMIME only where it is offered");
        return complete() ? go(Stage::line_feed) : not_smtp(fault, state(), wanted());
    }
    if (stage_ == Stage::blank) return blank(octet, offers, fault);
    if (stage_ == Stage::blanks) return octet == ' ' || not_smtp(fault, state(), "the end of the line");
    return argument(octet, offers, fault);
}

/// How many of the next octets are such as octet() would take, one by one, and to the same end.
std::size_t CommandReader::pass(std::span<const std::uint8_t> octets) {
    if (stage_ != Stage::arguments) return 0;
    octets = octets.first(std::min<std::size_t>(octets.size(), most() - 1 - std::min(at_, most() - 1)));
    std::size_t n = 0;
    switch (command_->arguments) {
        case Arguments::name:
            n = name_[0] == '[' ? 0 : run_of(OctetKind::host, octets, name_.size() - name_size_);
            std::copy_n(octets.begin(), n, name_.begin() + name_size_);
            name_size_ = static_cast<std::uint8_t>(name_size_ + n);
            break;
        case Arguments::from_path:
        case Arguments::to_path:
            n = path_.pass(octets);
            break;
        case Arguments::chunk:
            return 0;
        default:
            n = run_of(OctetKind::text, octets, octets.size());
    }
    at_ += static_cast<std::uint32_t>(n);
    arguments_ += static_cast<std::uint32_t>(n);
    return n;
}

/// Every octet must lead to a verb; the first that leads to none is wrong.
bool CommandReader::verb(std::uint8_t octet, const Offers& offers, Fault& fault) {
    const std::size_t size = at_ - 1;
    const bool over = octet == ' ' || octet == '\r';
    const bool may_go_on = size < longest_verb && is_letter(octet);
    const unsigned those = over ? words.of_size[size] : may_go_on ? words.with[size][static_cast<std::size_t>(upper(octet) - 'A')] : 0u;
    may_be_ = static_cast<std::uint16_t>(may_be_ & those);
    if (may_be_ == 0) return not_smtp(fault, state(), "a command of SMTP");
    if (!over) return true;
    command_ = &commands[static_cast<std::size_t>(std::countr_zero(may_be_))];
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
            return path_.take(octet, offers.utf8, fault);
        case Arguments::to_path:
            return path_.take(octet, mail_utf8_, fault);
        case Arguments::chunk:
            return chunk_octet(octet, fault);
        default:
            if (is_printable(octet) || (octet >= 0x80 && offers.utf8)) return true;
            return not_smtp(fault, state(), "text in ASCII");
    }
}

/// A domain, or an address literal in brackets; blanks may follow.
bool CommandReader::name_octet(std::uint8_t octet, Fault& fault) {
    const bool literal = name_size_ > 0 && name_[0] == '[';
    const bool closed = literal && name_[name_size_ - 1u] == ']';
    const bool fits = octet == '[' ? name_size_ == 0 : octet == ']' || octet == ':' ? literal && !closed : !closed && is_host(octet);
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

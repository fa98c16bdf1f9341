#pragma once
/// Replies, line by line (RFC 5321 section 4.2).
#include <string_view>

#include "sensor/conform/smtp/smtp_words.hpp"

namespace sw::smtp {

class ReplyReader {
public:
    static constexpr std::uint32_t most_octets = 512;  ///< of a line, CR and LF too (RFC 5321 section 4.5.3.1.5)

    /// A reply begins: it answers this command. unsolicited: nothing is to be answered, and only 421 may come (section 3.8).
    void begin(Verb answers, bool unsolicited);

    /// The next octets, to the end of a line at most; make use of that line before the next ones.
    /// taken: how many; of a fault (false): those before the wrong one
    bool take(std::span<const std::uint8_t> octets, std::size_t& taken, Fault& fault);
    bool line_done() const { return done_ != Done::no; }
    bool reply_done() const { return done_ == Done::reply; }
    std::uint16_t code() const { return code_; }
    /// Of the line: the first word behind the code, upper case, up to 15 octets; and whether it is the reply's first line.
    std::string_view word() const { return {word_.data(), word_size_}; }
    bool first_line() const { return lines_ == 0; }

private:
    enum class Done : std::uint8_t { no, line, reply };
    void begin_line();
    bool octet(std::uint8_t octet, Fault& fault);
    std::size_t pass(std::span<const std::uint8_t> octets);
    std::size_t pass_code(std::span<const std::uint8_t> octets);
    bool digit(std::uint8_t octet, Fault& fault);
    bool separator(std::uint8_t octet, Fault& fault);
    bool end_line(std::uint8_t octet, Fault& fault);
    bool text(std::uint8_t octet, Fault& fault);
    bool may_begin(std::uint16_t digits, std::uint16_t scale) const;
    std::string_view state() const;

    Verb answers_ = Verb::greeting;
    bool unsolicited_ = false, more_ = false, cr_ = false, word_over_ = false;
    Done done_ = Done::reply;
    std::uint8_t word_size_ = 0;
    std::uint16_t code_ = 0, first_code_ = 0, at_ = 0;
    std::uint32_t lines_ = 0;
    std::array<char, 15> word_{};
};

}  // namespace sw::smtp

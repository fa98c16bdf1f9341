#pragma once
/// Command lines (RFC 5321 section 4.1). Nothing of a line is kept but the name in EHLO and HELO.
#include <string_view>

#include "sensor/conform/smtp/smtp_path.hpp"
#include "sensor/conform/smtp/smtp_words.hpp"

namespace sw::smtp {

class CommandReader {
public:
    /// Of a line, CR and LF too: RFC 5321 section 4.5.3.1.4. Parameters of MAIL and RCPT may make it longer (section 4.1.1.11):
    /// SIZE 26, BODY 16 (RFC 1870, 6152), RET and ENVID 107, NOTIFY and ORCPT 528 (RFC 3461), AUTH 500 (RFC 4954), SMTPUTF8 10.
    static constexpr std::uint32_t most_octets = 512, most_with_parameters = 2048;

    /// The next octets, to the end of a line at most; offers: what may be used now.
    /// taken: how many; of a fault (false): those before the wrong one
    bool take(std::span<const std::uint8_t> octets, std::size_t& taken, const Offers& offers, Fault& fault);

    bool between_lines() const { return at_ == 0 || done_; }
    /// The line is complete: its verb; none else. Until the next octet.
    std::optional<Verb> done() const { return done_ ? std::optional(command_->verb) : std::nullopt; }
    std::string_view name() const { return {name_.data(), name_size_}; }  ///< of EHLO, HELO
    std::uint32_t name_at() const { return name_at_; }                    ///< in its line
    std::uint64_t chunk() const { return chunk_; }                        ///< of BDAT: octets that follow
    bool last_chunk() const { return last_; }
    bool binary() const { return path_.binary(); }  ///< of MAIL: BODY=BINARYMIME

private:
    enum class Stage : std::uint8_t { verb, blank, arguments, blanks, line_feed };
    void begin_line();
    bool octet(std::uint8_t octet, const Offers& offers, Fault& fault);
    std::size_t pass(std::span<const std::uint8_t> octets);
    bool long_one() const;
    std::uint32_t most() const { return long_one() ? most_with_parameters : most_octets; }
    bool verb(std::uint8_t octet, const Offers& offers, Fault& fault);
    bool chosen(const Offers& offers, Fault& fault);
    bool blank(std::uint8_t octet, const Offers& offers, Fault& fault);
    bool argument(std::uint8_t octet, const Offers& offers, Fault& fault);
    bool name_octet(std::uint8_t octet, Fault& fault);
    bool chunk_octet(std::uint8_t octet, Fault& fault);
    bool go(Stage stage) {
        stage_ = stage;
        return true;
    }
    bool complete() const;
    std::string_view wanted() const;
    std::string_view state() const;

    const Command* command_ = nullptr;
    Stage stage_ = Stage::verb;
    bool done_ = false, last_ = false;
    std::uint8_t word_ = 0;     ///< of BDAT: octets of " LAST" so far
    std::uint16_t may_be_ = 0;  ///< a bit for each of commands that begins with the octets of the verb so far
    std::uint32_t at_ = 0, arguments_ = 0, name_at_ = 0;
    std::uint64_t chunk_ = 0;
    std::array<char, 255> name_{};  ///< a domain is at most 255 octets (section 4.5.3.1.2)
    std::uint8_t name_size_ = 0;
    PathReader path_;
    bool mail_utf8_ = false;  ///< the last MAIL said SMTPUTF8
};

}  // namespace sw::smtp

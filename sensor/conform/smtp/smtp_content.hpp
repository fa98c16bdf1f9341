#pragma once
/// Mail data: lines of text up to a line with nothing but a dot (RFC 5321 sections 4.1.1.4, 4.5.2), or a chunk of known size (RFC 3030).
/// CR and LF stand together only, everywhere: a receiver that takes one alone for a line's end would read commands in it.
#include "sensor/conform/smtp/smtp_words.hpp"

namespace sw::smtp {

class ContentReader {
public:
    static constexpr std::uint32_t most_in_line = 1000;  ///< CR and LF too (RFC 5321 section 4.5.3.1.6)

    /// Mail data behind 354.
    void begin_data(bool eight_bit) { begin({true, false, eight_bit}); }
    /// A chunk of so many octets. binary: BODY=BINARYMIME; first: no chunk of this mail came before it.
    void begin_chunk(std::uint64_t octets, bool binary, bool eight_bit, bool first);

    struct Taken {
        std::size_t octets = 0;  ///< read; of a fault: those before the wrong one
        bool done = false;       ///< the data or the chunk is over
        bool wrong = false;      ///< and why:
        Fault fault;
    };
    /// cost: a few octets a cycle
    Taken take(std::span<const std::uint8_t> octets);
    /// The mail's last chunk is over: no line may be open at its CR.
    bool ends_between_lines() const { return !cr_; }
    bool chunk_over() const { return left_ == 0; }
    /// So many octets were not seen. false: nobody can say where in the mail we are now.
    bool skip(std::uint64_t octets);

private:
    static constexpr std::size_t stretch = 488;  ///< octets that are looked at together: a third of a full segment

    struct Kind {
        bool dotted = false;  ///< ends with a dot alone; else with left_ octets
        bool binary = false, eight_bit = false;
    };
    void begin(Kind kind) {
        kind_ = kind;
        line_ = 0;
        cr_ = false;
        dot_ = behind_gap_ = false;
    }
    bool stepped(std::span<const std::uint8_t> octets, Taken& t);
    bool step(std::uint8_t octet, bool& done, Fault& fault);
    bool plain(std::span<const std::uint8_t> octets, std::size_t at, std::size_t size);
    void take_text(std::span<const std::uint8_t> octets, Taken& t);
    std::string_view state() const { return kind_.dotted ? "in the mail" : "in a chunk of the mail"; }

    Kind kind_;
    std::uint64_t left_ = 0;
    std::uint32_t line_ = 0;   ///< octets of the line so far
    bool cr_ = false;          ///< the octet before was a CR
    bool dot_ = false;         ///< the line is a dot so far
    bool behind_gap_ = false;  ///< the octet before was not seen: it may have been a CR
};

}  // namespace sw::smtp

#pragma once
/// What two ends say to each other, written down; and ways to send it. Line by line:
///   S> 220 mail.example ESMTP       the server says this and CRLF
///   C: EHLO a\n                     the client says exactly these octets
///   C.                              the client ends (FIN);   C!  it resets
///   # ...                           says something about the script
/// Escapes: \r \n \t \0 \\ \xNN, and \^ for the place of the first wrong octet ("C.\^": the end itself is wrong).
/// Lines of one side that follow each other are one turn, as if written at once.
#include <optional>

#include "tests/support/dialogue.hpp"

namespace sw::craft {

class Script {
public:
    enum class End : std::uint8_t { none, fin, reset };
    struct Line {
        Side from = Side::client;
        std::string octets;
        End end = End::none;
    };
    struct Mark {
        Side side = Side::client;
        std::uint64_t offset = 0;  ///< in that side's stream
    };

    Script() = default;
    /// Aborts the test program at a line that is none of the above.
    explicit Script(std::string_view text);
    /// Octets that no text can show, appended as a line.
    Script& say(Side from, std::string_view octets);
    /// As say(); its octet `at` is the first wrong one (its size: what ends too early).
    Script& say_wrong(Side from, std::string_view octets, std::size_t at);
    Script& end(Side from, End how = End::fin);
    /// The next octet of this side is the first wrong one.
    Script& mark(Side side);
    Script& operator+=(const Script& more);

    const std::vector<Line>& lines() const { return lines_; }
    const std::optional<Mark>& marked() const { return mark_; }
    std::uint64_t octets(Side of) const;

private:
    void read(std::string_view line);

    std::vector<Line> lines_;
    std::optional<Mark> mark_;
};

/// How a script becomes segments.
struct Cut {
    enum class Kind : std::uint8_t {
        whole,     ///< each turn in as few segments as it fits
        octets,    ///< one octet a segment
        random,    ///< pieces of 1 to 40 octets
        shuffled,  ///< the same, those of one turn in any order, some of them twice
    };
    Kind kind = Kind::whole;
    std::uint32_t seed = 1;
};

/// Over TCP, behind a handshake. Each turn is acknowledged when it is whole.
Frames play(const Script& script, const Endpoint& client, const Endpoint& server, Cut cut = {}, Timestamp start = noon);
/// Over UDP: each line is a datagram.
Frames play_datagrams(const Script& script, const Endpoint& client, const Endpoint& server, Timestamp start = noon);

}  // namespace sw::craft

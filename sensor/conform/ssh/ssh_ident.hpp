#pragma once
/// Identification lines (RFC 4253 4.2), octet by octet.
#include <array>
#include <cstdint>
#include <string_view>

namespace sw::ssh {

/// Two things are tolerated because honest programs do them: LF alone at the end of a line (OpenSSH before 7.6 as a server of
/// both versions, libssh, Cisco), and version 1.99 of a client (Cisco), which means 2.0 (RFC 4253 5.1).
class IdentReader {
public:
    static constexpr unsigned most_octets = 255;    ///< of the line with its end
    static constexpr unsigned most_before = 4'096;  ///< of a server's text before it (RFC 4253 4.2 sets no limit)

    /// server: other lines may come first
    explicit IdentReader(bool server) : server_(server) {}

    /// "" or what belonged in the octet's place.
    std::string_view take(std::uint8_t octet);
    bool done() const { return done_; }
    /// Without its end.
    std::string_view text() const { return {line_.data(), size_}; }
    /// Behind LF: octets of the line before it.
    unsigned octets_before_end() const { return size_ + (carriage_return_ ? 1u : 0u); }
    bool at_line_start() const { return size_ == 0 && !carriage_return_; }
    /// A client's line is over, and was empty: a probe, which says nothing.
    bool was_empty() const { return empty_; }

private:
    std::string_view octet_of_text(std::uint8_t octet);
    std::string_view end_line();

    bool server_, done_ = false, carriage_return_ = false, empty_ = false;
    std::uint8_t size_ = 0;
    std::uint16_t before_ = 0;
    std::array<char, most_octets - 2> line_;
};

}  // namespace sw::ssh

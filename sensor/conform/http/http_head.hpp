#pragma once
/// Heads of HTTP/1.1 and 1.0 messages, octet by octet (RFC 9112 2 to 5): one reading only. Whatever two servers are known to
/// read differently (RFC 9112 11.2) is a fault of its own.
#include <cstdint>
#include <optional>
#include <string_view>

#include "rules/packet/reason.hpp"
#include "sensor/conform/http/http_words.hpp"
#include "sensor/conform/word_match.hpp"

namespace sw::http {

struct Fault {
    Reason reason;
    std::string_view expected;
};

/// What a complete head says.
struct Head {
    int method = 0;            ///< of a request: index of methods
    std::uint16_t status = 0;  ///< of a response
    bool version_1_0 = false;
    std::optional<std::uint64_t> length;  ///< Content-Length
    bool chunked = false;
    bool close = false, keep_alive = false;  ///< Connection
};

class HeadReader {
public:
    static constexpr unsigned most_line = 8'192, most_octets = 65'536, most_fields = 128;

    explicit HeadReader(bool request) : request_(request) {}
    void begin() { *this = HeadReader(request_); }

    std::optional<Fault> take(std::uint8_t octet);
    /// Nothing of a head has come, but perhaps an empty line.
    bool at_start() const { return octets_ == 0 || (part_ == Part::method && at_ == 2 && word_.size() == 0); }
    bool done() const { return part_ == Part::done; }
    /// Of a response: its status, as soon as its third digit came; 0 before.
    std::uint16_t status() const { return digits_ == 3 ? head_.status : std::uint16_t{0}; }
    const Head& head() const { return head_; }

private:
    enum class Part : std::uint8_t {
        method,
        target,
        version,
        status,
        reason,
        line_end,
        field_begin,
        field_name,
        blanks,
        value,
        field_end,
        head_end,
        done
    };
    enum class Target : std::uint8_t { begin, path, scheme, asterisk, percent, percent_digit };

    std::optional<Fault> method(std::uint8_t octet);
    std::optional<Fault> target(std::uint8_t octet);
    std::optional<Fault> target_octet(std::uint8_t octet);
    std::optional<Fault> version(std::uint8_t octet);
    std::optional<Fault> status(std::uint8_t octet);
    std::optional<Fault> field_begin(std::uint8_t octet);
    std::optional<Fault> field_name(std::uint8_t octet);
    std::optional<Fault> value(std::uint8_t octet);
    std::optional<Fault> framing_value(std::uint8_t octet);
    std::optional<Fault> end_value();
    std::optional<Fault> end_head();
    std::optional<Fault> line_feed(std::uint8_t octet, Part next);

    bool request_;
    Part part_ = Part::method;
    Target target_ = Target::begin;
    Head head_;
    WordMatch word_;
    bool word_known_ = true, value_over_ = false;
    int field_ = -1;  ///< of those that frame
    std::uint8_t seen_ = 0, digits_ = 0, at_ = 0;
    std::uint16_t fields_ = 0, line_ = 0;
    std::uint32_t octets_ = 0;
};

}  // namespace sw::http

#pragma once
/// Bodies: how long they are (RFC 9112 6.3) and, in chunks, that their sizes add up (RFC 9112 7.1).
#include <cstdint>
#include <optional>

#include "rules/base/bytes.hpp"
#include "sensor/conform/http/http_head.hpp"

namespace sw::http {

class BodyReader {
public:
    enum class Kind : std::uint8_t { none, counted, chunked, until_end };

    void begin(Kind kind, std::uint64_t octets = 0);
    Kind kind() const { return kind_; }
    bool done() const { return part_ == Part::done; }

    struct Taken {
        std::size_t octets;  ///< at least one if nothing is wrong
        std::optional<Fault> fault;
    };
    Taken take(Bytes octets);
    /// So many octets were not seen. false: nobody can say where the body stands now.
    bool skip(std::uint64_t octets);

private:
    enum class Part : std::uint8_t {
        data,
        size,
        extension,
        quoted,
        escaped,
        size_end,
        data_end,
        data_line,
        trailer_begin,
        trailer_name,
        trailer,
        trailer_end,
        last_end,
        done
    };
    std::optional<Fault> framing(std::uint8_t octet);
    std::optional<Fault> size(std::uint8_t octet);
    std::optional<Fault> extension(std::uint8_t octet);
    std::optional<Fault> trailer(std::uint8_t octet);
    std::optional<Fault> trailer_name(std::uint8_t octet);

    static constexpr unsigned most_digits = 15, most_extension = 256, most_trailer = 8'192;

    Kind kind_ = Kind::none;
    Part part_ = Part::done;
    std::uint8_t digits_ = 0;
    std::uint16_t count_ = 0;  ///< octets of the extension or of all trailers
    std::uint64_t left_ = 0;   ///< of the body or the chunk
    WordMatch name_;           ///< of a trailer
    bool name_known_ = true;
};

}  // namespace sw::http

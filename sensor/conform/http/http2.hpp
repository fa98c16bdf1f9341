#pragma once
/// HTTP/2 by prior knowledge (RFC 9113 3.3): behind the preface frames, each of a known type, with the length and on the stream
/// that its type has, padded with zeros that fit. What is in them is compressed and not read.
#include <cstdint>

#include "sensor/conform/stream_machine.hpp"

namespace sw {

class Http2Machine final : public StreamMachine {
public:
    bool in_content() const override { return ends_[0].left > 0 || ends_[1].left > 0; }

private:
    struct Frame {
        std::uint32_t length = 0, stream = 0;
        std::uint8_t type = 0, flags = 0;
    };
    struct End {
        std::uint8_t head[9] = {};
        std::uint8_t head_size = 0;
        bool began = false;           ///< with its SETTINGS
        std::uint32_t left = 0;       ///< of the frame's payload
        std::uint8_t padding = 0;     ///< octets of it, the last ones
        bool pad_due = false;         ///< its first octet says how many
        std::uint32_t continues = 0;  ///< a stream whose fields go on in the next frame
        std::uint32_t most = 16'384;  ///< octets of a payload that its peer takes (RFC 9113 4.2)
        std::uint32_t last_stream = 0;
        std::uint8_t setting[6] = {};
        Frame frame;
    };
    struct Shape;
    static const Shape shapes[];

    std::size_t take(Side from, Bytes octets, const Hearing& hearing) override;
    void ends(Side from, bool reset, const Hearing& hearing) override;
    bool misses(Side from, std::uint64_t octets) override;

    std::string_view begin_frame(End& end, Side from);
    std::string_view on_stream(End& end, Side from) const;
    std::string_view setting(End& end, Side from);
    std::size_t payload(End& end, Bytes octets);

    End ends_[2];
    bool promised_ = false;  ///< the server promised a stream
};

}  // namespace sw

#include "sensor/conform/http/http2.hpp"

#include <algorithm>
#include <cstring>

namespace sw {
namespace {

enum : std::uint8_t {
    frame_data,
    frame_headers,
    frame_priority,
    frame_rst_stream,
    frame_settings,
    frame_push_promise,
    frame_ping,
    frame_goaway,
    frame_window_update,
    frame_continuation,
    frame_altsvc,
    frame_origin = 12,
    frame_priority_update = 16
};

constexpr std::uint8_t flag_ack = 1, flag_end_headers = 4, flag_padded = 8, flag_priority = 0x20;
constexpr std::uint32_t any = 0xffffffff;
constexpr std::uint16_t setting_max_frame_size = 5;
constexpr std::string_view in_frames = "in frames", in_head = "in a frame's head";

}  // namespace

/// On which streams a frame may come, and how long it is.
struct Http2Machine::Shape {
    enum class On : std::uint8_t { stream, connection, either };
    std::uint8_t type, flags;
    On on;
    std::uint32_t least, most;
};

constexpr Http2Machine::Shape Http2Machine::shapes[] = {
    {frame_data, 0x09, Shape::On::stream, 0, any},                 // RFC 9113 6.1
    {frame_headers, 0x2d, Shape::On::stream, 0, any},              // RFC 9113 6.2
    {frame_priority, 0x00, Shape::On::stream, 5, 5},               // RFC 9113 6.3
    {frame_rst_stream, 0x00, Shape::On::stream, 4, 4},             // RFC 9113 6.4
    {frame_settings, 0x01, Shape::On::connection, 0, any},         // RFC 9113 6.5
    {frame_push_promise, 0x0c, Shape::On::stream, 4, any},         // RFC 9113 6.6
    {frame_ping, 0x01, Shape::On::connection, 8, 8},               // RFC 9113 6.7
    {frame_goaway, 0x00, Shape::On::connection, 8, any},           // RFC 9113 6.8
    {frame_window_update, 0x00, Shape::On::either, 4, 4},          // RFC 9113 6.9
    {frame_continuation, 0x04, Shape::On::stream, 0, any},         // RFC 9113 6.10
    {frame_altsvc, 0x00, Shape::On::either, 2, any},               // RFC 7838 4
    {frame_origin, 0x00, Shape::On::connection, 0, any},           // RFC 8336 2.1
    {frame_priority_update, 0x00, Shape::On::connection, 4, any},  // RFC 9218 7.1
};

std::size_t Http2Machine::take(Side from, Bytes octets, const Hearing&) {
    End& end = ends_[static_cast<unsigned>(from)];
    if (end.left == 0) {
        // Heads of nine octets are judged when they are whole; a stream of other octets shows within the first.
        end.head[end.head_size++] = octets[0];
        if (end.head_size < sizeof end.head) return 1;
        if (const auto expected = begin_frame(end, from); !expected.empty()) return wrong(in_head, expected);
        end.head_size = 0;
        return 1;
    }
    if (end.frame.type != frame_settings) return payload(end, octets);
    end.setting[(end.frame.length - end.left) % sizeof end.setting] = octets[0];
    --end.left;
    if (end.left % sizeof end.setting != 0) return 1;
    const auto expected = setting(end, from);
    return expected.empty() ? 1 : wrong("in settings", expected);
}

/// RFC 9113 6.1, 6.2, 6.6: the length of the padding, what the frame is for, the padding.
std::size_t Http2Machine::payload(End& end, Bytes octets) {
    constexpr std::string_view padding_that_fits = "padding that fits into the frame", in_padding = "in a frame's padding";
    if (end.pad_due) {
        const std::uint32_t fixed = end.frame.type == frame_push_promise                                        ? 4
                                    : end.frame.type == frame_headers && (end.frame.flags & flag_priority) != 0 ? 5
                                                                                                                : 0;
        if (octets[0] + fixed + 1 > end.left) return wrong(in_padding, padding_that_fits);
        end.padding = octets[0];
        end.pad_due = false;
        --end.left;
        return 1;
    }
    const bool padding = end.left <= end.padding;
    const std::size_t taken = std::min<std::size_t>(octets.size(), padding ? end.left : end.left - end.padding);
    if (padding) {
        const auto zeros = static_cast<std::size_t>(std::find_if(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(taken),
                                                                 [](std::uint8_t octet) { return octet != 0; }) -
                                                    octets.begin());
        if (zeros < taken) return wrong(in_padding, "zeros", zeros);
    }
    end.left -= static_cast<std::uint32_t>(taken);
    return taken;
}

std::string_view Http2Machine::begin_frame(End& end, Side from) {
    const std::uint32_t length = std::uint32_t{end.head[0]} << 16 | load_be16(end.head + 1);
    end.frame = {length, load_be32(end.head + 5), end.head[3], end.head[4]};
    const Frame& f = end.frame;
    const auto shape = std::find_if(std::begin(shapes), std::end(shapes), [&](const Shape& s) { return s.type == f.type; });
    if (shape == std::end(shapes)) return "a known type of frame";
    if (!end.began && (f.type != frame_settings || (f.flags & flag_ack) != 0)) return "SETTINGS first";
    end.began = true;
    if (f.length > end.most) return "at most as many octets as the other side takes";
    if (f.length < shape->least || f.length > shape->most) return "the length that the type has";
    if (f.type == frame_headers && (f.flags & flag_priority) != 0 && f.length < 5) return "the length that the type has";
    if (f.type == frame_settings && f.length % 6 != 0) return "settings of six octets each";
    if (f.type == frame_settings && (f.flags & flag_ack) != 0 && f.length > 0) return "an acknowledgement without settings";
    if ((f.flags & ~shape->flags) != 0) return "flags that the type has";
    if ((f.stream & 0x80000000) != 0) return "a stream's number of 31 bits";
    if (shape->on == Shape::On::connection && f.stream != 0) return "stream 0";
    if (shape->on == Shape::On::stream && f.stream == 0) return "a stream other than 0";
    if (const auto expected = on_stream(end, from); !expected.empty()) return expected;
    const bool opens_fields = f.type == frame_headers || f.type == frame_push_promise || f.type == frame_continuation;
    end.continues = opens_fields && (f.flags & flag_end_headers) == 0 ? f.stream : 0;
    if (from == Side::initiator) end.last_stream = std::max(end.last_stream, f.type == frame_headers ? f.stream : 0);
    promised_ = promised_ || f.type == frame_push_promise;
    end.left = f.length;
    end.padding = 0;
    end.pad_due = (f.flags & flag_padded) != 0;
    if (end.pad_due && f.length == 0) return "a length for the padding";
    return {};
}

std::string_view Http2Machine::on_stream(End& end, Side from) const {
    const Frame& f = end.frame;
    if (end.continues != 0 && (f.type != frame_continuation || f.stream != end.continues)) return "the rest of the fields";
    if (end.continues == 0 && f.type == frame_continuation) return "no rest of fields";
    if (f.type == frame_push_promise && from == Side::initiator) return "no promise of a client";
    // RFC 9113 5.1.1: a client opens streams with odd numbers; what is said of one comes behind its opening.
    const std::uint32_t opened = ends_[0].last_stream;
    if (from == Side::initiator && f.type == frame_headers && f.stream % 2 == 0) return "a stream with an odd number";
    const bool of_opened = f.type == frame_data || f.type == frame_rst_stream || (f.type == frame_headers && from == Side::responder);
    if (of_opened && f.stream % 2 == 1 && f.stream > opened) return "a stream that was opened";
    if (f.type == frame_push_promise && (f.stream % 2 == 0 || f.stream > opened)) return "a stream that was opened";
    // On a stream that a server promised only it sends (RFC 9113 8.4).
    const bool bears = f.type == frame_data || f.type == frame_headers;
    if (bears && f.stream % 2 == 0 && (from == Side::initiator || !promised_)) return "a stream that was promised";
    return {};
}

std::string_view Http2Machine::setting(End& end, Side from) {
    const std::uint32_t value = load_be32(end.setting + 2);
    if (load_be16(end.setting) != setting_max_frame_size) return {};
    if (value < 16'384 || value > 16'777'215) return "a frame size of 16,384 to 16,777,215 octets";
    End& peer = ends_[1 - static_cast<unsigned>(from)];
    peer.most = std::max(peer.most, value);
    return {};
}

bool Http2Machine::misses(Side from, std::uint64_t octets) {
    End& end = ends_[static_cast<unsigned>(from)];
    if (octets > end.left || end.frame.type == frame_settings || end.pad_due) return false;
    end.left -= static_cast<std::uint32_t>(octets);
    return true;
}

void Http2Machine::ends(Side from, bool reset, const Hearing&) {
    const End& end = ends_[static_cast<unsigned>(from)];
    if (!reset && (end.head_size > 0 || end.left > 0)) wrong(in_frames, "the rest of the frame");
}

}  // namespace sw

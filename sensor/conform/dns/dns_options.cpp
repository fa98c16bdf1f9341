/// EDNS (RFC 6891): what may stand in the pseudo-record OPT.
#include <algorithm>

#include "sensor/conform/dns/dns_message.hpp"

namespace sw {
namespace {

constexpr std::string_view in_edns = "in EDNS";

/// An option of known meaning. Lengths in octets; an option that only one side sends has none for the other (least > most).
struct Option {
    std::uint16_t code;
    std::uint16_t asked_least, asked_most, answered_least, answered_most;
    bool stream_only = false;
};

constexpr Option options[] = {
    {3, 0, 0, 0, 255},       // NSID            RFC 5001 2.1, 2.2
    {5, 0, 255, 1, 0},       // DAU             RFC 6975 4
    {6, 0, 255, 1, 0},       // DHU             RFC 6975 4
    {7, 0, 255, 1, 0},       // N3U             RFC 6975 4
    {8, 4, 20, 4, 20},       // client subnet   RFC 7871 6
    {10, 8, 40, 16, 40},     // cookie          RFC 7873 4
    {11, 0, 0, 2, 2, true},  // tcp-keepalive   RFC 7828 3.1
    {12, 0, 512, 0, 1500},   // padding         RFC 7830 3
    {15, 1, 0, 2, 512},      // extended error  RFC 8914 2
    {18, 1, 0, 2, 255},      // report channel  RFC 9567 5
};
constexpr std::uint16_t cookie = 10, padding = 12, report_channel = 18;

bool fits(const Option& o, bool is_answer, bool stream, std::size_t size) {
    const auto [least, most] = is_answer ? std::pair(o.answered_least, o.answered_most) : std::pair(o.asked_least, o.asked_most);
    return size >= least && size <= most && (stream || !o.stream_only);
}

}  // namespace

std::optional<DnsFault> read_dns_options(Bytes message, const DnsRecord& opt, bool is_answer, bool stream) {
    for (std::size_t at = opt.data; at < opt.data_end;) {
        if (opt.data_end - at < 4) return DnsFault{at, in_edns, "an option's code and length"};
        const std::uint16_t code = load_be16(&message[at]);
        const std::size_t size = load_be16(&message[at + 2]), begin = at + 4;
        if (size > opt.data_end - begin) return DnsFault{at + 2, in_edns, "an option that ends within EDNS"};
        const auto known = std::find_if(std::begin(options), std::end(options), [code](const Option& o) { return o.code == code; });
        if (known == std::end(options)) return DnsFault{at, in_edns, "an option that resolvers use"};
        if (!fits(*known, is_answer, stream, size)) return DnsFault{at + 2, in_edns, "the length and the sender that the option has"};
        if (code == cookie && size > 8 && size < 16) return DnsFault{at + 2, in_edns, "a cookie of 8, or of 16 to 40 octets"};
        for (std::size_t i = begin; code == padding && i < begin + size; ++i)
            if (message[i] != 0) return DnsFault{i, in_edns, "padding of zeros"};
        at = begin + size;
        std::size_t name = begin;
        if (code == report_channel && (!read_dns_name(message.first(at), name, DnsNameStyle::whole) || name != at))
            return DnsFault{name, in_edns, "the name of an agent, whole"};
    }
    return std::nullopt;
}

}  // namespace sw

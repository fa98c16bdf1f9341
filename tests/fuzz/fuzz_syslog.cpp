// Any octets as a syslog message, and as a stream of them: each view lies within its octets, what is shown is clean, and a stream
// cut anywhere makes the same messages. The first octet says how the stream is cut.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "collector/syslog/framing.hpp"
#include "collector/syslog/syslog_message.hpp"
#include "rules/base/text.hpp"

namespace {

void check(bool holds) {
    if (!holds) std::abort();
}

constexpr sw::Timestamp received{std::int64_t{1'795'348'800} * 1'000'000'000};

void check_message(std::string_view octets) {
    const sw::SyslogMessage m = sw::parse_syslog(octets, received);
    check(m.facility <= 23 && m.severity <= 7);
    for (const std::string_view view : {m.stamp, m.host, m.app_name, m.proc_id, m.msg_id, m.structured_data, m.text}) {
        check(view.empty() || (view.data() >= octets.data() && view.data() + view.size() <= octets.data() + octets.size()));
        for (const char c : sw::escape_for_display(view)) check(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
    }
    check(m.odd.empty() || m.odd_offset <= octets.size());
    check(!m.stamp.empty() || !m.claimed);
    check(m.format == sw::SyslogFormat::rfc5424 || m.structured_data.empty());
    sw::StructuredWalk walk(m.structured_data);
    std::size_t parameters = 0;
    while (const auto p = walk.next()) {
        check(!p->id.empty());
        check(++parameters <= octets.size());
    }
    check(m.structured_data.empty() || parameters > 0);
}

std::vector<std::string> messages_of(std::string_view stream, std::size_t piece, sw::FramingCounts& counts) {
    sw::SyslogFraming framing(sw::FramingKind::undecided, {256});
    std::vector<std::string> out;
    const auto sink = [&out](std::string_view m) {
        check(!m.empty() && m.size() <= 256);
        out.emplace_back(m);
    };
    for (std::size_t at = 0; at < stream.size(); at += piece)
        if (!framing.feed(stream.substr(at, piece), sink)) break;
    framing.end(sink);
    counts = framing.counts();
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view octets(reinterpret_cast<const char*>(data), size);
    check_message(octets);
    if (size < 2) return 0;
    sw::FramingCounts whole, cut;
    const auto at_once = messages_of(octets.substr(1), size, whole);
    const auto in_pieces = messages_of(octets.substr(1), data[0] % 16 + 1u, cut);
    check(at_once == in_pieces);
    check(whole.messages == cut.messages && whole.lies == cut.lies && whole.cut == cut.cut && whole.torn == cut.torn &&
          whole.empty == cut.empty);
    check(whole.messages == at_once.size());
    for (const std::string& m : at_once) check_message(m);
    return 0;
}

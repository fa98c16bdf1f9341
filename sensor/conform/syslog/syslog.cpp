#include "sensor/conform/syslog/syslog.hpp"

namespace sw {
namespace {

constexpr std::string_view in_message = "in a message", in_count = "before a message";

/// C0 but TAB, and DEL. What of C1 is in UTF-8, and what turns a line around, the reader of its text says.
bool is_control(std::uint8_t octet) { return (octet < 0x20 && octet != '\t') || octet == 0x7f; }

std::optional<Breach> answered(Side from, std::uint64_t offset, Bytes octets) {
    return breach_of(Reason::syslog_answered, from, offset, octets, "listening", "nothing");
}

}  // namespace

/// What ends a line or a string is no part of the message: NUL, LF, CR, in this order from the end.
Bytes SyslogDatagrams::without_end(Bytes message) {
    for (const std::uint8_t end : {std::uint8_t{0}, std::uint8_t{0x0a}, std::uint8_t{0x0d}})
        if (!message.empty() && message.back() == end) message = message.first(message.size() - 1);
    return message;
}

std::optional<Breach> SyslogDatagrams::octets(Side from, Bytes octets, Timestamp, Listener&) {
    if (from == Side::responder) return answered(from, 0, octets);
    const Bytes message = without_end(octets);
    syslog::HeaderReader header;
    for (std::size_t i = 0; i < message.size(); ++i) {
        std::string_view expected = header.take(message[i]);
        if (expected.empty() && is_control(message[i])) expected = "no control octets";
        if (!expected.empty()) return breach_of(Reason::not_speaking, from, i, octets.subspan(i), in_message, expected);
    }
    if (header.may_end()) return std::nullopt;
    return breach_of(Reason::not_speaking, from, message.size(), octets.subspan(message.size()), in_message, "the rest of it");
}

/// RFC 6587 3.4: a digit begins a count, an angle bracket a message.
std::size_t SyslogStream::begin(std::uint8_t octet) {
    header_ = {};
    left_ = size_ = 0;
    if (octet == '<') {
        part_ = Part::line;
        header_.take(octet);
        return 1;
    }
    if (octet < '1' || octet > '9') return wrong(in_count, "a count or an angle bracket");
    part_ = Part::count;
    left_ = octet - '0';
    return 1;
}

std::size_t SyslogStream::take(Side from, Bytes octets, const Hearing&) {
    if (from == Side::responder) return wrong(Reason::syslog_answered, "listening", "nothing");
    const std::uint8_t octet = octets[0];
    if (part_ == Part::begin) return begin(octet);
    if (part_ == Part::count) {
        if (octet == ' ') {
            part_ = Part::counted;
            return 1;
        }
        left_ = octet >= '0' && octet <= '9' ? left_ * 10 + (octet - '0') : most_octets + 1;
        return left_ <= most_octets ? 1 : wrong(in_count, "a count of at most 65,536, and a blank");
    }
    if (++size_ > most_octets) return wrong(in_message, "a message of at most 65,536 octets");
    const bool ends = part_ == Part::line && octet == '\n';
    if (!ends) {
        if (const auto expected = header_.take(octet); !expected.empty()) return wrong(in_message, expected);
        if (part_ == Part::line || --left_ > 0) return 1;
    }
    if (!header_.may_end()) return wrong(in_message, "the rest of it", ends ? 0 : 1);
    part_ = Part::begin;
    return 1;
}

void SyslogStream::ends(Side from, bool reset, const Hearing&) {
    // Senders leave out the line feed of their last message.
    const bool whole = part_ == Part::begin || (part_ == Part::line && header_.may_end());
    if (from == Side::initiator && !reset && !whole) wrong(in_message, "the rest of it");
}

Machine* SyslogProtocol::make(void* memory, const Opening& opening) {
    if (opening.datagrams) return new (memory) SyslogDatagrams();
    return new (memory) SyslogStream();
}

}  // namespace sw

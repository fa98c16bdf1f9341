#pragma once
/// DNS messages (RFC 1035 4, RFC 6891), read whole: everything that a question and an answer may be, and nothing else.
#include <cstdint>
#include <optional>
#include <string_view>

#include "rules/base/bytes.hpp"
#include "rules/packet/reason.hpp"
#include "rules/policy/dns_policy.hpp"
#include "sensor/conform/dns/dns_name.hpp"

namespace sw {

enum class DnsSection : std::uint8_t { answer, authority, additional };

/// One record; borrows from its message.
struct DnsRecord {
    DnsName owner;
    std::uint16_t type = 0, klass = 0;
    std::uint32_t ttl = 0;
    std::size_t begin = 0;               ///< of the record, in the message
    std::size_t data = 0, data_end = 0;  ///< of its data, in the message
};

/// The first octet of a message that is wrong. Both texts are static.
struct DnsFault {
    std::size_t at;
    std::string_view state, expected;
    Reason reason = Reason::not_speaking;
};

/// What a message that was read says.
struct DnsMessage {
    static constexpr std::size_t header_octets = 12, most_datagram_octets = 4096;

    std::uint16_t id = 0;
    std::uint8_t code = 0;         ///< of an answer: the low four bits of its response code
    bool truncated = false;        ///< an answer over UDP that has more to say over TCP
    bool has_question = false;     ///< always in a question; an answer that refuses may be without
    DnsName name;                  ///< of the question
    std::uint16_t type = 0;        ///< of the question
    std::size_t question_end = 0;  ///< where the question ends; it begins behind the header
    std::uint16_t room = 512;      ///< of a question: octets that its sender takes in one datagram
    bool edns = false;             ///< it bears EDNS
    std::uint32_t txt_octets = 0;  ///< of TXT data in all sections of an answer
    std::uint16_t answers = 0;     ///< records in the answer section
};

/// The header alone, as soon as its 12 octets are there.
/// in: stream  the message came over TCP: it cannot be truncated
std::optional<DnsFault> read_dns_header(Bytes message, bool is_answer, bool stream, DnsMessage& out);

/// A question: header, one question of class IN, at most EDNS behind it, no octet more.
std::optional<DnsFault> read_dns_question(Bytes message, bool stream, DnsMessage& out);

/// An answer: header, the question, and in each section only records of the types that belong there; those of the answer
/// section are about the name that was asked, or about what its aliases lead to, in that order.
/// cost: one pass; nothing is allocated
std::optional<DnsFault> read_dns_answer(Bytes message, bool stream, DnsMessage& out);

/// The record at `at`, and `at` moved behind it. For messages that read_dns_answer accepted: nullopt never comes there.
std::optional<DnsRecord> read_dns_record(Bytes message, std::size_t& at);

/// Does the data of a record have the form of its type? (RFC 1035 3.3 and those that dns_policy names.) Types without a
/// known form may hold anything.
/// errors: the place of the first octet that does not fit
std::optional<std::size_t> misformed_dns_data(Bytes message, const DnsRecord& record);

/// The options of EDNS (RFC 6891 6.1.2), of those kinds that resolvers exchange.
std::optional<DnsFault> read_dns_options(Bytes message, const DnsRecord& opt, bool is_answer, bool stream);

}  // namespace sw

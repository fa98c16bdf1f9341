#include "sensor/conform/dns/dns.hpp"

#include <algorithm>

#include "sensor/conform/stream_machine.hpp"

namespace sw {
namespace {

constexpr std::string_view in_question = "in the question", in_header = "in the header";

/// Labels of one hexadecimal digit at the front of a name: an IPv6 address backwards, in its reverse zone or a block list.
unsigned leading_digits(const DnsName& name) {
    unsigned n = 0;
    for (std::string_view rest = name.wire(); n < 32 && rest.size() >= 2 && rest[0] == 1; rest.remove_prefix(2), ++n)
        if (!((rest[1] >= '0' && rest[1] <= '9') || (rest[1] >= 'a' && rest[1] <= 'f'))) break;
    return n;
}

/// Those digits count as one label, and as one octet.
struct Extent {
    unsigned labels, octets;
};
Extent extent_of(const DnsName& name) {
    const unsigned digits = leading_digits(name);
    if (digits < 2) return {name.labels(), name.text_size()};
    return {name.labels() - digits + 1, name.text_size() - 2 * (digits - 1)};
}

}  // namespace

DnsProtocol::DnsProtocol(const DnsLimits& limits, const std::vector<DnsPin>& pins, const std::array<std::uint8_t, 16>& hash_key)
    : key_(hash_key), limits_(limits), pins_(pins), budget_(key_) {}

std::uint64_t DnsProtocol::asker(const Sender& sender, const DnsMessage& read) const {
    return key_.hash<2, 4>(std::array<std::uint64_t, 2>{sender.conversation, read.id});
}

/// As it stands there: who answers repeats the name as it was spelt (RFC 1035 4.1.2; what resolvers mix case for).
std::uint64_t DnsProtocol::question(Bytes message, const DnsMessage& read) const {
    const Bytes part = message.subspan(DnsMessage::header_octets, read.question_end - DnsMessage::header_octets);
    return hash_octets(key_, {reinterpret_cast<const char*>(part.data()), part.size()});
}

std::optional<DnsFault> DnsProtocol::within_limits(const DnsMessage& question, const Sender& sender, Timestamp now) {
    if (!std::binary_search(limits_.types.begin(), limits_.types.end(), question.type))
        return DnsFault{question.question_end - 4, in_question, "a type that the rule lets ask for", Reason::dns_type};
    const Extent extent = extent_of(question.name);
    const auto too_much = [](std::string_view expected) {
        return DnsFault{DnsMessage::header_octets, in_question, expected, Reason::dns_budget};
    };
    if (extent.octets > limits_.max_name) return too_much("a name as short as the rule says (max_name)");
    if (extent.labels > limits_.max_labels) return too_much("a name of as few labels as the rule says (max_labels)");
    if (!budget_.ask(sender.account, question.name, limits_, now)) return too_much("as few names as the rule says (names_per_hour)");
    return std::nullopt;
}

std::optional<DnsFault> DnsProtocol::judge_question(Bytes message, bool stream, const Sender& sender, Timestamp now) {
    DnsMessage read;
    if (auto fault = read_dns_question(message, stream, read)) return fault;
    if (auto fault = within_limits(read, sender, now)) return fault;
    if (questions_.ask({asker(sender, read), question(message, read)}, {read.room, read.edns}, now)) return std::nullopt;
    return DnsFault{0, in_header, "at most 65,536 questions within a minute", Reason::dns_budget};
}

std::optional<DnsFault> DnsProtocol::judge_answer(Bytes message, bool stream, const Sender& sender, Timestamp now) {
    DnsMessage read;
    if (auto fault = read_dns_answer(message, stream, read)) return fault;
    const std::uint64_t what = read.has_question ? question(message, read) : 0;
    DnsAsker waiting;
    switch (questions_.answer(asker(sender, read), read.has_question ? &what : nullptr, now, waiting)) {
        case DnsQuestions::Answered::expected:
            break;
        case DnsQuestions::Answered::again:
            return DnsFault{0, in_header, "one answer to each question", Reason::dns_duplicate_answer};
        case DnsQuestions::Answered::unsolicited:
            return DnsFault{0, in_header, "the id and the spelling of a question that waits", Reason::dns_unsolicited_answer};
    }
    if (!stream && message.size() > waiting.room) return DnsFault{waiting.room, "over UDP", "as many octets as the asker has room for"};
    if (read.edns && !waiting.edns) return DnsFault{10, in_header, "no EDNS where the question had none"};
    if (!pins_.hold(message, read))
        return DnsFault{DnsMessage::header_octets, "in the answer section", "the records that the policy pins", Reason::dns_pin};
    if (!budget_.take_txt(sender.account, read.txt_octets, limits_, now))
        return DnsFault{DnsMessage::header_octets, "in the answer section", "as few octets of TXT as the rule says (txt_octets_per_hour)",
                        Reason::dns_budget};
    return std::nullopt;
}

/// A conversation over UDP: each datagram is a message.
class DnsMachine : public Machine {
public:
    DnsMachine(DnsProtocol& protocol, std::size_t account) : protocol_(protocol), sender_{++protocol.conversations_, account} {}

    std::optional<Breach> octets(Side from, Bytes octets, Timestamp now, Listener&) override {
        if (octets.size() > DnsMessage::most_datagram_octets)
            return breach_of(Reason::not_speaking, from, DnsMessage::most_datagram_octets, octets.subspan(DnsMessage::most_datagram_octets),
                             "over UDP", "a message of at most 4,096 octets");
        const auto fault = judge(from, octets, false, now);
        if (!fault) return std::nullopt;
        return breach_of(fault->reason, from, fault->at, octets.subspan(std::min(fault->at, octets.size())), fault->state, fault->expected);
    }
    std::optional<Breach> end(Side, bool, Timestamp, Listener&) override { return std::nullopt; }
    bool gap(Side, std::uint64_t) override { return false; }

protected:
    std::optional<DnsFault> judge(Side from, Bytes message, bool stream, Timestamp now) {
        return from == Side::initiator ? protocol_.judge_question(message, stream, sender_, now)
                                       : protocol_.judge_answer(message, stream, sender_, now);
    }

    DnsProtocol& protocol_;

private:
    DnsProtocol::Sender sender_;
};

/// A conversation over TCP (RFC 1035 4.2.2, RFC 7766): messages behind their lengths, as many as they like, answers in any
/// order. What is wrong is found as soon as the length, the header or the whole message is there.
class DnsStream final : public DnsMachine {
public:
    using DnsMachine::DnsMachine;
    ~DnsStream() override {
        for (Direction& d : directions_) let_go(d);
    }

    std::optional<Breach> octets(Side from, Bytes octets, Timestamp now, Listener&) override {
        Direction& d = directions_[static_cast<unsigned>(from)];
        while (!octets.empty()) {
            const std::size_t step = next_step(d), n = std::min(step - d.held.size(), octets.size());
            if (!hold(d, octets.first(n)))
                return breach_of(Reason::dns_budget, from, d.offset + d.held.size(), octets, in_part, "at most 8 MiB of messages in part");
            octets = octets.subspan(n);
            if (d.held.size() < step) break;
            if (const auto fault = at_step(from, d, now)) {
                const std::size_t at = std::min(prefix + fault->at, d.held.size());
                return breach_of(fault->reason, from, d.offset + at, Bytes(d.held).subspan(at), fault->state, fault->expected);
            }
            if (step >= prefix && step == message_end(d)) {
                d.offset += step;
                let_go(d);
            }
        }
        return std::nullopt;
    }

    std::optional<Breach> end(Side from, bool reset, Timestamp, Listener&) override {
        const Direction& d = directions_[static_cast<unsigned>(from)];
        if (reset || d.held.empty()) return std::nullopt;
        return breach_of(Reason::not_speaking, from, d.offset + d.held.size(), {}, in_part, "the rest of the message");
    }

private:
    static constexpr std::string_view in_part = "in a message over TCP";
    static constexpr std::size_t prefix = 2, header_end = prefix + DnsMessage::header_octets;
    /// A question is its header, one name and EDNS; the least one asks for the root.
    static constexpr std::size_t least_question = 17, most_question = 1024;

    struct Direction {
        std::uint64_t offset = 0;        ///< of the message that is being read, in the stream
        std::vector<std::uint8_t> held;  ///< it, behind its length, so far
    };

    static std::size_t message_end(const Direction& d) { return prefix + load_be16(d.held.data()); }
    static std::size_t next_step(const Direction& d) {
        if (d.held.size() < prefix) return prefix;
        return d.held.size() < header_end ? std::min(header_end, message_end(d)) : message_end(d);
    }

    std::optional<DnsFault> at_step(Side from, const Direction& d, Timestamp now) {
        const std::size_t size = message_end(d) - prefix;
        const Bytes message = Bytes(d.held).subspan(prefix);
        if (message.size() == size) return judge(from, message, true, now);
        const bool asks = from == Side::initiator;
        if (message.empty()) {
            if (asks && (size < least_question || size > most_question)) return bad_length("the length of a question, 17 to 1,024 octets");
            if (size < DnsMessage::header_octets) return bad_length("the length of an answer, at least 12 octets");
            return std::nullopt;
        }
        DnsMessage read;
        return read_dns_header(message, !asks, true, read);
    }
    /// At the length itself, before the message.
    static std::optional<DnsFault> bad_length(std::string_view expected) { return DnsFault{std::size_t{0} - prefix, in_part, expected}; }

    bool hold(Direction& d, Bytes octets) {
        if (protocol_.held_octets_ + octets.size() > DnsProtocol::most_held_octets) return false;
        protocol_.held_octets_ += octets.size();
        d.held.insert(d.held.end(), octets.begin(), octets.end());
        return true;
    }
    void let_go(Direction& d) {
        protocol_.held_octets_ -= d.held.size();
        d.held = {};
    }

    Direction directions_[2];
};

void DnsProtocol::forget() {
    questions_.clear();
    budget_ = DnsBudget(key_);
}

std::size_t DnsProtocol::machine_octets() const { return std::max(sizeof(DnsMachine), sizeof(DnsStream)); }

Machine* DnsProtocol::make(void* memory, const Opening& opening) {
    const std::size_t account = budget_.account_of(opening.initiator);
    if (opening.datagrams) return new (memory) DnsMachine(*this, account);
    return new (memory) DnsStream(*this, account);
}

}  // namespace sw

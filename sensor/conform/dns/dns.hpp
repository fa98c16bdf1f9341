#pragma once
/// DNS (RFC 1035, 6891, 7766): the initiator asks, the responder answers each question once, and nothing else is said.
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "sensor/conform/dns/dns_budget.hpp"
#include "sensor/conform/dns/dns_message.hpp"
#include "sensor/conform/dns/dns_pins.hpp"
#include "sensor/conform/dns/dns_questions.hpp"
#include "sensor/conform/protocol.hpp"

namespace sw {

/// What the conversations of one rule share: limits, pins, questions that wait, accounts of initiators.
/// memory: 3.5 MiB for questions; names of an hour, at most 16 octets each, of at most 65 accounts; 8 MiB of messages in part
class DnsProtocol final : public Protocol {
public:
    /// hash_key: SipHash; verdicts do not depend on it
    DnsProtocol(const DnsLimits& limits, const std::vector<DnsPin>& pins, const std::array<std::uint8_t, 16>& hash_key);

    std::size_t machine_octets() const override;
    Machine* make(void* memory, const Opening& opening) override;
    void forget() override;

private:
    friend class DnsMachine;
    friend class DnsStream;

    /// Of all messages that came in part, of all conversations of the rule.
    static constexpr std::size_t most_held_octets = std::size_t{8} << 20;

    /// Whose message it is.
    struct Sender {
        std::uint64_t conversation;
        std::size_t account;
    };

    /// The verdict on one whole message; nullopt: it may pass.
    std::optional<DnsFault> judge_question(Bytes message, bool stream, const Sender& sender, Timestamp now);
    std::optional<DnsFault> judge_answer(Bytes message, bool stream, const Sender& sender, Timestamp now);
    std::optional<DnsFault> within_limits(const DnsMessage& question, const Sender& sender, Timestamp now);
    std::uint64_t asker(const Sender& sender, const DnsMessage& read) const;
    std::uint64_t question(Bytes message, const DnsMessage& read) const;

    SipKey key_;
    DnsLimits limits_;
    DnsPins pins_;
    DnsQuestions questions_;
    DnsBudget budget_;
    std::uint64_t conversations_ = 0;
    std::size_t held_octets_ = 0;
};

}  // namespace sw

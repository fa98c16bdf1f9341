#pragma once
/// A policy compiled for one datalink, asked about packets. What a question costs does not grow with the number of
/// rules: rules whose byte code provably reads only flow-key fields answer through the class memo, the others are run.
#include <cstdint>
#include <memory>

#include "rules/packet/packet.hpp"
#include "rules/policy/nearest.hpp"
#include "rules/policy/policy.hpp"

namespace sw {

class RuleJudge {
public:
    /// errors: a rule does not compile for link: names the rule, the link, libpcap's words. Mode tcpdump compiles the union, too.
    static Result<RuleJudge> make(const Policy& policy, Datalink link, Mode mode);
    RuleJudge(RuleJudge&&) noexcept;
    RuleJudge& operator=(RuleJudge&&) noexcept;
    ~RuleJudge();

    /// Index of the first rule that accepts and is not past its until; expired: the first that would, but is.
    struct Asked {
        int rule = -1;
        int expired = -1;
    };

    /// The rules, asked about one packet: each of its classes is looked up once, however much is asked.
    class About;
    /// lifetime: packet outlives it, and so does this object where it is
    About about(const Packet& packet, Timestamp ts);

    /// The first forbid rule that matches the frame, or -1.
    int forbidden(const Packet& packet, Timestamp ts);
    /// Does forbidden() depend on nothing but the five-tuple for plain packets of this network (and is no forbid rule to expire)?
    bool forbids_by_tuple(Network network);

    /// Allow rules, asked about this very frame. anomalies: those that a rule must accept by name.
    Asked opening(const Packet& packet, const ReasonSet& anomalies, Timestamp ts);
    /// Allow rules, asked about the packet that would open this packet's conversation: by its sender, or (swapped) by its
    /// receiver. Only for IP; TCP is asked as a SYN, ICMP as an echo request.
    Asked conversation(const Packet& packet, bool swapped, Timestamp ts);
    /// Housekeeping rules, asked about this very frame.
    Asked housekeeping(const Packet& packet, const ReasonSet& anomalies, Timestamp ts);

    /// Mode tcpdump: does "tcpdump -r" print this frame under the union of all allow and housekeeping rules?
    /// rule: the first that matches alone, -1 if only the union does
    bool printed(const Packet& packet, int& rule) const;

    /// Index of the nearest allow or housekeeping rule, -1: none. swapped: the receiver is the initiator.
    int nearest_rule(const Packet& packet, bool swapped);
    Nearest nearest(const Packet& packet, bool swapped) const;

    /// For tests: answer everything by running the programs.
    void without_memo();

private:
    struct Impl;
    /// What all packets of one class are answered.
    struct Answer {
        static constexpr int unknown = -2;
        int allow = -1, expired = -1, forbid = -1;
        int nearest = unknown;  ///< as nearest_rule() says
    };
    explicit RuleJudge(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

class RuleJudge::About {
public:
    About(RuleJudge& judge, const Packet& packet, Timestamp ts) : rules_(judge.impl_.get()), packet_(&packet), ts_(ts) {}

    // As the functions of RuleJudge.
    int forbidden();
    Asked opening(const ReasonSet& anomalies);
    Asked conversation(bool swapped);
    Asked housekeeping(const ReasonSet& anomalies) const;
    int nearest_rule(bool swapped);
    bool is_about(const Packet& packet) const { return packet_ == &packet; }

private:
    const Answer& own();
    const Answer& imagined(bool swapped);
    bool imagines_itself() const;

    Impl* rules_;
    const Packet* packet_;
    Timestamp ts_;
    bool knows_own_ = false, knows_imagined_[2] = {false, false};
    Answer own_, imagined_[2];
};

}  // namespace sw

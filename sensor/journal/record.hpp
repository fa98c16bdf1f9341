#pragma once
/// What a sensor says, record by record: the contents of a journal, and what the store takes. Plain data. A reader of
/// records needs no policy: rules appear by name, and the policy's text comes with the run.
#include <optional>
#include <string>
#include <vector>

#include "rules/base/bytes.hpp"
#include "rules/packet/address.hpp"
#include "rules/packet/encapsulation.hpp"
#include "rules/packet/packet.hpp"
#include "rules/policy/policy.hpp"
#include "sensor/capture/frame.hpp"
#include "sensor/engine.hpp"

namespace sw {

/// Opens every segment and every run: who judged, by which policy.
struct RunRecord {
    std::string program;  ///< "span-watcher 0.1.0 replay"
    std::string source;   ///< interface, or "replay"
    std::string policy_sha256, policy_path, policy_text;
    Mode mode = Mode::flow;
    bool unconfined = false;
    Timestamp began{};  ///< wall clock; tells this run from others of its journal
};

/// A cause seen for the first time in this run (or this segment). What makes two findings of different runs the same
/// one is `shape`: everything that does not depend on the policy's wording.
struct FindingRecord {
    struct Shape {
        ReasonSet reasons;
        std::string forbid;  ///< name of the forbid rule, for BLACK; else ""
        Network network = Network::none;
        std::uint8_t proto = 0;
        std::uint16_t ethertype = 0;
        Direction direction = Direction::unknown;
        Address initiator, responder;
        std::uint16_t port = 0;
        bool any_initiator = false, any_responder = false, any_port = false, rest = false;
        std::string breach = {};  ///< Misspoken::kind(), of a conversation that did not speak its protocol; else ""
        bool operator==(const Shape&) const = default;
    };
    std::uint32_t finding = 0;  ///< number within the run (Finding::id)
    Shape shape;
    Severity severity = Severity::high;
    std::string nearest;  ///< name of the nearest rule, or ""
    std::string sentence;
    std::vector<std::string> why;
    std::string detail;
    std::string mac;    ///< of the first packet's sender, or ""
    std::string alarm;  ///< id of the alarm that the sensor has rung for it itself; "": none, others are to tell people
};

/// One greylisted or blacklisted packet, whole. Counts one for its finding.
/// Or an earlier packet of the conversation that a finding began with: it was allowed when it came, is counted as that, and counts nothing
/// here. Such ones come right behind the finding's first packet, in the order of time.
struct PacketRecord {
    Frame frame;  ///< borrowed for the call
    std::uint32_t finding = 0;
    Verdict verdict = Verdict::grey;
    ReasonSet reasons;
    std::string_view comment;   ///< the sentence that Wireshark shows; borrowed
    std::uint32_t earlier = 0;  ///< so many packets of its conversation before the finding's first; 0: it is a packet of the finding
    Wrapping wrapping{};        ///< what a mirror put around the frame: what was judged is without it
    Datalink inner_link{};      ///< of what was judged, where something was taken off

    std::uint32_t judged_len() const { return frame.len - wrapping.octets(); }
};

/// Packets of a finding whose frames are not in the journal (samples dropped, never counts).
struct CountRecord {
    std::uint32_t finding = 0;
    std::uint64_t packets = 0, octets = 0;
    Timestamp first, last;
};

/// What an end of a conversation called itself. Escaped, bounded.
struct FlowName {
    bool responder = false;  ///< it was the responder who said so
    std::string what;        ///< hello-name, server-name, ident, banner, certificate
    std::string name;
    bool operator==(const FlowName&) const = default;
};

/// One conversation that ended (or that the end of the run cut off). Of a rule with ledger = true, also one that lives: told when
/// it opens, when a name is learnt, and once an interval.
struct FlowRecord {
    std::string rule;
    FiveTuple tuple;                                ///< initiator first
    std::uint64_t packets[2] = {}, octets[2] = {};  ///< sent by initiator, responder
    Timestamp first, last;
    bool provisional = false;
    bool complete = false;  ///< TCP: closed by both; UDP, echo: idle. false: the run ended first, or it timed out
    bool ledger = false;    ///< its rule wants account of it
    bool live = false;      ///< with ledger: it goes on; the record of its end has the same rule, tuple and opened
    Timestamp opened{};     ///< with ledger: of its first packet
    std::vector<FlowName> names{};
};

/// A TCP conversation of a mail or login service in which the responder has said something: such a one leaves a line in the
/// responder's log. Its FlowRecord comes when it ends, which may be days later.
struct OpeningRecord {
    std::string rule;
    std::string service;       ///< ssh, smtp, imap or pop3: what the rule speaks; of one that speaks tls, by its port
    FiveTuple tuple;           ///< initiator first
    Timestamp first;           ///< its first packet
    Timestamp answered;        ///< the responder's first octets
    std::uint64_t number = 0;  ///< frame of those, within its file
    bool provisional = false;  ///< picked up in the middle: first is not its beginning
};

/// A syslog datagram that an allow rule with speaks = "syslog" let pass (or that came in on a socket of our own), whole.
struct LogRecord {
    std::string rule;          ///< "" from a socket
    FiveTuple tuple;           ///< from the sender to the sink
    std::string mac;           ///< the sender's on this network, or ""
    Timestamp ts;              ///< packet time
    std::uint64_t number = 0;  ///< frame within its file, from 1
    Bytes octets;              ///< the datagram's payload, hostile, 0..65,527; borrowed for the call
};

/// Who talked to whom by which rule within one interval of packet time.
struct ChartRecord {
    Timestamp start;   ///< a multiple of chart_interval
    std::string rule;  ///< of allowed packets
    Address initiator, responder;
    std::uint8_t proto = 0;
    std::uint16_t port = 0;  ///< of the responder; ICMP: 0
    std::uint64_t packets = 0, octets = 0, flows = 0;
};
inline constexpr Duration chart_interval = std::chrono::minutes{5};

/// What was seen in a stretch of time, and what is known to be missing. A number that nobody could read is absent, never 0.
struct CoverageRecord {
    Timestamp from, to;  ///< packet time of first and last frame
    std::string file;    ///< of a replay: its name; else ""
    std::uint64_t frames = 0, octets = 0, allowed = 0, greylisted = 0, blacklisted = 0, flows = 0, clock_steps = 0;
    std::optional<std::uint64_t> kernel_drops, interface_drops;
    std::optional<std::uint64_t> mirror_lost{};  ///< packets of a mirror that did not get here, by their sequence numbers
    std::uint64_t samples_dropped = 0;
    std::uint64_t logs = 0, logs_dropped = 0;  ///< syslog datagrams: seen; of those, not in the journal: no room, or in fragments
    std::string error;                         ///< "" or why it ended early: "stopped at frame 17, offset 1234: ..."
    bool told = false;                         ///< the sensor rings for what is missing itself
};

/// Once a second of a live sensor: it is alive.
struct HeartbeatRecord {
    Timestamp at;  ///< wall clock
    std::uint64_t frames = 0;
    std::uint64_t samples_dropped = 0;
};

/// Takes records in order. One run: run(), then the others; a finding() precedes all that name its number.
class RecordSink {
public:
    virtual ~RecordSink() = default;
    virtual void run(const RunRecord&) = 0;
    virtual void finding(const FindingRecord&) = 0;
    virtual void packet(const PacketRecord&) = 0;
    virtual void count(const CountRecord&) = 0;
    virtual void flow(const FlowRecord&) = 0;
    virtual void opening(const OpeningRecord&) = 0;
    virtual void log(const LogRecord&) = 0;
    virtual void chart(const ChartRecord&) = 0;
    virtual void coverage(const CoverageRecord&) = 0;
    virtual void heartbeat(const HeartbeatRecord&) = 0;
};

}  // namespace sw

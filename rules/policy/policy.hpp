#pragma once
/// A policy: what may happen in an enclave. Plain data, made by load_policy, never changed afterwards.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rules/base/result.hpp"
#include "rules/base/time.hpp"
#include "rules/packet/address.hpp"
#include "rules/packet/encapsulation.hpp"
#include "rules/packet/reason.hpp"
#include "rules/policy/budget.hpp"
#include "rules/policy/diagnostic.hpp"
#include "rules/policy/dns_policy.hpp"
#include "rules/policy/filter.hpp"
#include "rules/policy/log_section.hpp"

namespace sw {

enum class Mode : std::uint8_t { flow, packet, tcpdump };
std::string_view to_string(Mode m);
std::optional<Mode> mode_from(std::string_view word);

enum class RuleKind : std::uint8_t { allow, forbid, housekeeping };
std::string_view to_string(RuleKind k);

/// What a rule's conversations must show where they show it at all (the key pin). What is empty pins nothing.
struct Pins {
    std::string banner;                         ///< regular expression (RE2) for the first line of the responder's greeting, whole
    std::vector<std::string> hello;             ///< names that the initiator may give itself, lower case
    std::vector<std::string> server_name;       ///< TLS: names that a client may ask for, lower case; it must ask for one
    std::vector<std::string> alpn;              ///< TLS: protocols that may be offered or chosen
    std::vector<std::string> certificate;       ///< TLS: SHA-256 of the server's certificate, lower-case hex
    std::vector<std::string> certificate_name;  ///< TLS: the server's certificate bears one of these, and its dates hold
    std::string tls;                            ///< the oldest version allowed: "1.0" to "1.3"
    std::string ident;                          ///< regular expression for the responder's SSH identification, whole

    bool operator==(const Pins&) const = default;
    bool empty() const { return *this == Pins{}; }
};

struct Rule {
    RuleKind kind = RuleKind::allow;
    std::string name;    ///< unique in the policy
    Filter filter;       ///< as written, and as a tree with $names expanded
    std::string speaks;  ///< "" or the protocol that its conversations must speak
    Pins pins;           ///< only with speaks
    std::string owner, reason;
    std::optional<Timestamp> until;      ///< inactive from this instant (packet time)
    ReasonSet accept;                    ///< anomalies waived for this rule
    std::optional<DnsLimits> dns;        ///< only where speaks is dns; none: the defaults
    bool cleartext_login = false;        ///< only where speaks is imap or pop3: a login without TLS is no breach
    Budget budget;                       ///< of its conversations
    bool ledger = false;                 ///< its conversations are told one by one, from their opening on
    std::uint32_t line = 0, column = 0;  ///< of the filter's text in the file
};

/// Which VLAN tags an Ethernet frame bears: none, one of tags, or two of stacks (the outer one first).
struct VlanSet {
    bool untagged = true;
    bool priority = false;                                        ///< a tag of VLAN 0, which says a priority alone, counts as none
    std::vector<std::uint16_t> tags;                              ///< ascending, each once
    std::vector<std::pair<std::uint16_t, std::uint16_t>> stacks;  ///< ascending, each once

    /// No frame may be tagged.
    bool none() const { return untagged && !priority && tags.empty() && stacks.empty(); }
    bool operator==(const VlanSet&) const = default;
};

/// How the frames come that a switch mirrors: wrapped, from one sender to one receiver.
struct Mirror {
    MirrorFormat format;                 ///< kind none: as they are
    Filter outer;                        ///< of the packets that wrap them
    std::uint32_t line = 0, column = 0;  ///< of outer's text in the file

    bool wraps() const { return format.kind != Encapsulation::none; }
};

struct Wire {
    VlanSet vlans;
    Mirror mirror;
    std::vector<MacAddress> watcher_macs;
    std::vector<Address> watcher_addresses;
    ReasonSet ignore;  ///< anomalies waved through everywhere
};

struct Policy {
    std::string path;
    std::string text;    ///< the file as read
    std::string sha256;  ///< of text, lower-case hex
    std::string enclave;
    Mode mode = Mode::flow;
    int timezone_offset = 0;  ///< minutes that local time is ahead of UTC: whose hours budgets mean
    std::vector<Prefix> home;
    Names names;
    std::vector<Rule> rules;  ///< in file order, all kinds
    Wire wire;
    std::vector<DnsPin> dns_pins;
    LogSection log;

    bool is_home(const Address& a) const;
    /// The name that [names] gives exactly this address, or "".
    std::string_view name_of(const Address& a) const { return name_of(std::string_view(to_string(a))); }
    std::string_view name_of(std::string_view canonical) const;  ///< as to_string() writes it
};

/// policy is set if diagnostics holds no error.
struct PolicyLoad {
    std::optional<Policy> policy;
    std::vector<Diagnostic> diagnostics;
    std::string text;
};

/// Read a policy from its text (TOML; span-watcher-policy(5)). Finds all errors, compiles nothing.
/// cost: about 20 us a rule
PolicyLoad parse_policy(std::string path, std::string text);

/// The same from a file. errors: it cannot be read (code input), is larger than 4 MiB.
Result<PolicyLoad> load_policy(const std::string& path);

/// Canonical form: parse_policy(show(p)) equals p but for path, text, sha256 and places; show of that is the same text.
std::string show(const Policy& p);

/// Lint: direction-blind, no-protocol, any-to-any, never-matches, overlap, expires-soon (14 days before until, by now),
/// expired, literal-address. Compiles every filter for EN10MB (confine first): compile errors are
/// errors here (code compile).
/// overlap: each allow rule is named at most once, with the first rule above it that accepts a same opening packet, and
///          that packet; silence is no proof. Work is bounded, and where the bound was reached a last warning says so.
/// cost:    40 us a rule to compile, about half a second at most for overlaps
std::vector<Diagnostic> lint(const Policy& p, Timestamp now);

}  // namespace sw

// The protocols of speaks, a row each.
#include "rules/policy/spoken.hpp"
#include "sensor/conform/dns/dns.hpp"
#include "sensor/conform/http/http.hpp"
#include "sensor/conform/mail/imap.hpp"
#include "sensor/conform/mail/pop3.hpp"
#include "sensor/conform/misplaced.hpp"
#include "sensor/conform/ntp/ntp.hpp"
#include "sensor/conform/smtp/smtp.hpp"
#include "sensor/conform/ssh/ssh.hpp"
#include "sensor/conform/syslog/syslog.hpp"
#include "sensor/conform/tls/tls.hpp"
#include "sensor/conform/vpn/ike.hpp"
#include "sensor/conform/vpn/openvpn.hpp"
#include "sensor/conform/vpn/wireguard.hpp"

namespace sw {
namespace {

using Made = std::unique_ptr<Protocol>;
using HashKey = std::array<std::uint8_t, 16>;

/// Of a machine that demands nothing of its own.
template <class M>
Made plain(const Rule&, const Policy&, const HashKey&) {
    return std::make_unique<ProtocolOf<M, typename M::Demands>>(typename M::Demands{});
}

/// Of a machine for mailboxes.
template <class M>
Made mailbox(const Rule& rule, const Policy&, const HashKey&) {
    return std::make_unique<ProtocolOf<M, MailDemands>>(MailDemands{TlsDemands::of(rule.pins), rule.cleartext_login});
}

/// One that needs nothing of the rule.
template <class P>
Made alone(const Rule&, const Policy&, const HashKey&) {
    return std::make_unique<P>();
}

Made dns(const Rule& rule, const Policy& policy, const HashKey& key) {
    return std::make_unique<DnsProtocol>(rule.dns.value_or(DnsLimits{}), policy.dns_pins, key);
}

struct Row {
    std::string_view speaks;
    Made (*make)(const Rule&, const Policy&, const HashKey&);
};

constexpr Row rows[] = {
    {"smtp", [](const Rule& rule, const Policy& policy, const HashKey&) { return smtp_protocol(rule, policy); }},
    {"tls", [](const Rule& rule, const Policy& policy, const HashKey&) { return tls_protocol(rule, policy); }},
    {"dns", dns},
    {"imap", mailbox<ImapMachine>},
    {"pop3", mailbox<Pop3Machine>},
    {"ssh", plain<SshMachine>},
    {"http", plain<HttpMachine>},
    {"syslog", alone<SyslogProtocol>},
    {"ntp", plain<NtpMachine>},
    {"wireguard", alone<TunnelOf<WireGuardMachine>>},
    {"openvpn", alone<OpenVpnProtocol>},
    {"ike", alone<TunnelOf<IkeMachine>>},
};

}  // namespace

std::unique_ptr<Protocol> protocol_of(const Rule& rule, const Policy& policy, const HashKey& hash_key) {
    if (rule.kind != RuleKind::allow) return nullptr;
    for (const Row& row : rows) {
        if (row.speaks != rule.speaks) continue;
        Made made = row.make(rule, policy, hash_key);
        const Carrier carrier = carrier_of(rule.speaks);
        return carrier == Carrier::both ? std::move(made) : std::make_unique<OverOneTransport>(std::move(made), carrier);
    }
    return nullptr;
}

}  // namespace sw

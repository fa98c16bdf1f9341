#include "sensor/conform/tls/tls.hpp"

#include <algorithm>
#include <utility>

namespace sw {

using tls::CertificateReader;
using tls::HelloReader;

namespace {

/// Content types of records (RFC 8446 section 5.1, RFC 6520 section 3).
namespace record {
constexpr std::uint8_t change_cipher_spec = 20, alert = 21, handshake = 22, application_data = 23, heartbeat = 24;
}

/// Types of handshake messages (RFC 5246 section 7.4, RFC 8446 section 4, RFC 5077, 6066, 4680).
namespace message {
constexpr std::uint8_t client_hello = 1, server_hello = 2, new_session_ticket = 4, certificate = 11, server_key_exchange = 12,
                       certificate_request = 13, server_hello_done = 14, certificate_verify = 15, client_key_exchange = 16,
                       certificate_status = 22, supplemental_data = 23;
}

/// Descriptions of alerts (RFC 8446 section 6, RFC 5246 section 7.2, and those of their registry).
constexpr std::uint8_t alerts[] = {0,  10, 20, 21, 22, 30, 40, 41,  42,  43,  44,  45,  46,  47,  48,  49,  50,
                                   51, 60, 70, 71, 80, 86, 90, 100, 109, 110, 111, 112, 113, 114, 115, 116, 120};

constexpr std::uint32_t most_plain = 1u << 14;               ///< RFC 8446 section 5.1
constexpr std::uint32_t most_sealed = most_plain + 256;      ///< section 5.2
constexpr std::uint32_t most_sealed_12 = most_plain + 2048;  ///< RFC 5246 section 6.2.3
constexpr std::uint32_t longest_message = 1u << 18;          ///< certificates, lists of authorities

constexpr std::string_view sizes_that_fit = "lengths that add up";

std::string_view in_handshake(Side from) { return from == Side::initiator ? "in the client's handshake" : "in the server's handshake"; }

}  // namespace

TlsDemands TlsDemands::of(const Pins& pins) {
    TlsDemands d;
    if (pins.tls == "1.1") d.oldest = 0x0302;
    if (pins.tls == "1.2") d.oldest = 0x0303;
    if (pins.tls == "1.3") d.oldest = 0x0304;
    d.server_name = !pins.server_name.empty();
    d.certificate_names = pins.certificate_name;
    return d;
}

std::unique_ptr<Protocol> tls_protocol(const Rule& rule, const Policy&) {
    return std::make_unique<ProtocolOf<TlsMachine, TlsDemands>>(TlsDemands::of(rule.pins));
}

std::optional<Breach> TlsMachine::octets(Side from, std::span<const std::uint8_t> octets, Timestamp now, Listener& listener) {
    End& e = end_[static_cast<std::size_t>(from)];
    for (std::size_t i = 0; i < octets.size();) {
        const std::size_t sealed = e.sealed ? pass(e, octets.subspan(i)) : 0;
        i += sealed;
        if (sealed > 0) continue;
        MaybeFault fault;
        const std::uint64_t before = e.offset;
        if (e.record_left == 0) {
            fault = header_octet(e, from, octets[i]);
            if (!fault) ++e.offset;
        } else {
            body(e, from, octets.subspan(i, std::min<std::size_t>(octets.size() - i, e.record_left)), now, listener, fault);
        }
        i += e.offset - before;
        if (!fault) continue;
        Breach b{fault->reason, from, e.offset, fault->state, fault->expected};
        b.show(octets.subspan(i));
        if (!fault->shown.empty()) b.show({reinterpret_cast<const std::uint8_t*>(fault->shown.data()), fault->shown.size()});
        return b;
    }
    return std::nullopt;
}

/// How many of the next octets are such as the rest of this file would take, one by one, and to the same end: application data that
/// nobody can read, or the header of a record of it. They are taken.
std::size_t TlsMachine::pass(End& e, std::span<const std::uint8_t> octets) {
    if (e.record_left > 0) {
        if (e.header[0] != record::application_data) return 0;
        const std::size_t n = std::min<std::size_t>(octets.size(), e.record_left);
        e.record_left -= static_cast<std::uint32_t>(n);
        e.offset += n;
        return n;
    }
    constexpr std::size_t header = std::tuple_size_v<decltype(e.header)>;
    if (e.header_size > 0 || octets.size() < header || octets[0] != record::application_data || octets[1] != 3 || octets[2] > 3) return 0;
    const auto size = static_cast<std::uint32_t>(octets[3] << 8 | octets[4]);
    if (size == 0 || size > (is_13() ? most_sealed : most_sealed_12) || e.gone || e.in_message || e.message_header > 0) return 0;
    std::copy_n(octets.begin(), header, e.header.begin());
    e.record_left = size;
    e.alert_at = 0;
    e.hid = true;
    e.offset += header;
    return header;
}

/// Type, version, length (RFC 8446 section 5.1).
TlsMachine::MaybeFault TlsMachine::header_octet(End& e, Side from, std::uint8_t octet) {
    const std::string_view state = settled() && e.sealed ? "between records" : in_handshake(from);
    if (e.offset == 0 && from == Side::responder && client().stage == Stage::start) return wrong("before the ClientHello", "nothing");
    if (e.header_size == 0) {
        const bool opens = octet == record::handshake || (octet == record::alert && from == Side::responder);
        const bool known = octet >= record::change_cipher_spec && octet <= record::heartbeat;
        if (e.offset == 0 ? !opens : !known) return wrong(e.offset == 0 ? "waiting for TLS" : state, "a TLS record");
    }
    if (e.header_size == 1 && octet != 3) return wrong(state, "a version of TLS in the record");
    // Frozen before TLS 1.3 (RFC 8446 5.1).
    if (e.header_size == 2 && octet > 3) return wrong(state, "a version of TLS in the record");
    e.header[e.header_size] = octet;
    if (e.header_size < 4) {
        ++e.header_size;
        return std::nullopt;
    }
    MaybeFault fault = record_begins(e, from);
    if (!fault) e.header_size = 0;
    return fault;
}

/// Which records may come where.
TlsMachine::MaybeFault TlsMachine::record_begins(End& e, Side from) {
    const std::uint8_t type = e.header[0];
    const std::uint32_t size = static_cast<std::uint32_t>(e.header[3]) << 8 | e.header[4];
    const std::string_view state = e.sealed ? "between records" : in_handshake(from);
    const bool early = type == record::application_data && from == Side::initiator && client_hello_.early_data && e.stage != Stage::start;
    const std::uint32_t most = e.sealed && !is_13() ? most_sealed_12 : e.sealed || early ? most_sealed : most_plain;
    if (e.gone) return wrong("behind its last alert", "nothing");
    if (size == 0 || size > most) return wrong(state, "a record of at most 16,384 octets, or a little more where it is encrypted");
    e.record_left = size;
    e.alert_at = 0;
    if ((e.in_message || e.message_header > 0) && type != record::handshake) return wrong(state, "the rest of a handshake message");
    if (type == record::heartbeat && !(e.sealed && heartbeat_)) return wrong(state, "no heartbeat");
    // TLS 1.3: all is application data by its outer type, but for a ChangeCipherSpec of courtesy (RFC 8446 section 5, appendix D.4).
    const bool courtesy = type == record::change_cipher_spec && size == 1 && !e.change;
    // A client that refuses what the server showed may have no keys to write with yet: OpenSSL's says so in clear.
    const bool refusal = type == record::alert && size == 2 && from == Side::initiator && !e.hid;
    if (e.sealed && is_13() && type != record::application_data && !courtesy && !refusal) return wrong(state, "application data");
    e.hid = e.hid || (e.sealed && type == record::application_data);
    if (e.sealed) return std::nullopt;
    if (type == record::change_cipher_spec && size != 1) return wrong(state, "a ChangeCipherSpec of one octet");
    if (type == record::alert && size != 2) return wrong(state, "an alert of two octets");
    return type != record::application_data || early ? std::nullopt : MaybeFault(wrong(state, "a handshake message"));
}

/// Octets of one record. e.offset comes to stand behind those that are right.
void TlsMachine::body(End& e, Side from, std::span<const std::uint8_t> octets, Timestamp now, Listener& listener, MaybeFault& fault) {
    const std::uint8_t type = e.header[0];
    const std::uint64_t before = e.offset;
    if (e.sealed && is_13() && type == record::handshake) {
        // The server's hello ends what can be read: nothing may stand behind it in its record (RFC 8446 section 5.1).
        fault = wrong(in_handshake(from), "the end of the record");
    } else if (type == record::change_cipher_spec && (!e.sealed || is_13())) {
        fault = change_cipher(e, from, octets[0], listener);
        e.offset += !fault;
    } else if (type == record::alert && (!e.sealed || is_13())) {
        fault = alert(e, from, octets[0]);
        e.offset += !fault;
    } else if (e.sealed || type == record::application_data) {
        e.offset += octets.size();  // nobody can read them
    } else {
        handshake(e, from, octets, now, listener, fault);
    }
    e.record_left -= static_cast<std::uint32_t>(e.offset - before);
}

/// Level and description (RFC 8446 section 6). Behind a fatal one, and behind the notice that it closes, an end says nothing more.
TlsMachine::MaybeFault TlsMachine::alert(End& e, Side from, std::uint8_t octet) {
    constexpr std::uint8_t most_alerts = 4, close_notify = 0;
    if (e.alert_at++ == 0) {
        e.fatal = octet == 2;
        if (!e.fatal && (octet != 1 || e.sealed)) return wrong(in_handshake(from), e.sealed ? "a fatal alert" : "an alert of level 1 or 2");
        if (++e.alerts > most_alerts) return wrong(in_handshake(from), "at most 4 alerts");
        return std::nullopt;
    }
    if (std::find(std::begin(alerts), std::end(alerts), octet) == std::end(alerts)) return wrong(in_handshake(from), "an alert of TLS");
    e.gone = e.fatal || octet == close_notify;
    return std::nullopt;
}

/// RFC 5246 section 7.1: only where both ends have what keys are made of. RFC 8446 appendix D.4: means nothing.
TlsMachine::MaybeFault TlsMachine::change_cipher(End& e, Side from, std::uint8_t octet, Listener& listener) {
    if (octet != 1) return wrong(in_handshake(from), "a ChangeCipherSpec of the value 1");
    if (e.change) return wrong(in_handshake(from), "one ChangeCipherSpec only");
    const auto courtesy = [&]() -> MaybeFault {
        if (std::exchange(e.early, true)) return wrong(in_handshake(from), "one ChangeCipherSpec only");
        return std::nullopt;
    };
    if (is_13() || retry_) {
        e.change = settled() || from == Side::initiator;
        return e.change ? std::nullopt : courtesy();
    }
    const bool resumes_server = from == Side::responder && !e.full;
    const bool keys_of_client = client().stage >= Stage::key_exchange;
    const bool may =
        from == Side::initiator ? settled() && (keys_of_client || server().change) : settled() && (client().change || resumes_server);
    if (!may && from == Side::initiator && !settled() && e.stage == Stage::hello && client_hello_.early_data) return courtesy();
    if (!may) return wrong(in_handshake(from), "keys to be agreed on before ChangeCipherSpec");
    e.change = true;
    seal(e, from, listener);
    return std::nullopt;
}

void TlsMachine::seal(End& e, Side from, Listener& listener) {
    if (std::exchange(e.sealed, true)) return;
    listener.told(from, Told::encrypted, {}, e.offset);
}

void TlsMachine::handshake(End& e, Side from, std::span<const std::uint8_t> octets, Timestamp now, Listener& listener, MaybeFault& fault) {
    const std::uint64_t begin = e.offset, end = begin + octets.size();
    while (e.offset < end && !fault && !e.sealed) {
        const auto rest = octets.subspan(e.offset - begin);
        if (!e.in_message) {
            fault = message_header(e, from, rest[0]);
            e.offset += !fault;
        } else {
            const std::size_t taken =
                message_body(e, from, rest.first(std::min<std::size_t>(rest.size(), e.message_left)), now, listener, fault);
            e.offset += taken;
            e.message_left -= static_cast<std::uint32_t>(taken);
        }
        if (fault || !e.in_message || e.message_left > 0) continue;
        fault = message_ends(e, from, listener);
        if (fault) --e.offset;  // what is wrong with a whole message is told of its last octet
    }
}

TlsMachine::MaybeFault TlsMachine::message_header(End& e, Side from, std::uint8_t octet) {
    if (e.message_header == 0) {
        e.message = octet;
        if (auto fault = message_begins(e, from)) return fault;
        e.message_left = 0;
        e.message_header = 1;
        return std::nullopt;
    }
    e.message_left = e.message_left << 8 | octet;
    if (e.message_left > longest_message) return wrong(in_handshake(from), "a handshake message of at most 262,144 octets");
    if (++e.message_header < 4) return std::nullopt;
    if (e.message == message::server_hello_done && e.message_left != 0) return wrong(in_handshake(from), sizes_that_fit);
    e.message_header = 0;
    e.in_message = true;
    e.message_at = e.offset + 1;
    if (e.message == message::client_hello || e.message == message::server_hello)
        reader_.emplace<HelloReader>(from == Side::initiator ? HelloReader::Kind::client : HelloReader::Kind::server, e.message_left);
    else if (e.message == message::certificate && from == Side::responder)
        reader_.emplace<CertificateReader>(e.message_left, demands_->certificate_names);
    return std::nullopt;
}

/// May this message come now? Each side's come in one order (RFC 5246 section 7.3).
TlsMachine::MaybeFault TlsMachine::message_begins(End& e, Side from) {
    const auto in_turn = [&](Stage stage) {
        const bool later = settled() && !is_13() && stage > e.stage && (from == Side::responder || server().stage >= Stage::done);
        if (later) e.stage = stage;
        e.full = e.full || stage != Stage::ticket;
        return later ? std::nullopt : MaybeFault(wrong(in_handshake(from), "the handshake's messages in their order"));
    };
    if (from == Side::initiator) {
        switch (e.message) {
            case message::client_hello:
                if (e.stage != Stage::start && !(retry_ && e.stage == Stage::hello)) break;
                e.stage = e.stage == Stage::start ? Stage::hello : Stage::retried;
                return std::nullopt;
            case message::certificate:
                return in_turn(Stage::certificate);
            case message::client_key_exchange:
                return in_turn(Stage::key_exchange);
            case message::certificate_verify:
                return in_turn(Stage::verify);
            case message::supplemental_data:
                return in_turn(Stage::supplemental);
            default:
                break;
        }
        return wrong(in_handshake(from), e.stage == Stage::start ? "a ClientHello" : "the handshake's messages in their order");
    }
    switch (e.message) {
        case message::server_hello:
            if (client().in_message || settled() || (e.stage != Stage::start && client().stage != Stage::retried)) break;
            e.stage = Stage::hello;
            return std::nullopt;
        case message::supplemental_data:
            return in_turn(Stage::supplemental);
        case message::certificate:
            return in_turn(Stage::certificate);
        case message::certificate_status:
            return in_turn(Stage::status);
        case message::server_key_exchange:
            return in_turn(Stage::key_exchange);
        case message::certificate_request:
            return in_turn(Stage::request);
        case message::server_hello_done:
            return in_turn(Stage::done);
        case message::new_session_ticket:
            return in_turn(Stage::ticket);
        default:
            break;
    }
    return wrong(in_handshake(from), e.stage == Stage::start ? "a ServerHello" : "the handshake's messages in their order");
}

std::size_t TlsMachine::message_body(End& e, Side from, std::span<const std::uint8_t> octets, Timestamp now, Listener& listener,
                                     MaybeFault& fault) {
    if (e.message == message::client_hello || e.message == message::server_hello) return hello_octets(e, from, octets, listener, fault);
    if (e.message != message::certificate || from != Side::responder) return octets.size();
    auto& reader = std::get<CertificateReader>(reader_);
    std::size_t taken = 0;
    const CertificateReader::Step step = reader.take(octets, taken, now);
    if (step.digest) listener.told(from, Told::certificate, reader.digest(), e.message_at + 6);
    if (!step.fault.empty())
        fault = Fault{step.unfit ? Reason::tls_certificate : Reason::not_speaking, "in the server's certificate", step.fault, step.shown};
    return taken;
}

std::size_t TlsMachine::hello_octets(End& e, Side from, std::span<const std::uint8_t> octets, Listener& listener, MaybeFault& fault) {
    auto& reader = std::get<HelloReader>(reader_);
    for (std::size_t taken = 0; taken < octets.size();) {
        if (const std::size_t passed = reader.pass(octets.size() - taken); passed > 0) {
            taken += passed;
            continue;
        }
        const HelloReader::Step step = reader.take(octets[taken]);
        if (!step.fault.empty()) {
            fault = wrong(from == Side::initiator ? "in the ClientHello" : "in the ServerHello", step.fault);
            return taken;
        }
        ++taken;
        if (step.heard == HelloReader::Heard::nothing) continue;
        const Told what = step.heard == HelloReader::Heard::alpn ? Told::alpn : Told::server_name;
        listener.told(from, what, reader.text(), e.offset + taken - reader.text().size());
    }
    return octets.size();
}

TlsMachine::MaybeFault TlsMachine::message_ends(End& e, Side from, Listener& listener) {
    e.in_message = false;
    if (auto* certificate = std::get_if<CertificateReader>(&reader_);
        certificate != nullptr && e.message == message::certificate && from == Side::responder)
        return certificate->complete() ? std::nullopt : MaybeFault(wrong("in the server's certificate", sizes_that_fit));
    if (e.message != message::client_hello && e.message != message::server_hello) return std::nullopt;
    const auto& reader = std::get<HelloReader>(reader_);
    if (const std::string_view fault = reader.end(); !fault.empty())
        return wrong(from == Side::initiator ? "in the ClientHello" : "in the ServerHello", fault);
    if (from == Side::initiator) {
        client_hello_ = reader.hello();
        if (demands_->server_name && !client_hello_.server_name)
            return Fault{Reason::pin_mismatch, "in the ClientHello", "a server name that the rule pins", {}};
        return std::nullopt;
    }
    if (reader.hello().retry && retry_) return wrong("in the ServerHello", "one HelloRetryRequest only");
    if (reader.hello().retry) {
        retry_ = true;
        return std::nullopt;
    }
    return settle(listener);
}

/// The ServerHello says what is spoken.
TlsMachine::MaybeFault TlsMachine::settle(Listener& listener) {
    const tls::Hello hello = std::get<HelloReader>(reader_).hello();
    shown_version_ = {static_cast<char>(hello.version >> 8), static_cast<char>(hello.version)};
    const std::string_view version(shown_version_.data(), shown_version_.size());
    if (hello.version > 0x0304 || (hello.version == 0x0304 && !hello.extended_versions))
        return wrong("in the ServerHello", "a version of TLS");
    version_ = hello.version;
    heartbeat_ = hello.heartbeat;
    listener.told(Side::responder, Told::version, version, server().message_at);
    if (version_ < demands_->oldest)
        return Fault{Reason::tls_version, "in the ServerHello", "a version of TLS that is new enough", version};
    if (!is_13()) return std::nullopt;
    seal(server(), Side::responder, listener);
    seal(client(), Side::initiator, listener);
    return std::nullopt;
}

std::optional<Breach> TlsMachine::end(Side from, bool reset, Timestamp, Listener&) {
    if (from != Side::initiator || client().offset > 0) return std::nullopt;
    return Breach{reset ? Reason::client_reset : Reason::client_silent, from, 0, "waiting for the ClientHello", "a ClientHello"};
}

/// Within the body of a record that nobody can read, nothing is lost but octets.
bool TlsMachine::gap(Side from, std::uint64_t octets) {
    End& e = end_[static_cast<std::size_t>(from)];
    if (!e.sealed || octets > e.record_left || e.header[0] != record::application_data) return false;
    e.record_left -= static_cast<std::uint32_t>(octets);
    e.offset += octets;
    return true;
}

}  // namespace sw

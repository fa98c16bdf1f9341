#include "tests/bench/traffic.hpp"

#include <memory>
#include <utility>
#include <vector>

#include "tests/bench/dialogue.hpp"
#include "tests/bench/speech.hpp"

namespace bench {
namespace {

constexpr std::uint32_t clients_base = 0xc6120000, clients = 1u << 17;  // 198.18.0.0/15, RFC 2544
constexpr std::uint32_t nobody_base = 0xc00002c8, nobodies = 54;        // 192.0.2.200..253: no rule names them
constexpr std::uint32_t stray_percent = 47;

class Traffic {
public:
    Traffic(Kind kind, PcapFile& out) : kind_(kind), out_(out) {}

    Summary write(std::uint64_t packets) {
        const std::size_t at_once = kind_ == Kind::flows ? 512 : 64;
        while (active_.size() < at_once) active_.push_back(begin());
        while (out_.packets() < packets) {
            out_.advance(dice_.between(20, 180));
            if (kind_ == Kind::attack && dice_.below(100) < stray_percent) {
                stray();
                continue;
            }
            auto& d = active_[dice_.below(static_cast<std::uint32_t>(at_once))];
            if (!d->next(out_)) d = begin();
        }
        return summary_;
    }

private:
    using DialoguePtr = std::unique_ptr<Dialogue>;

    DialoguePtr begin() {
        ++summary_.conversations;
        switch (kind_) {
            case Kind::small:
            case Kind::attack:
                return dice_.below(100) < 99 ? lookup(client(1), 20'000 + lookups_++ % 1'000) : chatter();
            case Kind::mail:
                return dice_.below(3) == 0 ? mailbox() : message();
            case Kind::flows:
                return dice_.below(100) < 76 ? lookup(client(clients), ephemeral()) : short_connection();
        }
        return chatter();
    }

    /// Addresses in turn, so that no five-tuple comes again while anybody remembers it.
    End client(std::uint32_t among) {
        ++connections_;
        return {clients_base + connections_ * 7 % among, ephemeral()};
    }
    std::uint16_t ephemeral() { return static_cast<std::uint16_t>(32'768 + (connections_ + connections_ / 16'411) % 28'000); }

    DialoguePtr lookup(End from, std::uint32_t port) {
        if (kind_ != Kind::flows) from.address = host::mail;
        from.port = static_cast<std::uint16_t>(port);
        return dns_dialogue(dice_, from, {host::resolver, 53});
    }
    /// 300 turns of a few octets: a person at an idle mailbox, a slow sender.
    DialoguePtr chatter() {
        std::vector<Turn> turns;
        for (std::uint32_t i = 0, n = dice_.between(100, 300); i < n; ++i)
            turns.push_back({i % 2 == 0, static_cast<std::uint16_t>(dice_.between(10, 74)), dice_.below(2) == 0});
        return tcp_dialogue(dice_, client(200), {host::mail, 993}, std::move(turns));
    }
    /// Every third one encrypted.
    DialoguePtr message() {
        const std::uint32_t segments = dice_.between(20, 60);
        std::vector<Turn> turns = dice_.below(3) == 0 ? smtp_mail_encrypted(segments) : smtp_mail(segments);
        if (dice_.below(4) == 0) {
            End from = client(1);
            return tcp_dialogue(dice_, {host::mail, from.port}, {0xcb007100 + dice_.below(250), 25}, std::move(turns));
        }
        return tcp_dialogue(dice_, client(5'000), {host::mail, static_cast<std::uint16_t>(dice_.below(2) == 0 ? 25 : 587)},
                            std::move(turns));
    }
    DialoguePtr mailbox() { return tcp_dialogue(dice_, client(5'000), {host::mail, 993}, tls_mailbox(dice_.between(20, 80))); }
    DialoguePtr short_connection() {
        return tcp_dialogue(dice_, client(clients), {host::mail, static_cast<std::uint16_t>(dice_.below(2) == 0 ? 25 : 993)}, exchange(2));
    }
    /// Lines by turns; the responder speaks first.
    std::vector<Turn> exchange(std::uint32_t lines) {
        std::vector<Turn> turns;
        for (std::uint32_t i = 0; i < lines; ++i)
            turns.push_back({i % 2 == 0, static_cast<std::uint16_t>(dice_.between(10, 90)), i + 1 == lines});
        return turns;
    }

    void stray() {
        ++summary_.stray;
        const End from{dice_.between(0x0b000000, 0x7e000000), static_cast<std::uint16_t>(dice_.between(1024, 65'535))};
        const End to{nobody_base + dice_.below(nobodies), static_cast<std::uint16_t>(dice_.between(1, 65'535))};
        const Payload payload = text(dice_.word(), dice_.between(8, 60));
        switch (dice_.below(8)) {
            case 0:
            case 1:
                return out_.udp(from, to, payload);
            case 2:
                return out_.icmp_echo(from, to, payload);
            case 3:
                return out_.ip(static_cast<std::uint8_t>(dice_.between(143, 252)), from, to, payload);
            case 4:
                return out_.tcp(from, to, {dice_.word(), dice_.word(), flag::psh | flag::ack}, payload);
            default:
                return out_.tcp(from, to, {dice_.word(), 0, flag::syn});
        }
    }

    Kind kind_;
    PcapFile& out_;
    Dice dice_{2026};
    std::vector<DialoguePtr> active_;
    std::uint32_t connections_ = 0, lookups_ = 0;
    Summary summary_;
};

}  // namespace

std::string_view to_string(Kind kind) {
    constexpr std::string_view names[] = {"small", "mail", "flows", "attack"};
    return names[static_cast<std::size_t>(kind)];
}

void write_half_open(std::uint32_t connections, PcapFile& out) {
    static constexpr std::uint8_t begun[] = {'2', '2', '0', '-', 'm', 'a', 'i', 'l'};
    for (std::uint32_t i = 0; i < connections; ++i) {
        const End from{clients_base + i % clients, static_cast<std::uint16_t>(20'000 + i / clients)}, to{host::mail, 25};
        out.tcp(from, to, {i, 0, flag::syn});
        out.tcp(to, from, {~i, i + 1, flag::syn | flag::ack});
        out.tcp(from, to, {i + 1, ~i + 1, flag::ack});
        out.tcp(to, from, {~i + 1, i + 1, flag::psh | flag::ack}, begun);
        out.advance(50);
    }
}

Summary write_traffic(Kind kind, std::uint64_t packets, PcapFile& out) { return Traffic(kind, out).write(packets); }

}  // namespace bench

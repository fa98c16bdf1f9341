#include "tests/bench/dialogue.hpp"

#include <string_view>
#include <utility>

namespace bench {
namespace {

class Tcp final : public Dialogue {
public:
    Tcp(Dice& dice, const End& initiator, const End& responder, std::vector<Turn> turns)
        : end_{initiator, responder}, seq_{dice.word(), dice.word()}, turns_(std::move(turns)) {}

    bool next(PcapFile& out) override {
        switch (phase_) {
            case Phase::syn:
                send(out, 0, flag::syn, {});
                return go(Phase::syn_ack);
            case Phase::syn_ack:
                send(out, 1, flag::syn | flag::ack, {});
                return go(Phase::established);
            case Phase::established:
                send(out, 0, flag::ack, {});
                return go(turns_.empty() ? Phase::fin : Phase::turn);
            case Phase::turn:
                return speak(out);
            case Phase::acknowledge:
                send(out, turns_[at_++].by_responder ? 0 : 1, flag::ack, {});
                return go_on();
            case Phase::fin:
                send(out, 0, flag::fin | flag::ack, {});
                return go(Phase::fin_ack);
            case Phase::fin_ack:
                send(out, 1, flag::fin | flag::ack, {});
                return go(Phase::last);
            case Phase::last:
                send(out, 0, flag::ack, {});
                return false;
        }
        return false;
    }

private:
    enum class Phase : std::uint8_t { syn, syn_ack, established, turn, acknowledge, fin, fin_ack, last };

    bool speak(PcapFile& out) {
        const Turn& t = turns_[at_];
        send(out, t.by_responder ? 1 : 0, flag::psh | flag::ack, t.said.empty() ? text(seq_[0] + seq_[1], t.size) : t.said);
        if (t.acknowledged) return go(Phase::acknowledge);
        ++at_;
        return go_on();
    }
    void send(PcapFile& out, std::size_t from, std::uint8_t flags, Payload payload) {
        const std::uint32_t ack = (flags & flag::ack) != 0 ? seq_[1 - from] : 0;
        out.tcp(end_[from], end_[1 - from], {seq_[from], ack, flags}, payload);
        const bool counted = (flags & (flag::syn | flag::fin)) != 0;
        seq_[from] += static_cast<std::uint32_t>(payload.size()) + (counted ? 1u : 0u);
    }
    bool go(Phase p) {
        phase_ = p;
        return true;
    }
    bool go_on() { return go(at_ == turns_.size() ? Phase::fin : Phase::turn); }

    End end_[2];
    std::uint32_t seq_[2];  ///< next to send
    std::vector<Turn> turns_;
    std::size_t at_ = 0;
    Phase phase_ = Phase::syn;
};

class Dns final : public Dialogue {
public:
    Dns(Dice& dice, const End& client, const End& server) : client_(client), server_(server) {
        const auto id = static_cast<std::uint16_t>(dice.word());
        message_ = {static_cast<std::uint8_t>(id >> 8), static_cast<std::uint8_t>(id), 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0};
        label("h" + std::to_string(dice.below(100'000)));
        label("mail");
        label("example");
        append({0, 0, 1, 0, 1});
    }

    bool next(PcapFile& out) override {
        if (!asked_) {
            out.udp(client_, server_, message_);
            return asked_ = true;
        }
        message_[2] = 0x81;  // response, recursion desired
        message_[3] = 0x80;  // and available
        message_[7] = 1;
        append({0xc0, 12, 0, 1, 0, 1, 0, 0, 0x0e, 0x10, 0, 4, 192, 0, 2, 25});
        out.udp(server_, client_, message_);
        return false;
    }

private:
    void append(std::initializer_list<std::uint8_t> octets) { message_.insert(message_.end(), octets); }
    void label(std::string_view s) {
        message_.push_back(static_cast<std::uint8_t>(s.size()));
        message_.insert(message_.end(), s.begin(), s.end());
    }

    End client_, server_;
    std::vector<std::uint8_t> message_;
    bool asked_ = false;
};

std::vector<std::uint8_t> make_text() {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    Dice dice(4);
    std::vector<std::uint8_t> text;
    while (text.size() < 65536 + 1460) {
        for (int i = 0; i < 76; ++i) text.push_back(static_cast<std::uint8_t>(alphabet[dice.below(64)]));
        text.push_back('\r');
        text.push_back('\n');
    }
    return text;
}

}  // namespace

Payload text(std::uint32_t start, std::size_t size) {
    static const std::vector<std::uint8_t> all = make_text();
    return Payload(all).subspan(start & 0xffff, size);
}

std::unique_ptr<Dialogue> tcp_dialogue(Dice& dice, const End& initiator, const End& responder, std::vector<Turn> turns) {
    return std::make_unique<Tcp>(dice, initiator, responder, std::move(turns));
}

std::unique_ptr<Dialogue> dns_dialogue(Dice& dice, const End& client, const End& server) {
    return std::make_unique<Dns>(dice, client, server);
}

}  // namespace bench

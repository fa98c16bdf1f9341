// Any octets as a conversation of the protocol that the environment's SPAN_SPEAKS names: its machine ends, and says the same however the
// octets are cut. Input: one octet of options (1: datagrams, 2: logins in clear are allowed, 4: its beginning may have been missed, 8: port
// 500), then pieces: an octet (0x80: of the responder; 0x40: no octets, but 0: FIN, 1: RST, 2: a gap of so many octets as the
// next octet says; else how many octets follow, 0: as the next two octets say, big-endian), and the octets.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "rules/base/bytes.hpp"
#include "sensor/conform/protocol.hpp"

namespace {

using sw::Bytes;

void check(bool holds) {
    if (!holds) std::abort();
}

/// Touches all that it is told.
struct Ear final : sw::Listener {
    void told(sw::Side, sw::Told, std::string_view value, std::uint64_t) override {
        for (const char c : value) sum = static_cast<std::uint8_t>(sum ^ static_cast<std::uint8_t>(c));
    }
    std::uint8_t sum = 0;
};

struct Piece {
    sw::Side from;
    Bytes octets;
    enum class Kind : std::uint8_t { octets, fin, reset, gap } kind = Kind::octets;
    std::uint64_t gap = 0;
};

std::vector<Piece> pieces_of(Bytes input) {
    std::vector<Piece> out;
    while (!input.empty()) {
        const std::uint8_t head = input[0];
        Piece p{(head & 0x80) != 0 ? sw::Side::responder : sw::Side::initiator, {}};
        input = input.subspan(1);
        std::size_t size = head & 0x3fU;
        if ((head & 0x40) != 0) {
            p.kind = size == 0 ? Piece::Kind::fin : size == 1 ? Piece::Kind::reset : Piece::Kind::gap;
            if (p.kind == Piece::Kind::gap && !input.empty()) {
                p.gap = input[0];
                input = input.subspan(1);
            }
            out.push_back(p);
            continue;
        }
        if (size == 0 && input.size() >= 2) {
            size = sw::load_be16(input.data());
            input = input.subspan(2);
        }
        p.octets = input.first(std::min(size, input.size()));
        input = input.subspan(p.octets.size());
        out.push_back(p);
    }
    return out;
}

struct Outcome {
    std::optional<sw::Breach> breach;
    bool satisfied = false, lost = false;
};

/// cut: octets at once; 0: pieces whole.
Outcome play(const std::vector<Piece>& pieces, sw::Protocol& protocol, const sw::Opening& opening, std::size_t cut) {
    const auto memory = std::make_unique<std::byte[]>(protocol.machine_octets());
    sw::Machine* machine = protocol.make(memory.get(), opening);
    Ear ear;
    Outcome out;
    sw::Timestamp now{1'000'000'000};
    for (const Piece& p : pieces) {
        now = now + std::chrono::milliseconds(10);
        if (p.kind == Piece::Kind::gap) {
            out.lost = !opening.datagrams && p.gap > 0 && !machine->gap(p.from, p.gap);
        } else if (p.kind != Piece::Kind::octets) {
            if (!opening.datagrams) out.breach = machine->end(p.from, p.kind == Piece::Kind::reset, now, ear);
        } else if (cut == 0 || opening.datagrams) {
            if (!p.octets.empty() || opening.datagrams) out.breach = machine->octets(p.from, p.octets, now, ear);
        } else {
            for (std::size_t at = 0; at < p.octets.size() && !out.breach && !machine->satisfied(); at += cut)
                out.breach = machine->octets(p.from, p.octets.subspan(at, std::min(cut, p.octets.size() - at)), now, ear);
        }
        out.satisfied = machine->satisfied();
        if (out.breach || out.satisfied || out.lost) break;
    }
    machine->~Machine();
    [[maybe_unused]] volatile std::uint8_t kept = ear.sum;
    return out;
}

std::unique_ptr<sw::Protocol> make(bool cleartext_login) {
    static const sw::Policy policy;
    sw::Rule rule;
    rule.kind = sw::RuleKind::allow;
    const char* speaks = std::getenv("SPAN_SPEAKS");
    rule.speaks = speaks != nullptr ? speaks : "";
    rule.cleartext_login = cleartext_login;
    auto protocol = sw::protocol_of(rule, policy, {});
    if (protocol == nullptr) {
        std::fprintf(stderr, "fuzz_speaks: SPAN_SPEAKS names no protocol: '%s'\n", rule.speaks.c_str());
        std::exit(2);
    }
    return protocol;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    static const std::unique_ptr<sw::Protocol> protocols[] = {make(false), make(true)};
    sw::Protocol& protocol = *protocols[(data[0] & 2) != 0];
    const sw::Opening opening{(data[0] & 1) != 0, (data[0] & 4) != 0, {}, static_cast<std::uint16_t>((data[0] & 8) != 0 ? 500 : 4500)};
    const std::vector<Piece> pieces = pieces_of({data + 1, size - 1});
    std::optional<Outcome> first;
    for (const std::size_t cut : {0U, 1U, 7U}) {
        const Outcome o = play(pieces, protocol, opening, cut);
        protocol.forget();
        if (o.breach) check(!o.breach->state.empty() && !o.breach->expected.empty() && o.breach->came_size <= o.breach->came.size());
        if (!first) {
            first = o;
            continue;
        }
        check(o.breach.has_value() == first->breach.has_value() && o.satisfied == first->satisfied && o.lost == first->lost);
        if (!o.breach) continue;
        check(o.breach->reason == first->breach->reason && o.breach->side == first->breach->side &&
              o.breach->offset == first->breach->offset);
        check(o.breach->state == first->breach->state && o.breach->expected == first->breach->expected);
    }
    return 0;
}

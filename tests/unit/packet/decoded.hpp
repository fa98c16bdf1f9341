#pragma once
/// A frame and what the decoder says of it: the octets live as long as the packet that borrows them.
#include <memory>
#include <string>

#include "tests/support/craft.hpp"

namespace sw::test {

using craft::operator+;

struct Decoded {
    explicit Decoded(craft::CraftedFrame f, bool swapped = false) : frame(std::make_unique<craft::CraftedFrame>(std::move(f))) {
        sw::decode(frame->bytes.data(), static_cast<std::uint32_t>(frame->bytes.size()), frame->len, {frame->linktype, swapped}, packet);
    }
    const Packet* operator->() const { return &packet; }

    std::unique_ptr<craft::CraftedFrame> frame;
    Packet packet;
};

/// "truncated, fragment", or "" for none.
inline std::string slugs(const ReasonSet& reasons) {
    std::string text;
    reasons.for_each([&](Reason r) { text += (text.empty() ? "" : ", ") + std::string(info(r).slug); });
    return text;
}

/// "ethernet 0+54/54, ipv4 14+40/40": kind, offset, length on the wire and captured.
inline std::string layers(const Packet& p) {
    std::string text;
    for (std::size_t i = 0; i < p.layer_count; ++i) {
        const Layer& l = p.layers[i];
        text += (i ? ", " : "") + std::string(to_string(l.kind)) + " " + std::to_string(l.offset) + "+" + std::to_string(l.len) + "/" +
                std::to_string(l.caplen);
    }
    return text;
}

}  // namespace sw::test

#include "tests/property/packet/random_frames.hpp"

#include <algorithm>

namespace sw::test {
namespace {

std::uint32_t sum_pairs(const Octets& f, std::size_t from, std::size_t to, std::uint32_t sum = 0) {
    for (std::size_t i = from; i < to; ++i) sum += (i - from) % 2 == 0 ? static_cast<std::uint32_t>(f[i]) << 8 : f[i];
    return sum;
}

void put_checksum(Octets& f, std::size_t at, std::uint32_t sum) {
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    sum = sum == 0xffff ? 0xffff : ~sum & 0xffff;  // never zero: that would mean "none" in UDP
    f[at] = static_cast<std::uint8_t>(sum >> 8);
    f[at + 1] = static_cast<std::uint8_t>(sum);
}

void repair_transport(Octets& f, std::size_t l4, std::size_t end, std::uint8_t proto, std::size_t addresses, std::size_t address_octets) {
    const std::size_t offset = proto == 6 ? 16 : proto == 17 ? 6 : proto == 1 || proto == 58 ? 2 : 0;
    if (offset == 0 || end > f.size() || l4 + offset + 2 > end) return;
    f[l4 + offset] = f[l4 + offset + 1] = 0;
    std::uint32_t sum = sum_pairs(f, l4, end);
    if (proto != 1) sum = sum_pairs(f, addresses, addresses + address_octets, sum) + proto + static_cast<std::uint32_t>(end - l4);
    put_checksum(f, l4 + offset, sum);
}

/// Source over destination, of MAC addresses, IPv4, IPv6 or ports, or the other way.
void copy_twin(Octets& f, Dice& dice) {
    struct Twins {
        std::size_t a, b, octets;
    };
    constexpr Twins twins[] = {{0, 6, 6}, {26, 30, 4}, {22, 38, 16}, {34, 36, 2}, {54, 56, 2}};
    Twins t = twins[dice.below(std::size(twins))];
    if (std::max(t.a, t.b) + t.octets > f.size()) return;
    if (dice.one_in(2)) std::swap(t.a, t.b);
    std::copy_n(f.begin() + static_cast<std::ptrdiff_t>(t.a), t.octets, f.begin() + static_cast<std::ptrdiff_t>(t.b));
}

}  // namespace

Octets Dice::octets(std::size_t n) {
    Octets made(n);
    for (auto& o : made) o = octet();
    return made;
}

void mutate(Octets& f, Dice& dice) {
    for (std::uint32_t i = 0, n = 1 + dice.below(4); i < n; ++i) {
        const std::size_t size = f.size();
        // Half of the time near the headers: that is where the decisions are.
        const auto at = static_cast<std::ptrdiff_t>(
            size == 0 ? 0 : dice.below(static_cast<std::uint32_t>(dice.one_in(2) ? std::min<std::size_t>(size, 70) : size)));
        switch (dice.below(size == 0 ? 1 : 8)) {
            case 0:
                f.insert(f.begin() + at, dice.octet());
                break;
            case 1:
                f.erase(f.begin() + at);
                break;
            case 2:
                f.resize(dice.below(static_cast<std::uint32_t>(size) + 1));
                break;
            case 3:
                f.resize(size + dice.below(20), dice.one_in(2) ? std::uint8_t{0} : dice.octet());
                break;
            case 4:
                f[static_cast<std::size_t>(at)] = dice.octet();
                break;
            case 5:
                f[static_cast<std::size_t>(at)] = dice.one_in(2) ? 0 : 0xff;
                break;
            case 6:
                copy_twin(f, dice);
                break;
            default:
                f[static_cast<std::size_t>(at)] ^= static_cast<std::uint8_t>(1u << dice.below(8));
        }
    }
}

void repair_checksums(Octets& f) {
    if (f.size() < 34) return;
    if (f[12] == 0x86 && f[13] == 0xdd && f.size() >= 54) return repair_transport(f, 54, 54u + load_be16(&f[18]), f[20], 22, 32);
    const std::size_t header = (f[14] & 15u) * 4;
    if (f[12] != 0x08 || f[13] != 0x00 || header < 20 || 14 + header > f.size()) return;
    f[24] = f[25] = 0;
    put_checksum(f, 24, sum_pairs(f, 14, 14 + header));
    repair_transport(f, 14 + header, 14u + load_be16(&f[16]), f[23], 26, 8);
}

Datalink random_link(Dice& dice) {
    constexpr std::uint16_t types[] = {
        linktype::null,      linktype::en10mb, linktype::dlt_raw_bsd, linktype::dlt_raw_openbsd, linktype::raw, linktype::loop,
        linktype::linux_sll, linktype::ipv4,   linktype::ipv6,        linktype::linux_sll2,      105,           147};
    return {types[dice.below(std::size(types))], dice.one_in(2)};
}

}  // namespace sw::test

#include "sensor/flow/fragments.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace sw {
namespace {

constexpr std::uint32_t ipv4_header = 20, ipv6_header = 40, fragment_header = 8, unit = 8;

/// Where a fragment lies in its datagram.
struct Extent {
    std::uint32_t id = 0, begin = 0, size = 0;
    std::uint32_t payload_at = 0;  ///< in the packet's octets
    bool last = false;
};

std::uint32_t ip_end(const Packet& p) {
    const LayerKind kind = p.network == Network::ipv6 ? LayerKind::ipv6 : LayerKind::ipv4;
    for (std::size_t i = 0; i < p.layer_count; ++i)
        if (p.layers[i].kind == kind) return p.layers[i].offset + p.layers[i].len;
    return 0;
}

Extent extent_of(const Packet& p) {
    Extent e;
    if (p.network == Network::ipv6) {
        const std::uint8_t* h = p.data + p.fragment_at;
        const std::uint16_t field = load_be16(h + 2);
        e.id = load_be32(h + 4);
        e.begin = field & 0xfff8u;
        e.last = (field & 1) == 0;
        e.payload_at = p.fragment_at + fragment_header;
    } else {
        const std::uint8_t* h = p.data + p.l3_offset;
        const std::uint16_t field = load_be16(h + 6);
        e.id = load_be16(h + 4);
        e.begin = (field & 0x1fffu) * unit;
        e.last = (field & 0x2000) == 0;
        e.payload_at = p.l3_offset + ipv4_header;
    }
    const std::uint32_t end = ip_end(p);
    e.size = end > e.payload_at ? end - e.payload_at : 0;
    return e;
}

/// What all pieces of a datagram have in common: link header and tags, the IP header but for lengths, offset and checksum. ECN's
/// two bits may change on the way (RFC 3168 5.3); what else differs was not sent, or not routed, as one.
std::vector<std::uint8_t> alike_in(const Fragment& f) {
    const Packet& p = *f.packet;
    std::vector<std::uint8_t> octets(f.tags.begin(), f.tags.end());
    octets.insert(octets.end(), p.data, p.data + p.l3_offset);
    const std::size_t ip = octets.size();
    const bool v6 = p.network == Network::ipv6;
    octets.insert(octets.end(), p.data + p.l3_offset, p.data + (v6 ? p.fragment_at + 2 : p.l3_offset + ipv4_header));
    const auto blank = [&](std::size_t at, std::size_t n) {
        std::fill_n(octets.begin() + static_cast<std::ptrdiff_t>(ip + at), n, std::uint8_t{0});
    };
    if (v6) {
        octets[ip + 1] &= 0xcf;
        blank(4, 2);
    } else {
        octets[ip + 1] &= 0xfc;
        blank(2, 2);
        blank(6, 2);
        blank(10, 2);
    }
    return octets;
}

/// May this piece stand beside the others? Nothing: it may.
std::optional<Reason> objection_to(const std::vector<Piece>& pieces, std::uint32_t total, const Extent& e) {
    const std::uint32_t end = e.begin + e.size;
    for (const Piece& other : pieces)
        if (e.begin < other.end && other.begin < end) return Reason::fragment_overlap;
    if (e.size == 0 || (!e.last && e.size % unit != 0)) return Reason::fragment_inconsistent;
    if (total != 0 && (e.last || end > total)) return Reason::fragment_inconsistent;
    const auto beyond = [end](const Piece& other) { return other.end > end; };
    if (e.last && std::any_of(pieces.begin(), pieces.end(), beyond)) return Reason::fragment_inconsistent;
    return std::nullopt;
}

Piece piece_of(const Fragment& f, const Extent& e) {
    Piece piece;
    piece.octets.assign(f.captured->data, f.captured->data + f.captured->caplen);
    piece.frame = *f.captured;
    piece.frame.data = piece.octets.data();
    piece.index = f.index;
    piece.wrapped = f.wrapped;
    piece.begin = e.begin;
    piece.end = e.begin + e.size;
    piece.payload_at = e.payload_at + f.removed;
    return piece;
}

/// Where the type of what follows stands: in the header before the fragment header.
std::uint32_t next_header_at(const Packet& p) {
    constexpr std::uint8_t authentication = 51;
    std::uint32_t at = p.l3_offset + 6, header = p.l3_offset + ipv6_header;
    while (header < p.fragment_at) {
        const std::uint32_t size = p.data[at] == authentication ? (p.data[header + 1] + 2u) * 4 : (p.data[header + 1] + 1u) * 8;
        at = header;
        header += size;
    }
    return at;
}

void put_be16(std::vector<std::uint8_t>& out, std::size_t at, std::uint32_t value) {
    out[at] = static_cast<std::uint8_t>(value >> 8);
    out[at + 1] = static_cast<std::uint8_t>(value);
}

void fix_checksum(std::vector<std::uint8_t>& out, std::size_t ip) {
    put_be16(out, ip + 10, 0);
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < ipv4_header; i += 2) sum += load_be16(&out[ip + i]);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    put_be16(out, ip + 10, ~sum & 0xffff);
}

}  // namespace

Fragments::Fragments(const HashKey& key) : by_name_(0, NameHash{SipKey(key)}) {}

std::size_t Fragments::NameHash::operator()(const Name& n) const {
    std::array<std::uint64_t, 5> words{};
    std::memcpy(&words[0], n.src.data(), 16);
    std::memcpy(&words[2], n.dst.data(), 16);
    words[4] = std::uint64_t{n.id} << 24 | std::uint64_t{n.family} << 16 | std::uint64_t{n.proto} << 8 | n.link;
    return static_cast<std::size_t>(key.hash<1, 3>(words));
}

/// RFC 791 3.2: source, destination, protocol and identification; RFC 8200 4.5: without the protocol.
Fragments::Name Fragments::name_of(const Packet& p, std::uint8_t link) {
    Name n;
    const bool v6 = p.network == Network::ipv6;
    std::memcpy(n.src.data(), p.ip_src, v6 ? 16 : 4);
    std::memcpy(n.dst.data(), p.ip_dst, v6 ? 16 : 4);
    n.id = extent_of(p).id;
    n.family = v6 ? 6 : 4;
    if (!v6) n.proto = p.data[p.l3_offset + 9];
    n.link = link;
    return n;
}

void Fragments::forget(Timestamp now) {
    while (!spoiled_.empty() && now - spoiled_.front().since >= memory) {
        by_name_.erase(spoiled_.front().name);
        spoiled_.pop_front();
    }
}

void Fragments::go_blind(Timestamp now) {
    blind_ = true;
    blind_until_ = now + memory;
}

/// Without room nobody can tell for a while what belongs to what.
void Fragments::remember_spoiled(const Name& name, Reason why, Timestamp now) {
    if (spoiled_.size() >= most_spoiled) return go_blind(now);
    Entry& e = spoiled_.emplace_back();
    e.name = name;
    e.since = now;
    e.is_spoiled = true;
    e.why = why;
    by_name_.emplace(name, std::prev(spoiled_.end()));
}

void Fragments::still_spoiled(Entries::iterator entry, Timestamp now) {
    entry->since = now;
    spoiled_.splice(spoiled_.end(), spoiled_, entry);
}

/// A waiting datagram is spoiled.
Datagram Fragments::bury(Entries::iterator entry, Reason why, Timestamp now) {
    Datagram datagram = std::move(entry->datagram);
    for (const Piece& p : datagram.pieces) octets_ -= p.octets.size();
    const Name name = entry->name;
    by_name_.erase(name);
    waiting_.erase(entry);
    remember_spoiled(name, why, now);
    return datagram;
}

/// For one more datagram. What is turned away is spoiled.
bool Fragments::has_room(const Name& name, std::uint32_t octets, Timestamp now) {
    if (blind_ && now < blind_until_) {
        go_blind(now);
        return false;
    }
    if (waiting_.size() < most_datagrams && octets_ + octets <= most_octets) return true;
    remember_spoiled(name, Reason::fragment_limit, now);
    return false;
}

Fragments::Entries::iterator Fragments::begin(const Name& name, const Fragment& f, Timestamp now) {
    Entry& fresh = waiting_.emplace_back();
    fresh.name = name;
    fresh.since = now;
    fresh.index = f.index;
    fresh.datagram.link = f.link;
    fresh.alike = alike_in(f);
    return by_name_.emplace(name, std::prev(waiting_.end())).first->second;
}

std::optional<Reason> Fragments::objection(const Entry& entry, const Fragment& f) const {
    if (entry.datagram.pieces.size() >= most_pieces || octets_ + f.captured->caplen > most_octets) return Reason::fragment_limit;
    if (const auto why = objection_to(entry.datagram.pieces, entry.total, extent_of(*f.packet))) return why;
    return alike_in(f) == entry.alike ? std::nullopt : std::optional(Reason::fragment_inconsistent);
}

Fragments::Taken Fragments::add(Entries::iterator entry, const Fragment& f) {
    const Extent extent = extent_of(*f.packet);
    entry->datagram.pieces.push_back(piece_of(f, extent));
    entry->datagram.flaws = entry->datagram.flaws.with(f.flaws);
    if (entry->datagram.forbid < 0) entry->datagram.forbid = f.forbid;
    octets_ += f.captured->caplen;
    entry->received += extent.size;
    if (extent.last) entry->total = extent.begin + extent.size;
    if (entry->total == 0 || entry->received < entry->total) return {};
    Taken whole{Taken::Fate::complete, {}, std::move(entry->datagram)};
    for (const Piece& p : whole.datagram.pieces) octets_ -= p.octets.size();
    by_name_.erase(entry->name);
    waiting_.erase(entry);
    return whole;
}

Fragments::Taken Fragments::take(const Fragment& f, Timestamp now) {
    forget(now);
    const Name name = name_of(*f.packet, f.link);
    const auto known = by_name_.find(name);
    if (known != by_name_.end() && known->second->is_spoiled) {
        still_spoiled(known->second, now);
        return {Taken::Fate::spoiled, known->second->why, {}};
    }
    if (known == by_name_.end() && !has_room(name, f.captured->caplen, now)) return {Taken::Fate::spoiled, Reason::fragment_limit, {}};
    const Entries::iterator entry = known != by_name_.end() ? known->second : begin(name, f, now);
    if (const auto why = objection(*entry, f)) return {Taken::Fate::spoiled, *why, bury(entry, *why, now)};
    return add(entry, f);
}

Datagram Fragments::spoil(const Packet& packet, std::uint8_t link, Timestamp now) {
    forget(now);
    const Name name = name_of(packet, link);
    const auto known = by_name_.find(name);
    if (known != by_name_.end() && !known->second->is_spoiled) return bury(known->second, Reason::fragment_inconsistent, now);
    if (known != by_name_.end())
        still_spoiled(known->second, now);
    else
        remember_spoiled(name, Reason::fragment_inconsistent, now);
    return {};
}

bool Fragments::overdue(Timestamp now, std::uint64_t index, bool all, Datagram& out) {
    if (waiting_.empty()) return false;
    const Entry& oldest = waiting_.front();
    if (!all && now - oldest.since <= patience && index - oldest.index < frames_patience) return false;
    out = bury(waiting_.begin(), Reason::fragment_incomplete, now);
    return true;
}

void Fragments::clear() {
    by_name_.clear();
    waiting_.clear();
    spoiled_.clear();
    octets_ = 0;
    blind_ = false;
}

bool assemble(const Datagram& d, const Packet& first, std::vector<std::uint8_t>& out) {
    std::vector<const Piece*> order;
    for (const Piece& p : d.pieces) order.push_back(&p);
    std::sort(order.begin(), order.end(), [](const Piece* a, const Piece* b) { return a->begin < b->begin; });
    if (order.empty() || order.front()->begin != 0) return false;
    const bool v6 = first.network == Network::ipv6;
    const std::uint32_t ip = first.l3_offset, header_end = v6 ? first.fragment_at : ip + ipv4_header;
    out.assign(first.data, first.data + header_end);
    const std::uint32_t length = order.back()->end + (header_end - ip) - (v6 ? ipv6_header : 0);
    if (length > 0xffff) return false;
    if (v6) {
        out[next_header_at(first)] = first.data[first.fragment_at];
        put_be16(out, ip + 4, length);
    } else {
        put_be16(out, ip + 2, length);
        put_be16(out, ip + 6, 0);
        fix_checksum(out, ip);
    }
    for (const Piece* p : order) {
        const std::uint8_t* payload = p->octets.data() + p->payload_at;
        out.insert(out.end(), payload, payload + (p->end - p->begin));
    }
    return true;
}

}  // namespace sw

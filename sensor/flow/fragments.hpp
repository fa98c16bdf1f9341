#pragma once
/// IP datagrams that come in pieces (RFC 791 3.2, RFC 8200 4.5), kept until they are whole. Every doubt spoils the whole datagram:
/// overlap (even of the same octets), contradiction, a hole when time is up. A spoiled one is remembered for as long as a host may
/// hold its pieces, so that what comes later under its name is never taken for a part of another.
#include <array>
#include <cstdint>
#include <list>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "rules/base/siphash.hpp"
#include "rules/packet/packet.hpp"
#include "sensor/capture/frame.hpp"

namespace sw {

/// A fragment, kept as it was captured.
struct Piece {
    Frame frame;  ///< its data is octets
    std::vector<std::uint8_t> octets;
    std::uint64_t index = 0;           ///< frames of the run that came before it
    std::uint16_t wrapped = 0;         ///< octets that a mirror put around it
    std::uint32_t begin = 0, end = 0;  ///< of the datagram's payload
    std::uint32_t payload_at = 0;      ///< of that, in octets
};

struct Datagram {
    std::vector<Piece> pieces;  ///< in the order in which they came
    ReasonSet flaws;            ///< anomalies of any piece, but for being one
    int forbid = -1;            ///< a forbid rule that matches a piece as it came
    std::uint8_t link = 0;
};

/// A fragment that nothing else is objected to, on its way in. All borrowed.
struct Fragment {
    const Packet* packet = nullptr;
    const Frame* captured = nullptr;     ///< the frame that packet was found in
    std::span<const std::uint8_t> tags;  ///< VLAN tags that were taken off
    std::uint32_t removed = 0;           ///< octets that stood before packet's in captured: a mirror's, and tags
    std::uint16_t wrapped = 0;
    ReasonSet flaws;
    int forbid = -1;
    std::uint8_t link = 0;
    std::uint64_t index = 0;  ///< frames of the run that came before it
};

class Fragments {
public:
    static constexpr Duration patience = std::chrono::seconds{2};  ///< from first piece to last, packet time
    static constexpr std::uint64_t frames_patience = 65'536;       ///< and in frames of the run
    static constexpr Duration memory = std::chrono::seconds{60};   ///< RFC 8200 4.5: so long may a host keep pieces
    static constexpr std::size_t most_datagrams = 1'024, most_pieces = 128, most_octets = 16u << 20, most_spoiled = 65'536;

    using HashKey = std::array<std::uint8_t, 16>;
    explicit Fragments(const HashKey& key);

    struct Taken {
        enum class Fate : std::uint8_t { held, complete, spoiled };
        Fate fate = Fate::held;
        Reason why = Reason::fragment_incomplete;  ///< spoiled: of this piece and of those in datagram
        Datagram datagram;                         ///< complete: with this piece, the last; spoiled: the pieces that were held
    };
    /// now: packet time that never goes back
    /// cost: the frame is copied
    Taken take(const Fragment& fragment, Timestamp now);

    /// A fragment that is grey by itself: nothing of its datagram will be allowed. Gives the pieces that were held.
    Datagram spoil(const Packet& packet, std::uint8_t link, Timestamp now);

    /// A datagram whose time is up, the oldest first, or, with all, any that waits. false: there is none
    /// index: frames of the run so far
    bool overdue(Timestamp now, std::uint64_t index, bool all, Datagram& out);
    bool idle() const { return waiting_.empty(); }
    void clear();

    std::size_t octets() const { return octets_; }  ///< of the pieces held
    std::size_t waiting() const { return waiting_.size(); }
    std::size_t spoiled() const { return spoiled_.size(); }

private:
    struct Name {
        std::array<std::uint8_t, 16> src{}, dst{};
        std::uint32_t id = 0;
        std::uint8_t family = 0, proto = 0, link = 0;
        bool operator==(const Name&) const = default;
    };
    struct NameHash {
        SipKey key;
        std::size_t operator()(const Name& n) const;
    };
    struct Entry {
        Name name;
        Datagram datagram;
        std::vector<std::uint8_t> alike;  ///< what all pieces have in common
        Timestamp since;                  ///< waiting: its first piece; spoiled: its last
        std::uint64_t index = 0;          ///< of its first piece
        std::uint32_t total = 0;          ///< octets of its payload, once the last piece has come; 0 until then
        std::uint32_t received = 0;       ///< of these
        bool is_spoiled = false;
        Reason why = Reason::fragment_incomplete;
    };
    using Entries = std::list<Entry>;

    static Name name_of(const Packet& packet, std::uint8_t link);
    bool has_room(const Name& name, std::uint32_t octets, Timestamp now);
    Entries::iterator begin(const Name& name, const Fragment& f, Timestamp now);
    std::optional<Reason> objection(const Entry& entry, const Fragment& f) const;
    Taken add(Entries::iterator entry, const Fragment& f);
    void remember_spoiled(const Name& name, Reason why, Timestamp now);
    void still_spoiled(Entries::iterator entry, Timestamp now);
    Datagram bury(Entries::iterator entry, Reason why, Timestamp now);
    void forget(Timestamp now);
    void go_blind(Timestamp now);

    std::unordered_map<Name, Entries::iterator, NameHash> by_name_;
    Entries waiting_;  ///< in the order in which they began
    Entries spoiled_;  ///< in the order of since
    std::size_t octets_ = 0;
    Timestamp blind_until_;  ///< a spoiled name found no room: until then no datagram begins
    bool blind_ = false;
};

/// The datagram as one frame: link and IP header of its piece with offset 0, without the marks of fragmentation.
/// in:  complete; first: what that piece decodes to
/// out: false: longer than 65,535 octets, or without such a piece
bool assemble(const Datagram& datagram, const Packet& first, std::vector<std::uint8_t>& out);

}  // namespace sw

#include "sensor/conform/tls/behind_starttls.hpp"

namespace sw::tls {
namespace {

/// Offsets of TLS become those of the whole stream.
class Shifted final : public Listener {
public:
    Shifted(Listener& behind, std::uint64_t base) : behind_(behind), base_(base) {}
    void told(Side by, Told what, std::string_view value, std::uint64_t offset) override { behind_.told(by, what, value, base_ + offset); }

private:
    Listener& behind_;
    std::uint64_t base_;
};

}  // namespace

std::optional<Breach> behind_starttls(TlsMachine& machine, Side from, std::span<const std::uint8_t> octets, std::uint64_t base,
                                      Timestamp now, Listener& listener) {
    const bool begins = machine.begins(from);
    Shifted shifted(listener, base);
    std::optional<Breach> breach = machine.octets(from, octets, now, shifted);
    if (!breach) return breach;
    if (begins && breach->offset == 0 && breach->reason == Reason::not_speaking) {
        breach->reason = Reason::starttls_injection;
        breach->state = "behind STARTTLS";
        breach->expected = "a TLS handshake";
    }
    breach->offset += base;
    return breach;
}

}  // namespace sw::tls

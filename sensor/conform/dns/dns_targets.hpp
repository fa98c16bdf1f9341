#pragma once
/// Whose addresses an answer may bring along unasked: of the names that its records lead to (RFC 1035 4.3.2, RFC 2782, RFC 9460 4.1).
#include <array>
#include <cstdint>

#include "sensor/conform/dns/dns_message.hpp"

namespace sw {

class DnsTargets {
public:
    static constexpr std::size_t most = 64;  ///< names; what more records lead to may bring nothing

    /// record: of this message, its data in the form of its type
    void add(Bytes message, const DnsRecord& record);
    bool has(Bytes message, const DnsName& name) const;

private:
    struct Place {
        std::uint64_t hash;
        std::size_t at;  ///< of the name, in the message
    };
    std::array<Place, most> places_;
    std::size_t size_ = 0;
    bool any_ = false;  ///< a record may lead where we cannot see
};

}  // namespace sw

#pragma once
/// DNS messages piece by piece, right or wrong on purpose.
#include <cstdint>
#include <string>
#include <string_view>

namespace sw::craft {

class DnsWire {
public:
    static constexpr unsigned query = 0x0100, answer = 0x8180;

    DnsWire(unsigned id, unsigned flags);

    /// A name in wire form, "" the root: labels, and "@12" for a pointer to octet 12, which ends it.
    static std::string name(std::string_view text);
    static std::string be16(unsigned v);
    static std::string be32(std::uint32_t v);

    DnsWire& ask(std::string_view asked, unsigned type, unsigned klass = 1);
    /// Sections in their order: 1 answer, 2 authority, 3 additional.
    DnsWire& record(unsigned section, std::string_view owner, unsigned type, std::string_view data, unsigned klass = 1,
                    std::uint32_t ttl = 60);
    /// OPT (RFC 6891): options as they stand.
    DnsWire& edns(unsigned size = 1232, std::string_view options = {}, std::uint32_t ttl = 0);
    static std::string option(unsigned code, std::string_view data);
    /// Octets that no section counts.
    DnsWire& raw(std::string_view octets);
    /// Say another number of entries in a section than there are.
    DnsWire& count(unsigned section, unsigned n);

    std::string octets() const;
    /// Behind its length, as TCP carries it.
    std::string framed() const;
    std::size_t size() const { return 12 + body_.size(); }

private:
    unsigned id_, flags_, counts_[4] = {};
    std::string body_;
};

}  // namespace sw::craft

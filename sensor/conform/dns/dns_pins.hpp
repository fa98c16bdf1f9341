#pragma once
/// [[dns_pin]]: answers about the own domain must be the known ones. A forged MX or address is how mail is led away; a
/// changed SPF or DKIM record is how mail is forged.
#include <string>
#include <unordered_map>
#include <vector>

#include "rules/policy/dns_policy.hpp"
#include "sensor/conform/dns/dns_message.hpp"

namespace sw {

class DnsPins {
public:
    explicit DnsPins(const std::vector<DnsPin>& pins);

    /// Does an answer that was read say what is pinned for its name? True too where nothing is pinned, and where the answer
    /// says nothing about records: a failure, a refusal, one cut off.
    bool hold(Bytes message, const DnsMessage& answer) const;

private:
    struct Pinned {
        std::uint16_t type;
        bool spf_only;  ///< TXT records that begin with v=spf1; others of the name may be anything
        std::vector<std::string> values;
    };
    std::unordered_map<std::string, std::vector<Pinned>> by_name_;  ///< wire form
};

}  // namespace sw

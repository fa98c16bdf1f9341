#include "sensor/conform/dns/dns_pins.hpp"

#include <algorithm>

#include "rules/packet/address.hpp"

namespace sw {
namespace {

constexpr std::uint8_t no_error = 0, no_such_name = 3;
constexpr std::string_view spf_mark = "v=spf1";

std::string name_at(Bytes message, std::size_t at) {
    const auto name = read_dns_name(message, at, DnsNameStyle::compressed);
    return name ? name->text() : std::string{};
}

/// The strings of a TXT record, one behind the other (RFC 7208 3.3).
std::string joined_strings(Bytes message, const DnsRecord& record) {
    std::string out;
    for (std::size_t at = record.data; at < record.data_end; at += 1u + message[at])
        out.append(reinterpret_cast<const char*>(&message[at + 1]), message[at]);
    return out;
}

/// In the policy's form.
std::string value_of(Bytes message, const DnsRecord& record) {
    const std::uint8_t* data = &message[record.data];
    switch (record.type) {
        case dns_type::a:
            return to_string(Address::v4(data));
        case dns_type::aaaa:
            return to_string(Address::v6(data));
        case dns_type::txt:
            return joined_strings(message, record);
        case dns_type::mx: {
            const std::string name = name_at(message, record.data + 2);
            return std::to_string(load_be16(data)) + " " + (name.empty() ? "." : name);
        }
        default:
            return name_at(message, record.data);
    }
}

}  // namespace

DnsPins::DnsPins(const std::vector<DnsPin>& pins) {
    for (const DnsPin& pin : pins) {
        const bool spf = pin.type == "SPF";
        const auto type = spf ? std::optional(dns_type::txt) : dns_type_number(pin.type);
        if (type) by_name_[std::string(DnsName::of(pin.name).wire())].push_back({*type, spf, pin.values});
    }
}

bool DnsPins::hold(Bytes message, const DnsMessage& answer) const {
    if (by_name_.empty() || answer.truncated || !answer.has_question || (answer.code != no_error && answer.code != no_such_name))
        return true;
    const auto pins = by_name_.find(std::string(answer.name.wire()));
    if (pins == by_name_.end()) return true;
    return std::all_of(pins->second.begin(), pins->second.end(), [&](const Pinned& pin) {
        if (pin.type != answer.type) return true;
        std::vector<std::string> values;
        std::size_t at = answer.question_end;
        for (unsigned i = 0; i < answer.answers; ++i) {
            const auto record = read_dns_record(message, at);
            if (!record) break;
            if (record->type != pin.type) continue;
            std::string value = value_of(message, *record);
            if (!pin.spf_only || value.starts_with(spf_mark)) values.push_back(std::move(value));
        }
        std::sort(values.begin(), values.end());
        values.erase(std::unique(values.begin(), values.end()), values.end());
        return values == pin.values;
    });
}

}  // namespace sw

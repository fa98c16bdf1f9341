#include "collector/store/finding_key.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "collector/store/ingest.hpp"

namespace sw {
namespace {

std::string_view to_word(Network n) {
    switch (n) {
        case Network::none:
            return "none";
        case Network::arp:
            return "arp";
        case Network::ipv4:
            return "ipv4";
        case Network::ipv6:
            return "ipv6";
    }
    return "";
}

/// By name, so that a new row in reason.def renames no finding.
std::vector<std::string_view> sorted_slugs(const ReasonSet& reasons) {
    std::vector<std::string_view> slugs;
    reasons.for_each([&](Reason r) { slugs.push_back(info(r).slug); });
    std::sort(slugs.begin(), slugs.end());
    return slugs;
}

}  // namespace

/// Every flood makes thousands of these: the only text in it that may need escaping is the rule's name.
std::string canonical(const FindingRecord::Shape& s) {
    std::string any, reasons;
    const auto list = [](std::string& into, std::string_view word) { into += fmt::format("{}\"{}\"", into.empty() ? "" : ",", word); };
    if (s.any_initiator) list(any, "initiator");
    if (s.any_port) list(any, "port");
    if (s.any_responder) list(any, "responder");
    for (const std::string_view slug : sorted_slugs(s.reasons)) list(reasons, slug);
    const auto text = [](const std::string& t) { return nlohmann::json(t).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace); };
    const std::string forbid = text(s.forbid), breach = s.breach.empty() ? "" : fmt::format("\"breach\":{},", text(s.breach));
    return fmt::format(
        R"({{"any":[{}],{}"direction":"{}","ethertype":{},"forbid":{},"initiator":"{}","network":"{}","port":{},"proto":{},"reasons":[{}],"responder":"{}","rest":{}}})",
        any, breach, to_string(s.direction), s.ethertype, forbid, to_string(s.initiator), to_word(s.network), s.port, s.proto, reasons,
        to_string(s.responder), s.rest);
}

FindingKey key_of(const std::string& canonical_shape) {
    FindingKey key{};
    crypto_generichash(key.data(), key.size(), reinterpret_cast<const unsigned char*>(canonical_shape.data()), canonical_shape.size(),
                       nullptr, 0);
    return key;
}

bool is_exact(const Shape& s) { return !s.any_initiator && !s.any_responder && !s.any_port && !s.rest; }

Shape fold_ports(Shape s) {
    s.any_port = true;
    s.port = 0;
    return s;
}

Shape fold_initiators(Shape s) {
    s.any_initiator = true;
    s.initiator = {};
    return s;
}

Shape fold_all(const Shape& s) {
    Shape f = fold_initiators(fold_ports(s));
    f.any_responder = true;
    f.responder = {};
    f.ethertype = 0;
    return f;
}

Shape rest_of(Severity severity, const Shape& s) {
    Shape rest;
    rest.rest = rest.any_initiator = rest.any_responder = rest.any_port = true;
    if (severity == Severity::critical) rest.reasons.add(s.forbid.empty() ? Reason::self_traffic : Reason::forbidden);
    return rest;
}

std::string proto_word(const Shape& s) {
    if (s.network == Network::arp) return "arp";
    if (s.network != Network::none) return protocol_name(s.proto);
    return s.ethertype == 0 ? "" : fmt::format("0x{:04x}", s.ethertype);
}

}  // namespace sw

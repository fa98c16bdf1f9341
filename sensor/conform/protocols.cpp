// The protocols of speaks, a row each.
#include "sensor/conform/smtp/smtp.hpp"
#include "sensor/conform/tls/tls.hpp"

namespace sw {
namespace {

using Make = std::unique_ptr<Protocol> (*)(const Rule&, const Policy&);
struct Row {
    std::string_view speaks;
    Make make;
};

constexpr Row rows[] = {
    {"smtp", smtp_protocol},
    {"tls", tls_protocol},
};

}  // namespace

std::unique_ptr<Protocol> protocol_of(const Rule& rule, const Policy& policy) {
    if (rule.kind != RuleKind::allow) return nullptr;
    for (const Row& row : rows)
        if (row.speaks == rule.speaks) return row.make(rule, policy);
    return nullptr;
}

}  // namespace sw

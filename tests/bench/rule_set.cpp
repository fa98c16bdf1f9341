#include "tests/bench/rule_set.hpp"

#include <array>
#include <vector>

namespace bench {
namespace {

/// either_way: the packets of both directions, for tcpdump, where the captures have such.
struct Rule {
    std::string name, opening, either_way, speaks = {};
};

const std::array<Rule, 6> first_rules{
    Rule{"dns", "udp and dst host 192.0.2.53 and dst port 53", "udp and host 192.0.2.53 and port 53"},
    Rule{"smtp-in", "tcp and dst host 192.0.2.25 and dst port 25 and not src net 192.0.2.0/24", "tcp and host 192.0.2.25 and port 25",
         "smtp"},
    Rule{"submission", "tcp and dst host 192.0.2.25 and dst port 587 and not src net 192.0.2.0/24", "tcp and host 192.0.2.25 and port 587",
         "smtp"},
    Rule{"imaps", "tcp and dst host 192.0.2.25 and dst port 993 and not src net 192.0.2.0/24", "tcp and host 192.0.2.25 and port 993",
         "tls"},
    Rule{"smtp-out", "tcp and src host 192.0.2.25 and dst port 25 and not dst net 192.0.2.0/24",
         "tcp and src host 192.0.2.25 and dst port 25", "smtp"},
    Rule{"admin", "tcp and src host 192.0.2.130 and dst host 192.0.2.25 and dst port 22", "host 192.0.2.130 and tcp port 22"},
};

Rule further_rule(std::size_t i) {
    constexpr std::array<unsigned, 12> services{22, 80, 110, 123, 143, 389, 443, 465, 514, 995, 5432, 8443};
    const auto text = [](std::size_t n) { return std::to_string(n); };
    const std::string server = "host 192.0.2." + text(60 + i * 7 % 60), office = "10." + text(i / 250) + "." + text(i % 250);
    const std::string port = " and dst port " + (i % 3 == 0 ? text(10'000 + i * 37 % 40'000) : text(services[i % services.size()]));
    std::string filter;
    switch (i % 4) {
        case 0:
            filter = "tcp and src net " + office + ".0/24 and dst " + server + port;
            break;
        case 1:
            filter = "udp and src " + server + " and dst host 203.0.113." + text(1 + i % 250) + port;
            break;
        case 2:
            filter = "tcp and src " + server + " and dst net 172." + text(16 + i / 250) + "." + text(i % 250) + ".0/25" + port;
            break;
        default:
            filter =
                "tcp and src host " + office + ".9 and dst " + server + " and dst portrange " + text(6'000 + i) + "-" + text(6'009 + i);
    }
    return {"rule-" + text(i), filter, filter};
}

std::vector<Rule> all_rules(std::size_t n) {
    std::vector<Rule> rules(first_rules.begin(), first_rules.end());
    while (rules.size() < n) rules.push_back(further_rule(rules.size()));
    return rules;
}

}  // namespace

std::string policy_toml(std::size_t n, bool speaks) {
    std::string toml = "enclave = \"bench.example\"\nhome    = [\"192.0.2.0/24\"]\n";
    for (const Rule& r : all_rules(n)) {
        toml += "\n[[allow]]\nname   = \"" + r.name + "\"\nfilter = \"" + r.opening + "\"\n";
        if (speaks && !r.speaks.empty()) toml += "speaks = \"" + r.speaks + "\"\n";
    }
    return toml;
}

std::string tcpdump_expression(std::size_t n) {
    std::string expression;
    for (const Rule& r : all_rules(n)) expression += (expression.empty() ? "not ((" : ") or (") + r.either_way;
    return expression + "))\n";
}

}  // namespace bench

#pragma once
/// The rules of an enclave, as a policy of span-watcher and as one tcpdump expression.
#include <cstddef>
#include <string>

namespace bench {

inline constexpr std::size_t rule_counts[] = {6, 60, 300, 1000};

/// The first six allow the traffic of the captures; the others are for hosts and services beside it.
/// speaks: rules name the protocol of their port, so far as the captures speak it
std::string policy_toml(std::size_t rules, bool speaks = false);

/// "not (rule or rule ...)": what is not allowed. tcpdump knows no conversations, so the first six rules name addresses and ports
/// without saying who opens: the same packets of the captures are accepted, replies too. The others are as in the policy; both ways
/// they would cost tcpdump seven times as much to compile.
std::string tcpdump_expression(std::size_t rules);

}  // namespace bench

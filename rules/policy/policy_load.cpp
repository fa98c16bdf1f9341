#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "rules/base/unique_fd.hpp"
#include "rules/policy/policy_reader.hpp"

namespace sw {
namespace {

std::string sha256_hex(const std::string& text) {
    std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
    std::array<char, crypto_hash_sha256_BYTES * 2 + 1> hex{};
    crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
    sodium_bin2hex(hex.data(), hex.size(), digest.data(), digest.size());
    return hex.data();
}

void read_mode(const TomlValue& value, Policy& policy, Report& report) {
    if (!report.expect(value, TomlValue::Kind::string, "mode", "mode = \"flow\"")) return;
    if (const auto mode = mode_from(value.text)) {
        policy.mode = *mode;
    } else {
        report.error(value.span, "unknown-mode", "\"" + value.text + "\" is no mode", propose(value.text, {"flow", "packet", "tcpdump"}));
    }
}

/// What may use names waits until all of them are read.
struct Waiting {
    std::vector<RuleTable> rules;
    const TomlValue* wire = nullptr;
    const TomlValue* log = nullptr;
};

void read_top(const TomlEntry& entry, Policy& policy, Waiting& waiting, Report& report) {
    if (entry.key == "enclave") {
        if (const std::string* text = report.plain_string(entry.value, "enclave")) policy.enclave = *text;
    } else if (entry.key == "home") {
        read_home(entry.value, policy, report);
    } else if (entry.key == "mode") {
        read_mode(entry.value, policy, report);
    } else if (entry.key == "timezone_offset") {
        read_timezone_offset(entry, policy, report);
    } else if (entry.key == "names") {
        read_names(entry.value, policy, report);
    } else if (entry.key == "allow") {
        collect_rules(entry, RuleKind::allow, waiting.rules, report);
    } else if (entry.key == "forbid") {
        collect_rules(entry, RuleKind::forbid, waiting.rules, report);
    } else if (entry.key == "housekeeping") {
        collect_rules(entry, RuleKind::housekeeping, waiting.rules, report);
    } else if (entry.key == "wire") {
        waiting.wire = &entry.value;
    } else if (entry.key == "log") {
        waiting.log = &entry.value;
    } else if (entry.key == "dns_pin") {
        read_dns_pins(entry, policy, report);
    } else {
        report.unknown_key(
            entry, "a policy",
            {"enclave", "home", "mode", "timezone_offset", "names", "allow", "forbid", "housekeeping", "wire", "dns_pin", "log"});
    }
}

void read_policy(const TomlValue& root, Policy& policy, Report& report) {
    Waiting waiting;
    for (const TomlEntry& entry : root.entries) read_top(entry, policy, waiting, report);
    if (waiting.wire != nullptr) read_wire(*waiting.wire, policy, report);
    read_rules(std::move(waiting.rules), policy, report);
    if (waiting.log != nullptr) read_log(*waiting.log, policy, report);
    bool allows = false;
    for (const Rule& rule : policy.rules) allows = allows || rule.kind == RuleKind::allow;
    const auto asks = [](const Rule& rule) { return rule.kind == RuleKind::allow && rule.speaks == "dns"; };
    if (!policy.dns_pins.empty() && std::none_of(policy.rules.begin(), policy.rules.end(), asks))
        report.warning("pin-unused", "no rule speaks dns: the pins are compared with no answer",
                       "add speaks = \"dns\" to the rule for DNS");
    if (!allows)
        report.warning("no-allow", "no allow rule: every conversation will be greylisted", "add an [[allow]] rule for each service");
}

}  // namespace

PolicyLoad parse_policy(std::string path, std::string text) {
    PolicyLoad load;
    if (text.size() > max_policy_octets) {
        load.diagnostics.push_back({Diagnostic::Level::error, 0, 0, 1, "limit", "a policy has at most 4 MiB", "is this the right file?"});
        load.text = std::move(text);
        return load;
    }
    const SourceText source(text);
    Report report(source, load.diagnostics);
    if (const TomlParse toml = parse_toml(source); toml.root) {
        Policy policy;
        read_policy(*toml.root, policy, report);
        if (!has_errors(load.diagnostics)) load.policy = std::move(policy);
    } else {
        report.error(toml.where, "toml", toml.error);
    }
    sort_by_place(load.diagnostics);
    if (load.policy) {
        load.policy->path = std::move(path);
        load.policy->sha256 = sha256_hex(text);
        load.policy->text = text;
    }
    load.text = std::move(text);
    return load;
}

Result<PolicyLoad> load_policy(const std::string& path) {
    const auto failure = [&path](int error) { return unexpected("cannot read the policy " + path + ": " + std::strerror(error)); };
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return failure(errno);
    std::string text;
    std::array<char, 65536> chunk;
    for (;;) {
        const ssize_t got = ::read(file.get(), chunk.data(), chunk.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failure(errno);
        if (got == 0) break;
        text.append(chunk.data(), static_cast<std::size_t>(got));
        if (text.size() > max_policy_octets) return unexpected("the policy " + path + " is larger than 4 MiB: is this the right file?");
    }
    return parse_policy(path, std::move(text));
}

}  // namespace sw

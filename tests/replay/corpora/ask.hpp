#pragma once
/// The product, asked about whole captures.
#include <string>
#include <vector>

#include "sensor/engine.hpp"
#include "tests/replay/corpora/captures.hpp"

namespace sw::corpora {

/// A policy whose rules (allow) are these expressions, one each. Fails the running test if it is none.
Policy allowing(const std::vector<std::string>& expressions);

/// A policy from its text, or from a file of the project. Fails the running test if it is none.
Policy policy_of(const std::string& text);
Policy shipped_policy(const std::string& path_in_project);

/// TCP, UDP, ICMP and ARP, whoever speaks.
const Policy& permissive();
const Policy& mail_enclave();

struct Run {
    std::vector<Judgement> judgements;  ///< of the frames that were judged
    std::vector<Finding> findings;
    EngineCounters counters;
    std::string error;  ///< why judging ended early, or ""
};

struct RunOptions {
    Mode mode = Mode::flow;
    std::size_t batch = 256;     ///< frames a call
    std::uint8_t key_octet = 0;  ///< of SipHash
    bool shortcuts = true;       ///< EngineOptions::shortcuts
};

Run run(const Policy& policy, const Capture& capture, const RunOptions& options);

/// Field by field.
bool same(const Judgement& a, const Judgement& b);
bool same(const Run& a, const Run& b);

}  // namespace sw::corpora

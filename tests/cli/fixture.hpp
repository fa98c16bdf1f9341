#pragma once
/// What most tests of the command line start from: a policy, captures clean and grey, and JSON Lines taken apart.
#include <nlohmann/json.hpp>

#include "tests/cli/child.hpp"
#include "tests/support/captures.hpp"
#include "tests/support/enclave_day.hpp"
#include "tests/support/stock.hpp"

namespace sw::cli {

using Json = nlohmann::ordered_json;

/// A folder with policy.toml  (the shipped mail enclave's), clean.pcap (one SMTP conversation, allowed), grey.pcap (one SYN to a
/// port that no rule names) and black.pcap (the mail host opens SSH).
class Desk : public Folder {
public:
    Desk();
};

craft::Frames clean_frames();
craft::Frames grey_frames();
craft::Frames black_frames();

/// span-watcher replay --policy policy.toml MORE...
Ended replay(const Folder& folder, std::vector<std::string> more, const Setup& setup = {});
/// The same with --json before it.
Ended replay_json(const Folder& folder, std::vector<std::string> more, const Setup& setup = {});

/// Fails the test where a line is no JSON object.
std::vector<Json> lines_of(const std::string& out);
std::vector<Json> of_type(const std::vector<Json>& lines, const std::string& type);
Json summary_of(const std::string& out);

bool has(const std::string& text, const std::string& part);
std::size_t occurrences(const std::string& text, const std::string& part);

/// The octets of a crafted capture, as text for a pipe.
std::string as_text(const craft::Octets& octets);

}  // namespace sw::cli

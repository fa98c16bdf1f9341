#pragma once
/// A panel for questions that are too many to ask of all captures: some Ethernet captures of every category, and the
/// filter expressions that libpcap's own tests know for Ethernet.
#include <string>
#include <vector>

namespace sw::corpora {

/// Names of Ethernet-only captures of 5 to 1,000 frames that libpcap reads to their end, a_category from each.
std::vector<std::string> panel(std::size_t a_category);

/// Expressions that libpcap accepts for EN10MB, the empty one first; without those for live devices only (ifindex).
std::vector<std::string> ethernet_filters();

}  // namespace sw::corpora

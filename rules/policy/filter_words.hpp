#pragma once
/// The words of pcap-filter(7), and which of the other words could only be host names. Private to parse_filter.
#include <cstdint>
#include <string_view>
#include <vector>

#include "rules/policy/filter.hpp"

namespace sw::filter {

/// What a word does in the grammar, as far as parse_filter cares.
enum class Word : std::uint8_t {
    none,
    logic_and,
    logic_or,
    logic_not,
    src,
    dst,
    slot,  ///< an 802.11 address slot: stands where src and dst stand
    host,
    net,
    port,
    portrange,
    proto,  ///< proto, protochain
    gateway,
    mask,
    protocol,     ///< ip, tcp, ether ...: a leaf alone, or qualifies one, or an accessor before [
    length,       ///< len
    constant,     ///< a name for a number: tcp-syn, icmptype
    alone,        ///< a leaf without operand
    with_number,  ///< less, greater, ifindex, rnr ...
    with_word,    ///< on, reason, action ...
    byte,
    cast,  ///< broadcast, multicast
    wlan,  ///< type, subtype, dir
    llc,
    shift,    ///< moves the offsets of all that stands to its right
    foreign,  ///< ATM, SS7: known to be libpcap's, not taken apart
};

Word word_of(std::string_view text);
/// For "did you mean": what a policy could plausibly use.
std::vector<std::string_view> words_to_propose();

struct Token;

/// Parentheses that do not balance or nest too deeply, words that only a resolver could turn into an address, and
/// misspelt words. tokens ends with kind end.
void check_tokens(const std::vector<Token>& tokens, const Names& names, std::vector<FilterError>& errors);

inline constexpr std::uint32_t max_depth = 64;
inline constexpr std::size_t max_text = 64 * 1024, max_expanded = 1024 * 1024, max_leaves = 4096;

}  // namespace sw::filter

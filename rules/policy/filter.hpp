#pragma once
/// A tcpdump expression, taken apart only as far as people need it explained: and, or, not, and leaves that libpcap
/// alone understands. Verdicts never come from this tree: they come from the program libpcap compiles of expanded.
/// source: pcap-filter(7)
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/base/result.hpp"

namespace sw {

/// [names] in file order; home is among them as "home" once the policy is read.
using Names = std::vector<std::pair<std::string, std::vector<std::string>>>;

/// What a leaf asks, where we know it; opaque: only libpcap knows.
struct Predicate {
    enum class Subject : std::uint8_t { protocol, host, net, port, ether_host, opaque };
    enum class Direction : std::uint8_t { either, src, dst, both };  ///< "src or dst", "src", "dst", "src and dst"
    Subject subject = Subject::opaque;
    Direction direction = Direction::either;
    std::string protocol;             ///< tcp, udp, ip6, arp ... qualifying the leaf ("tcp dst port 25"), or the leaf itself
    std::string name;                 ///< of the $name it was written with, without $; else ""
    std::vector<std::string> values;  ///< addresses, prefixes, ports, ranges, as text, names expanded
};

struct FilterNode {
    enum class Kind : std::uint8_t { all_of, any_of, none_of, leaf };  ///< none_of has one child
    Kind kind = Kind::leaf;
    std::vector<FilterNode> children;
    Predicate predicate;       ///< leaf
    std::string text;          ///< leaf: as written, qualifiers that it inherits included ("port 25 or 26": "port 26")
    std::string expanded;      ///< leaf: a complete tcpdump expression
    std::uint32_t offset = 0;  ///< in the filter as written
    std::uint32_t length = 0;
};

struct Filter {
    std::string written;   ///< with $names
    std::string expanded;  ///< for libpcap: a list became (a or b)
    FilterNode root;       ///< empty filter: all_of without children
};

/// Where and why a filter is wrong. Offset counts octets in the filter as written.
struct FilterError {
    std::uint32_t offset = 0, length = 1;
    std::string code;  ///< unknown-name, name-value, host-name, syntax, depth
    std::string message;
    std::string fix;
};

/// Expand names and take the expression apart. A word that only a resolver could turn into an address is an error
/// (host-name: "names belong in [names]"). What our grammar does not know becomes one opaque leaf, not an error:
/// libpcap judges it later.
/// limits: 64 KiB of text, 64 levels of parentheses, 4,096 leaves
/// out:    errors is empty on success
Filter parse_filter(std::string_view written, const Names& names, std::vector<FilterError>& errors);

}  // namespace sw

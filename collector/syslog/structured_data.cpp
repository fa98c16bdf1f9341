/// RFC 5424 6.3: 1*("[" SD-ID *(SP PARAM-NAME "=" %d34 PARAM-VALUE %d34) "]")
#include "collector/syslog/header.hpp"

namespace sw {
namespace {

constexpr std::size_t most_name_octets = 32;

/// SD-NAME: printable US-ASCII but '=', SP, ']', '"'. Its octets; 0: none.
std::size_t name_octets(std::string_view s) {
    std::size_t n = 0;
    while (n < s.size() && s[n] > ' ' && s[n] < 0x7f && s[n] != '=' && s[n] != ']' && s[n] != '"') ++n;
    return n;
}

/// The quoted value at the front of s, with both quotes; 0: it does not end. A ']' must be escaped, too.
std::size_t value_octets(std::string_view s) {
    if (s.empty() || s[0] != '"') return 0;
    for (std::size_t i = 1; i < s.size(); ++i) {
        if (s[i] == '"') return i + 1;
        if (s[i] == ']') return 0;
        if (s[i] == '\\') ++i;
    }
    return 0;
}

/// One parameter, from its name on; 0: none.
std::size_t parameter_octets(std::string_view s, std::size_t& name) {
    name = name_octets(s);
    if (name == 0 || name >= s.size() || s[name] != '=') return 0;
    const std::size_t value = value_octets(s.substr(name + 1));
    return value == 0 ? 0 : name + 1 + value;
}

std::size_t element_octets(std::string_view s, bool& name_too_long) {
    std::size_t at = 1;  // behind the bracket
    std::size_t name = name_octets(s.substr(at));
    if (name == 0) return 0;
    name_too_long = name_too_long || name > most_name_octets;
    at += name;
    while (at < s.size() && s[at] == ' ') {
        const std::size_t n = parameter_octets(s.substr(at + 1), name);
        if (n == 0) return 0;
        name_too_long = name_too_long || name > most_name_octets;
        at += 1 + n;
    }
    return at < s.size() && s[at] == ']' ? at + 1 : 0;
}

}  // namespace

std::size_t structured_data_octets(std::string_view s, bool& name_too_long) {
    if (s.starts_with('-')) return 1;
    std::size_t at = 0;
    while (at < s.size() && s[at] == '[') {
        const std::size_t n = element_octets(s.substr(at), name_too_long);
        if (n == 0) return 0;
        at += n;
    }
    return at;
}

/// What it walks was found well-formed by structured_data_octets.
std::optional<StructuredParameter> StructuredWalk::next() {
    while (!rest_.empty()) {
        if (rest_[0] == '[') {
            const std::size_t n = name_octets(rest_.substr(1));
            id_ = rest_.substr(1, n);
            rest_.remove_prefix(1 + n);
            if (rest_.starts_with(']')) {
                rest_.remove_prefix(1);
                return StructuredParameter{id_, {}, {}};
            }
        } else if (rest_[0] == ' ') {
            std::size_t name = 0;
            const std::size_t n = parameter_octets(rest_.substr(1), name);
            if (n == 0) break;
            const StructuredParameter p{id_, rest_.substr(1, name), rest_.substr(1 + name + 2, n - name - 3)};
            rest_.remove_prefix(1 + n);
            return p;
        } else if (rest_[0] == ']') {
            rest_.remove_prefix(1);
        } else {
            break;
        }
    }
    rest_ = {};
    return std::nullopt;
}

}  // namespace sw

#include "rules/policy/filter_lexer.hpp"

#include <arpa/inet.h>

#include <algorithm>

#include "rules/base/text.hpp"

namespace sw::filter {
namespace {

// Character classes without the locale.
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_alnum(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::size_t run(std::string_view s, bool (*wanted)(char)) {
    return static_cast<std::size_t>(std::find_if_not(s.begin(), s.end(), wanted) - s.begin());
}

bool is_number(std::string_view s) {
    if (s.size() > 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) return run(s.substr(2), is_hex) == s.size() - 2;
    return !s.empty() && run(s, is_digit) == s.size();
}

std::vector<std::string_view> split(std::string_view s, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t at = s.find(separator);
        parts.push_back(s.substr(0, at));
        if (at == std::string_view::npos) return parts;
        s.remove_prefix(at + 1);
    }
}

bool is_dotted(std::string_view s) {
    const auto parts = split(s, '.');
    return parts.size() >= 2 && parts.size() <= 4 && std::all_of(parts.begin(), parts.end(), is_number);
}

// aa:bb:cc:dd:ee:ff with : - or . (one or two digits each), aabb.ccdd.eeff, aabbccddeeff
bool is_mac(std::string_view s) {
    const auto hex_groups = [&](char separator, std::size_t count, std::size_t shortest, std::size_t longest) {
        const auto parts = split(s, separator);
        return parts.size() == count && std::all_of(parts.begin(), parts.end(), [&](std::string_view p) {
                   return p.size() >= shortest && p.size() <= longest && run(p, is_hex) == p.size();
               });
    };
    return hex_groups(':', 6, 1, 2) || hex_groups('-', 6, 1, 2) || hex_groups('.', 6, 1, 2) || hex_groups('.', 3, 4, 4) ||
           (s.size() == 12 && run(s, is_hex) == 12);
}

bool is_ipv6(std::string_view s) {
    in6_addr address;
    return s.size() < INET6_ADDRSTRLEN && inet_pton(AF_INET6, std::string(s).c_str(), &address) == 1;
}

// Letters, digits, and inside also - and _ .
std::string_view longest_word(std::string_view s) {
    std::size_t n = run(s, [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; });
    while (n > 0 && (s[n - 1] == '-' || s[n - 1] == '_')) --n;
    return s.substr(0, n);
}

std::string_view longest_symbol(std::string_view s) {
    for (std::string_view two : {">=", "<=", "!=", "==", "<<", ">>", "&&", "||"})
        if (s.starts_with(two)) return s.substr(0, 2);
    return std::string_view("+-*/%:[]!<>()&|^=").find(s[0]) != std::string_view::npos ? s.substr(0, 1) : std::string_view{};
}

Token::Kind kind_of_word(std::string_view text, Word word) {
    if (word == Word::constant) return Token::Kind::number;
    if (word != Word::none) return Token::Kind::word;
    if (is_mac(text)) return Token::Kind::mac;
    if (is_number(text)) return Token::Kind::number;
    return is_dotted(text) ? Token::Kind::ipv4 : Token::Kind::id;
}

// The longest token at the start of s, as flex would choose; an empty text if nothing fits.
Token next_token(std::string_view s) {
    if (s[0] == '$') {
        const std::size_t n = run(s.substr(1), [](char c) { return is_alnum(c) || c == '-' || c == '_'; });
        return {Token::Kind::name, Word::none, s.substr(0, n > 0 ? n + 1 : 0)};
    }
    if (s[0] == '\\') {
        const std::size_t n = std::min(s.find_first_of(" !()\n\t"), s.size());
        return {Token::Kind::id, Word::none, s.substr(0, n > 1 ? n : 0)};
    }
    // Addresses with colons first: their parts alone would be words. "2:2" in ip[2:2] is neither.
    const std::string_view colons = s.substr(0, run(s, [](char c) { return is_hex(c) || c == ':' || c == '.'; }));
    if (colons.find(':') != std::string_view::npos) {
        if (is_mac(colons)) return {Token::Kind::mac, Word::none, colons};
        if (is_ipv6(colons)) return {Token::Kind::ipv6, Word::none, colons};
    }
    if (is_alnum(s[0])) {
        const std::string_view text = longest_word(s);
        const Word word = word_of(text);
        return {kind_of_word(text, word), word, text};
    }
    const std::string_view text = longest_symbol(s);
    const Word word = text == "&&" ? Word::logic_and : text == "||" ? Word::logic_or : text == "!" ? Word::logic_not : Word::none;
    return {word == Word::none ? Token::Kind::symbol : Token::Kind::word, word, text};
}

FilterError stray(std::string_view rest, std::uint32_t offset) {
    const char c = rest[0];
    if (c == '"' || c == '\'') return {offset, 1, "syntax", "a filter has no quotes", "leave them out"};
    if (c == '$') return {offset, 1, "unknown-name", "a name is missing behind $", ""};
    return {offset, 1, "syntax", "no filter contains the character " + std::string(rest.substr(0, 1)), ""};
}

}  // namespace

std::vector<Token> tokenize(std::string_view written, std::vector<FilterError>& errors) {
    std::vector<Token> tokens;
    for (std::size_t at = 0; at < written.size();) {
        const std::string_view rest = written.substr(at);
        const auto offset = static_cast<std::uint32_t>(at);
        if (is_space(rest[0])) {
            ++at;
            continue;
        }
        Token token = next_token(rest);
        if (token.text.empty()) {
            errors.push_back(stray(rest, offset));
            return tokens;
        }
        token.offset = offset;
        at += token.text.size();
        tokens.push_back(token);
    }
    tokens.push_back({Token::Kind::end, Word::none, {}, static_cast<std::uint32_t>(written.size())});
    return tokens;
}

std::string joined(const std::vector<std::string>& values) {
    if (values.size() == 1) return values.front();
    std::string out;
    for (const std::string& value : values) out += (out.empty() ? "(" : " or ") + value;
    return out + ")";
}

const std::vector<std::string>* find_name(const Names& names, std::string_view name) {
    const auto found = std::find_if(names.begin(), names.end(), [&](const auto& entry) { return entry.first == name; });
    return found == names.end() ? nullptr : &found->second;
}

std::string expand(std::string_view written, const std::vector<Token>& tokens, const Names& names, std::vector<FilterError>& errors) {
    std::string out;
    std::size_t copied = 0;
    for (const Token& token : tokens) {
        if (token.kind != Token::Kind::name) continue;
        const std::string_view name = token.text.substr(1);
        const std::vector<std::string>* values = find_name(names, name);
        if (values == nullptr || values->empty()) {
            std::vector<std::string_view> known;
            for (const auto& entry : names) known.push_back(entry.first);
            const std::string_view near = nearest_word(name, known);
            const std::string what =
                values == nullptr ? "[names] has no " + std::string(name) : "the list of " + std::string(token.text) + " is empty";
            const std::string fix = values != nullptr ? ""
                                    : near.empty()    ? "add " + std::string(name) + " = \"...\" under [names]"
                                                      : "did you mean $" + std::string(near) + "?";
            errors.push_back({token.offset, token.length(), "unknown-name", what, fix});
            continue;
        }
        // Spaces, so that a value never joins a neighbour and becomes another token.
        out.append(written, copied, token.offset - copied);
        if (!out.empty() && !is_space(out.back()) && out.back() != '(') out += ' ';
        out += joined(*values);
        copied = token.offset + token.text.size();
        if (copied < written.size() && !is_space(written[copied]) && written[copied] != ')') out += ' ';
    }
    out.append(written, copied);
    return out;
}

}  // namespace sw::filter

#include "rules/policy/filter_words.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "rules/base/text.hpp"
#include "rules/policy/filter_lexer.hpp"

namespace sw::filter {
namespace {

using Entry = std::pair<Word, std::string_view>;

// source: pcap-filter(7), and for the words that it does not name the grammar of libpcap 1.10; vxlan and batadv are of
// its successor, known here because they shift offsets too.
constexpr auto vocabulary = std::to_array<Entry>({
    {Word::logic_and, "and"},
    {Word::logic_or, "or"},
    {Word::logic_not, "not"},
    {Word::src, "src"},
    {Word::dst, "dst"},
    {Word::slot, "addr1 addr2 addr3 addr4 address1 address2 address3 address4 ra ta"},
    {Word::host, "host"},
    {Word::net, "net"},
    {Word::port, "port"},
    {Word::portrange, "portrange"},
    {Word::proto, "proto protochain"},
    {Word::gateway, "gateway"},
    {Word::mask, "mask"},
    {Word::protocol,
     "ether link fddi tr wlan ppp slip ip ip6 arp rarp tcp udp icmp icmp6 sctp igmp igrp pim vrrp carp ah esp atalk aarp decnet lat sca "
     "moprc mopdl iso clnp esis es-is isis is-is l1 l2 iih lsp snp csnp psnp stp ipx netbeui radio"},
    {Word::length, "len length"},
    {Word::constant,
     "icmptype icmpcode icmp-echoreply icmp-unreach icmp-sourcequench icmp-redirect icmp-echo icmp-routeradvert icmp-routersolicit "
     "icmp-timxceed icmp-paramprob icmp-tstamp icmp-tstampreply icmp-ireq icmp-ireqreply icmp-maskreq icmp-maskreply icmp6type icmp6code "
     "icmp6-destinationunreach icmp6-packettoobig icmp6-timeexceeded icmp6-parameterproblem icmp6-echo icmp6-echoreply "
     "icmp6-multicastlistenerquery icmp6-multicastlistenerreportv1 icmp6-multicastlistenerdone icmp6-routersolicit icmp6-routeradvert "
     "icmp6-neighborsolicit icmp6-neighboradvert icmp6-redirect icmp6-routerrenum icmp6-nodeinformationquery "
     "icmp6-nodeinformationresponse icmp6-ineighbordiscoverysolicit icmp6-ineighbordiscoveryadvert icmp6-multicastlistenerreportv2 "
     "icmp6-homeagentdiscoveryrequest icmp6-homeagentdiscoveryreply icmp6-mobileprefixsolicit icmp6-mobileprefixadvert "
     "icmp6-certpathsolicit icmp6-certpathadvert icmp6-multicastrouteradvert icmp6-multicastroutersolicit icmp6-multicastrouterterm "
     "tcpflags tcp-fin tcp-syn tcp-rst tcp-push tcp-ack tcp-urg tcp-ece tcp-cwr"},
    {Word::alone, "inbound outbound pppoed"},
    {Word::with_number, "less greater ifindex rnr rulenum srnr subrulenum"},
    {Word::with_word, "on ifname rset ruleset reason action"},
    {Word::byte, "byte"},
    {Word::cast, "broadcast multicast"},
    {Word::wlan, "type subtype dir direction"},
    {Word::llc, "llc"},
    {Word::shift, "vlan mpls pppoes geneve vxlan batadv"},
    {Word::foreign,
     "lane metac bcc oam oamf4 oamf4ec oamf4sc sc ilmic vpi vci connectmsg metaconnect fisu lssu lsu msu hfisu hlssu hmsu sio opc dpc sls "
     "hsio hopc hdpc hsls"},
});

// Sorted once: a policy of a thousand rules looks up some ten thousand words.
const std::vector<std::pair<std::string_view, Word>>& dictionary() {
    static const auto sorted = [] {
        std::vector<std::pair<std::string_view, Word>> words;
        for (const auto& [word, list] : vocabulary)
            for (std::size_t at = 0; at < list.size();) {
                const std::size_t end = std::min(list.find(' ', at), list.size());
                words.emplace_back(list.substr(at, end - at), word);
                at = end + 1;
            }
        std::sort(words.begin(), words.end());
        return words;
    }();
    return sorted;
}

// What a word that the language does not know would name where it stands.
enum class Place : std::uint8_t { nothing, address, other };

Place place_after(Word word, Place now) {
    switch (word) {
        case Word::src:
        case Word::dst:
        case Word::slot:
        case Word::host:
        case Word::net:
        case Word::gateway:
            return Place::address;
        case Word::port:
        case Word::portrange:
        case Word::proto:
        case Word::with_word:
        case Word::wlan:
        case Word::llc:
            return Place::other;
        case Word::none:
        case Word::logic_and:
        case Word::logic_or:
        case Word::logic_not:
        case Word::mask:
            return now;
        default:
            return Place::nothing;
    }
}

// A key for [names] out of a host name: its first label.
std::string as_key(std::string_view host) {
    std::string key(host.substr(0, host.find('.')));
    if (!key.empty() && key.front() == '\\') key.erase(0, 1);
    return key.empty() ? "host" : escape_for_display(key);
}

FilterError host_name(const Token& token, std::string_view host, const Names& names) {
    const std::string shown = escape_for_display(host), key = as_key(host);
    const std::string fix =
        find_name(names, host) != nullptr ? "write $" + shown : "add " + key + " = \"<its address>\" under [names] and write $" + key;
    return {token.offset, token.length(), "host-name", "only a resolver knows the address of " + shown + ": names belong in [names]", fix};
}

class Checker {
public:
    Checker(const std::vector<Token>& tokens, const Names& names, std::vector<FilterError>& errors)
        : tokens_(tokens), names_(names), errors_(errors) {}

    void run() {
        for (const Token& token : tokens_) {
            if (token.is("(") || token.is("[")) open(token);
            if (token.is(")") || token.is("]")) close(token);
            if (token.kind == Token::Kind::word) place_ = place_after(token.word, place_);
            if (token.kind == Token::Kind::id) id(token);
            if (token.kind == Token::Kind::name) name(token);
        }
        for (const Open& left : open_) {
            const std::string mark(left.token->text);
            errors_.push_back({left.token->offset, 1, "syntax", mark + " is never closed", mark == "(" ? "add )" : "add ]"});
        }
    }

private:
    // libpcap carries the qualifiers past a group as they were before it: port 25 or (udp) or 26.
    struct Open {
        const Token* token;
        Place before;
    };

    void open(const Token& token) {
        open_.push_back({&token, place_});
        if (open_.size() == max_depth + 1)
            errors_.push_back({token.offset, 1, "depth", "more than 64 levels of parentheses", "split the rule"});
    }

    void close(const Token& token) {
        const std::string_view opener = token.is(")") ? "(" : "[";
        if (open_.empty() || !open_.back().token->is(opener)) {
            errors_.push_back({token.offset, 1, "syntax", std::string(token.text) + " without " + std::string(opener), ""});
            return;
        }
        place_ = open_.back().before;
        open_.pop_back();
    }

    // Before an operand stands a qualifier ("prot 25"); before and, or, ) and the end stands a value.
    static bool stands_for_value(const Token& next) {
        return next.kind == Token::Kind::end || next.is(")") || next.is(Word::logic_and) || next.is(Word::logic_or);
    }

    // token is never the last: that one is of kind end.
    void id(const Token& token) {
        if (place_ == Place::other) return;
        const bool is_address = place_ == Place::address && stands_for_value(*(&token + 1));
        const std::string_view near = is_address ? std::string_view{} : nearest_word(token.text, words_to_propose());
        if (!near.empty())
            errors_.push_back({token.offset, token.length(), "syntax", "unknown word " + escape_for_display(token.text),
                               "did you mean " + std::string(near) + "?"});
        else if (place_ == Place::address)
            errors_.push_back(host_name(token, token.text, names_));
        // Else only libpcap's own words fit here, and a newer libpcap may know more of them than we do.
    }

    void name(const Token& token) {
        const std::vector<std::string>* values = find_name(names_, token.text.substr(1));
        if (values == nullptr) return;
        for (const std::string& value : *values) {
            std::vector<FilterError> strays;
            const std::vector<Token> parts = tokenize(value, strays);
            if (!strays.empty() || !is_value(parts)) {
                errors_.push_back(
                    {token.offset, token.length(), "name-value",
                     std::string(token.text) + " holds " + escape_for_display(value) + ", which is not an address, prefix or port", ""});
            } else if (parts.front().kind == Token::Kind::id && place_ == Place::address) {
                errors_.push_back(host_name(token, value, names_));
            }
        }
    }

    // One value, or a prefix: nothing that could change the grammar around it.
    static bool is_value(const std::vector<Token>& parts) {
        using Kind = Token::Kind;
        const Token& first = parts.front();
        if (first.kind == Kind::word || first.kind == Kind::symbol || first.kind == Kind::name || first.kind == Kind::end) return false;
        return parts.size() == 2 || (parts.size() == 4 && parts[1].is("/") && parts[2].kind == Kind::number);
    }

    const std::vector<Token>& tokens_;
    const Names& names_;
    std::vector<FilterError>& errors_;
    std::vector<Open> open_;
    Place place_ = Place::nothing;
};

}  // namespace

Word word_of(std::string_view text) {
    const auto& words = dictionary();
    const auto at =
        std::lower_bound(words.begin(), words.end(), text, [](const auto& entry, std::string_view t) { return entry.first < t; });
    return at != words.end() && at->first == text ? at->second : Word::none;
}

std::vector<std::string_view> words_to_propose() {
    std::vector<std::string_view> words;
    for (const auto& [text, word] : dictionary())
        if (word != Word::foreign) words.push_back(text);
    return words;
}

void check_tokens(const std::vector<Token>& tokens, const Names& names, std::vector<FilterError>& errors) {
    Checker(tokens, names, errors).run();
}

}  // namespace sw::filter

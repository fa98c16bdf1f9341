#include <algorithm>
#include <optional>

#include "rules/policy/filter.hpp"
#include "rules/policy/filter_lexer.hpp"
#include "rules/policy/filter_words.hpp"

namespace sw {
namespace {

using filter::Token;
using filter::Word;
using Kind = FilterNode::Kind;
using Subject = Predicate::Subject;
using Direction = Predicate::Direction;

// What stands before a value; a value alone inherits the last ones ("tcp dst port 25 or 26").
struct Qualifiers {
    std::string text;  // as written
    std::string protocol;
    Direction direction = Direction::either;
    Word type = Word::none;
    bool slot = false;
    bool there = false;  // false: no value may stand here
};

bool is_ether(std::string_view protocol) {
    for (std::string_view p : {"ether", "link", "fddi", "tr", "wlan", "ppp", "slip"})
        if (protocol == p) return true;
    return false;
}

Subject subject_of(const Qualifiers& q, const Token& value, bool prefix) {
    const bool ether = is_ether(q.protocol);
    if (q.slot || q.type == Word::proto || q.type == Word::gateway) return Subject::opaque;
    if (q.type == Word::port || q.type == Word::portrange) return Subject::port;
    if (ether) return value.kind == Token::Kind::mac || value.kind == Token::Kind::name ? Subject::ether_host : Subject::opaque;
    return q.type == Word::net || prefix ? Subject::net : Subject::host;
}

// Recursive descent over the tokens. A null optional means: not of the grammar known here, so the whole filter becomes
// one opaque leaf. "and" and "or" bind alike and from the left, as in libpcap.
class Parser {
public:
    Parser(std::string_view written, const std::vector<Token>& tokens, const Names& names, std::vector<FilterError>& errors)
        : written_(written), tokens_(tokens), names_(names), errors_(errors) {}

    std::optional<FilterNode> parse() {
        std::optional<FilterNode> root = expression();
        if (!root || now().kind != Token::Kind::end || leaves_ > filter::max_leaves) return std::nullopt;
        return root;
    }
    std::size_t leaves() const { return leaves_; }

private:
    using Node = std::optional<FilterNode>;
    static constexpr std::uint32_t max_turns = 256;  // from and to or and back: each makes the tree one level deeper

    const Token& now() const { return tokens_[at_]; }
    const Token& ahead(std::size_t n) const { return tokens_[std::min(at_ + n, tokens_.size() - 1)]; }
    bool take(std::string_view symbol) { return now().is(symbol) && (++at_, true); }
    bool take(Word word) { return now().is(word) && (++at_, true); }
    bool take(Token::Kind kind) { return now().kind == kind && (++at_, true); }
    std::uint32_t start() const { return now().offset; }
    std::uint32_t end_before() const { return at_ == 0 ? 0 : tokens_[at_ - 1].offset + tokens_[at_ - 1].length(); }

    // "and"/"or" chains of whatever operand() parses.
    template <class Operand>
    Node chain(Operand operand) {
        Node left = operand();
        while (left && (now().is(Word::logic_and) || now().is(Word::logic_or))) {
            const Kind kind = now().is(Word::logic_and) ? Kind::all_of : Kind::any_of;
            ++at_;
            Node right = operand();
            if (!right) return right;
            if (left->kind != kind && left->kind != Kind::leaf && ++turns_ > max_turns) return std::nullopt;
            left = join(kind, std::move(*left), std::move(*right));
        }
        return left;
    }

    FilterNode join(Kind kind, FilterNode left, FilterNode right) const {
        const std::uint32_t offset = left.offset;
        FilterNode node;
        if (left.kind == kind) {
            node = std::move(left);
        } else {
            node.kind = kind;
            node.children.push_back(std::move(left));
        }
        node.children.push_back(std::move(right));
        node.offset = offset;
        node.length = end_before() - offset;
        return node;
    }

    // Behind "not". Parentheses are counted by check_tokens.
    template <class Operand>
    Node negation(std::uint32_t offset, Operand operand) {
        if (depth_ == filter::max_depth) {
            if (errors_.empty()) errors_.push_back({offset, 3, "depth", "more than 64 times not", "split the rule"});
            return std::nullopt;
        }
        ++depth_;
        Node inner = operand();
        --depth_;
        if (!inner) return inner;
        FilterNode node;
        node.kind = Kind::none_of;
        node.children.push_back(std::move(*inner));
        node.offset = offset;
        node.length = end_before() - offset;
        return node;
    }

    Node expression() {
        return chain([this] { return term(); });
    }

    Node term() {
        const std::uint32_t offset = start();
        if (take(Word::logic_not)) return negation(offset, [this] { return term(); });
        if (Node relation = this->relation()) return relation;
        if (q_.there && starts_value(0)) return value();
        if (now().is("(")) return group();
        if (now().kind == Token::Kind::word) return qualified();
        return std::nullopt;
    }

    // Behind a group the qualifiers from before it hold again ("port 25 and (udp) or 26").
    Node group() {
        const std::uint32_t offset = start();
        ++at_;
        const Qualifiers before = q_;
        Node node = expression();
        q_ = before;
        if (!node || !take(")")) return std::nullopt;
        node->offset = offset;
        node->length = end_before() - offset;
        return node;
    }

    // Does a value, a negated one, or a group of them start n tokens ahead?
    bool starts_value(std::size_t n) const {
        while (ahead(n).is("(") || ahead(n).is(Word::logic_not)) ++n;
        using K = Token::Kind;
        const K kind = ahead(n).kind;
        return kind == K::id || kind == K::number || kind == K::ipv4 || kind == K::ipv6 || kind == K::mac || kind == K::name;
    }

    Node value() {
        const std::uint32_t offset = start();
        if (take(Word::logic_not)) return negation(offset, [this] { return value(); });
        if (!take("(")) return single_value();
        Node node = chain([this] { return starts_value(0) ? value() : Node{}; });
        return node && take(")") ? std::move(node) : std::nullopt;
    }

    // An address, a prefix, an address with its mask, a port, a word, or a $name for several of them.
    Node single_value() {
        const std::uint32_t offset = start();
        const Token& first = now();
        if (!starts_value(0) || first.is("(")) return std::nullopt;
        ++at_;
        bool prefix = false;
        if (first.kind == Token::Kind::ipv4 || first.kind == Token::Kind::ipv6) {
            if (take("/")) {
                prefix = true;
                if (!take(Token::Kind::number)) return std::nullopt;
            } else if (take(Word::mask)) {
                prefix = true;
                if (!take(Token::Kind::ipv4)) return std::nullopt;
            }
        }
        FilterNode leaf = this->leaf(offset);
        leaf.text = q_.text + ' ' + leaf.text;
        leaf.predicate = {subject_of(q_, first, prefix), q_.direction, q_.protocol, {}, {}};
        if (first.kind == Token::Kind::name) {
            if (!fits(first)) return std::nullopt;
            leaf.predicate.name = first.text.substr(1);
            leaf.predicate.values = *filter::find_name(names_, first.text.substr(1));
            leaf.expanded = q_.text + ' ' + filter::joined(leaf.predicate.values);
        } else {
            leaf.predicate.values = {squeezed(offset)};
            leaf.expanded = leaf.text;
        }
        return leaf;
    }

    // libpcap would say "Mask syntax for networks only" of an expression that nobody wrote: say it of what was written.
    bool fits(const Token& name) {
        const bool port = q_.type == Word::port || q_.type == Word::portrange;
        const bool host = (q_.type == Word::host || q_.type == Word::none) && !is_ether(q_.protocol);
        for (const std::string& value : *filter::find_name(names_, name.text.substr(1))) {
            const bool is_prefix = value.find('/') != std::string::npos;
            const bool is_address = is_prefix || value.find(':') != std::string::npos || std::count(value.begin(), value.end(), '.') == 3;
            std::string message, fix;
            if (port && is_address) {
                message = std::string(name.text) + " holds " + value + ", which is not a port";
            } else if (host && is_prefix) {
                message = std::string(name.text) + " holds the prefix " + value + ", and host wants single addresses";
                fix = "write net " + std::string(name.text);
            }
            if (message.empty()) continue;
            errors_.push_back({name.offset, name.length(), "name-value", message, fix});
            return false;
        }
        return true;
    }

    // [protocol] [direction] [type] value; or the protocol alone; or a leaf that begins with a word of its own.
    Node qualified() {
        const std::uint32_t offset = start();
        Qualifiers q;
        if (now().is(Word::protocol)) {
            q.protocol = now().text;
            ++at_;
        }
        const std::size_t behind_protocol = at_;
        take_direction(q);
        for (Word type : {Word::host, Word::net, Word::port, Word::portrange, Word::proto, Word::gateway})
            if (q.type == Word::none && take(type)) q.type = type;
        if (at_ == behind_protocol) return unqualified(offset, q.protocol);
        q.text = squeezed(offset);
        q.there = true;
        q_ = q;
        return starts_value(0) ? value() : Node{};
    }

    void take_direction(Qualifiers& q) {
        if (take(Word::slot)) {
            q.slot = true;
            return;
        }
        if (!now().is(Word::src) && !now().is(Word::dst)) return;
        const Word one = now().word, other = one == Word::src ? Word::dst : Word::src;
        q.direction = one == Word::src ? Direction::src : Direction::dst;
        ++at_;
        if (!ahead(1).is(other)) return;
        if (now().is(Word::logic_and))
            q.direction = Direction::both;
        else if (now().is(Word::logic_or))
            q.direction = Direction::either;
        else
            return;
        at_ += 2;
    }

    // A leaf without a value. Behind it no value may stand alone either.
    Node unqualified(std::uint32_t offset, const std::string& protocol) {
        q_.there = false;
        const Word word = now().word;
        if (!protocol.empty() && word != Word::cast && word != Word::wlan) {
            FilterNode node = leaf(offset);
            node.predicate.subject = Subject::protocol;
            node.predicate.protocol = protocol;
            return node;
        }
        ++at_;
        if (!operands(word)) return std::nullopt;
        return leaf(offset);
    }

    bool operands(Word word) {
        using K = Token::Kind;
        switch (word) {
            case Word::alone:
            case Word::cast:
                return true;
            case Word::with_number:
                return take(K::number);
            case Word::with_word:
                return take(K::id) || take(K::number);
            case Word::llc:
                if (!take(K::id) && now().text == "rnr") ++at_;
                return true;
            case Word::wlan:
                if (!take(K::id) && !take(K::number)) return false;
                return now().text != "subtype" || (take(Word::wlan) && (take(K::id) || take(K::number)));
            case Word::byte:
                return take(K::number) && take(K::symbol) && take(K::number);
            default:
                return false;
        }
    }

    // arithmetic, comparison, arithmetic; else nothing is consumed.
    Node relation() {
        const std::size_t before = at_;
        const std::uint32_t offset = start();
        if (arithmetic() && comparison() && arithmetic()) {
            q_.there = false;
            return leaf(offset);
        }
        at_ = before;
        return std::nullopt;
    }

    bool comparison() {
        for (std::string_view symbol : {">", ">=", "=", "==", "<=", "<", "!="})
            if (take(symbol)) return true;
        return false;
    }

    // How the operators bind does not matter here: only where the expression ends.
    bool arithmetic() {
        for (;;) {
            while (take("-")) {
            }
            if (!atom()) return false;
            bool more = false;
            for (std::string_view symbol : {"+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"}) more = more || take(symbol);
            if (!more) return true;
        }
    }

    bool atom() {
        if (take(Token::Kind::number) || take(Word::length)) return true;
        if (take("(")) return arithmetic() && take(")");
        if (!now().is(Word::protocol) || !ahead(1).is("[")) return false;
        at_ += 2;
        return arithmetic() && (!take(":") || take(Token::Kind::number)) && take("]");
    }

    // From offset up to here, with single spaces.
    std::string squeezed(std::uint32_t offset) const {
        std::string out;
        for (const char c : written_.substr(offset, end_before() - offset)) {
            const bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
            if (!space)
                out += c;
            else if (out.back() != ' ')
                out += ' ';
        }
        return out;
    }

    FilterNode leaf(std::uint32_t offset) {
        ++leaves_;
        FilterNode node;
        node.offset = offset;
        node.length = end_before() - offset;
        node.text = node.expanded = squeezed(offset);
        return node;
    }

    std::string_view written_;
    const std::vector<Token>& tokens_;
    const Names& names_;
    std::vector<FilterError>& errors_;
    Qualifiers q_;
    std::size_t at_ = 0, leaves_ = 0;
    std::uint32_t depth_ = 0, turns_ = 0;
};

FilterNode opaque_leaf(const Filter& f) {
    FilterNode node;
    node.text = f.written;
    node.expanded = f.expanded;
    node.length = static_cast<std::uint32_t>(f.written.size());
    return node;
}

}  // namespace

Filter parse_filter(std::string_view written, const Names& names, std::vector<FilterError>& errors) {
    errors.clear();
    Filter f{std::string(written), {}, {}};
    if (written.size() > filter::max_text) {
        errors.push_back({0, 1, "depth", "the filter is longer than 64 KiB", "split the rule"});
        return f;
    }
    const std::vector<Token> tokens = filter::tokenize(written, errors);
    if (!errors.empty()) return f;
    f.expanded = filter::expand(written, tokens, names, errors);
    filter::check_tokens(tokens, names, errors);
    if (f.expanded.size() > filter::max_expanded)
        errors.push_back({0, 1, "depth", "the filter is longer than 1 MiB once its names are expanded", "split the rule"});
    if (!errors.empty()) return f;
    if (tokens.size() == 1) {
        f.root.kind = Kind::all_of;
        return f;
    }
    Parser parser(written, tokens, names, errors);
    std::optional<FilterNode> root = parser.parse();
    if (parser.leaves() > filter::max_leaves) errors.push_back({0, 1, "depth", "the filter has more than 4,096 leaves", "split the rule"});
    if (errors.empty()) f.root = root ? std::move(*root) : opaque_leaf(f);
    return f;
}

}  // namespace sw

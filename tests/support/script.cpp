#include "tests/support/script.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace sw::craft {
namespace {

[[noreturn]] void nonsense(std::string_view line) {
    std::fprintf(stderr, "script: not a line: %.*s\n", static_cast<int>(line.size()), line.data());
    std::abort();
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// One octet of an escape that begins behind its backslash; text is advanced.
char escaped(std::string_view& text, std::string_view line) {
    if (text.empty()) nonsense(line);
    const char c = text.front();
    text.remove_prefix(1);
    switch (c) {
        case 'r':
            return '\r';
        case 'n':
            return '\n';
        case 't':
            return '\t';
        case '0':
            return '\0';
        case '\\':
            return '\\';
        default:
            break;
    }
    if (c != 'x' || text.size() < 2 || hex_digit(text[0]) < 0 || hex_digit(text[1]) < 0) nonsense(line);
    const int value = hex_digit(text[0]) * 16 + hex_digit(text[1]);
    text.remove_prefix(2);
    return static_cast<char>(value);
}

}  // namespace

Script::Script(std::string_view text) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        if (!line.empty() && line.front() != '#') read(line);
    }
}

void Script::read(std::string_view line) {
    if (line.size() < 2 || (line[0] != 'C' && line[0] != 'S')) nonsense(line);
    Line l{line[0] == 'C' ? Side::client : Side::server, {}, End::none};
    const char kind = line[1];
    std::string_view text = line.substr(2);
    if (kind == '.' || kind == '!') {
        l.end = kind == '.' ? End::fin : End::reset;
        if (!text.empty() && text != "\\^") nonsense(line);
        if (!text.empty()) mark_ = {l.from, octets(l.from)};
        return lines_.push_back(std::move(l));
    }
    if (kind != '>' && kind != ':') nonsense(line);
    if (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty()) {
        const char c = text.front();
        text.remove_prefix(1);
        if (c == '\\' && !text.empty() && text.front() == '^') {
            mark_ = {l.from, octets(l.from) + l.octets.size()};
            text.remove_prefix(1);
        } else {
            l.octets += c == '\\' ? escaped(text, line) : c;
        }
    }
    if (kind == '>') l.octets += "\r\n";
    lines_.push_back(std::move(l));
}

Script& Script::say(Side from, std::string_view octets) {
    lines_.push_back({from, std::string(octets), End::none});
    return *this;
}

Script& Script::say_wrong(Side from, std::string_view said, std::size_t at) {
    mark_ = {from, octets(from) + at};
    return say(from, said);
}

Script& Script::end(Side from, End how) {
    lines_.push_back({from, {}, how});
    return *this;
}

Script& Script::mark(Side side) {
    mark_ = {side, octets(side)};
    return *this;
}

Script& Script::operator+=(const Script& more) {
    if (more.mark_) mark_ = {more.mark_->side, octets(more.mark_->side) + more.mark_->offset};
    lines_.insert(lines_.end(), more.lines_.begin(), more.lines_.end());
    return *this;
}

std::uint64_t Script::octets(Side of) const {
    std::uint64_t sum = 0;
    for (const Line& l : lines_) sum += l.from == of ? l.octets.size() : 0;
    return sum;
}

namespace {

struct Piece {
    std::size_t at = 0, size = 0;
};

std::vector<Piece> pieces_of(std::size_t octets, Cut cut, std::mt19937& random) {
    constexpr std::size_t mss = 1460;
    std::vector<Piece> list;
    for (std::size_t at = 0; at < octets;) {
        const std::size_t wanted = cut.kind == Cut::Kind::whole ? mss : cut.kind == Cut::Kind::octets ? 1 : 1 + random() % 40;
        list.push_back({at, std::min(wanted, octets - at)});
        at += list.back().size;
    }
    if (cut.kind != Cut::Kind::shuffled) return list;
    constexpr std::size_t apart = 64;  // pieces that may change places
    for (std::size_t begin = 0; begin < list.size(); begin += apart)
        for (std::size_t i = std::min(apart, list.size() - begin); i > 1; --i) std::swap(list[begin + i - 1], list[begin + random() % i]);
    if (!list.empty() && random() % 2 == 0) list.push_back(list[random() % list.size()]);
    return list;
}

void play_turn(TcpDialogue& d, Side from, const std::string& octets, Cut cut, std::mt19937& random) {
    if (octets.empty()) return;
    constexpr auto data = static_cast<std::uint8_t>(tcp_flag::ack | tcp_flag::psh);
    for (const Piece& p : pieces_of(octets.size(), cut, random))
        d.put(d.segment(from, data, static_cast<std::int64_t>(p.at), std::string_view(octets).substr(p.at, p.size)));
    d.pass(from, static_cast<std::uint32_t>(octets.size())).ack(other(from));
}

}  // namespace

Frames play(const Script& script, const Endpoint& client, const Endpoint& server, Cut cut, Timestamp start) {
    TcpDialogue d(client, server, start, TcpSetup{.client_isn = 0xffff'ff00, .step = 1ms});
    d.handshake();
    std::mt19937 random(cut.seed);
    std::string turn;
    const auto& lines = script.lines();
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const Script::Line& l = lines[i];
        turn += l.octets;
        const bool goes_on =
            l.end == Script::End::none && i + 1 < lines.size() && lines[i + 1].from == l.from && lines[i + 1].end == Script::End::none;
        if (goes_on) continue;
        play_turn(d, l.from, turn, cut, random);
        turn.clear();
        if (l.end == Script::End::fin) d.fin(l.from).ack(other(l.from));
        if (l.end == Script::End::reset) d.rst(l.from);
    }
    return d.frames();
}

Frames play_datagrams(const Script& script, const Endpoint& client, const Endpoint& server, Timestamp start) {
    Frames frames;
    for (const Script::Line& l : script.lines()) {
        const bool asks = l.from == Side::client;
        frames.push_back(udp(asks ? client : server, asks ? server : client, l.octets).at(start));
        start = start + 1ms;
    }
    return frames;
}

}  // namespace sw::craft

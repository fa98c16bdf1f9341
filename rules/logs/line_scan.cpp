#include "rules/logs/line_scan.hpp"

#include <cstring>

#include "rules/logs/kernel_clock.hpp"
#include "rules/logs/octet_class.hpp"
#include "rules/logs/typed_value.hpp"

namespace sw {
namespace {

constexpr std::size_t skeleton_octets = max_origin_octets + max_template_octets + 2 * max_holes + 8;

/// Postfix's queue ids: hexadecimal, or its long form, which has no vowels so that it is never a word.
std::size_t postfix_queue_id(std::string_view text) {
    const std::size_t end = text.find(':');
    if (end == std::string_view::npos || end < 6 || end > 20) return 0;
    const std::string_view id = text.substr(0, end);
    const bool is_short = id.find_first_not_of("0123456789ABCDEF") == std::string_view::npos;
    const bool is_long =
        end >= 10 && id.find_first_not_of("0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz") == std::string_view::npos;
    return is_short || is_long ? end : 0;
}

bool is_alnum(char c) { return (octet_class(c) & (octet::digit | octet::hex | octet::letter)) != 0; }

/// sendmail: fourteen letters and digits and a colon. exim: 1a2B3c-0004Xy-7Q.
std::size_t fixed_queue_id(std::string_view text, std::string_view shape) {
    if (text.size() <= shape.size()) return 0;
    bool digit = false;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (shape[i] == '-' ? text[i] != '-' : !is_alnum(text[i])) return 0;
        digit = digit || is_digit_octet(text[i]);
    }
    const char next = text[shape.size()];
    return digit && (next == ':' || next == ' ') ? shape.size() : 0;
}

std::size_t queue_id_octets(std::string_view text, ProgramGroups groups) {
    if ((groups & program_group::postfix) != 0) return postfix_queue_id(text);
    if ((groups & program_group::sendmail) != 0) return fixed_queue_id(text, "xxxxxxxxxxxxxx");
    if ((groups & program_group::exim) != 0) return fixed_queue_id(text, "xxxxxx-xxxxxx-xx");
    return 0;
}

bool is_listening(std::string_view word) {
    return word == "listening" || word == "Listening" || word == "listen" || word == "bind" || word == "Bind" || word == "bound";
}

}  // namespace

LineScan::LineScan() : skeleton_(std::make_unique<char[]>(skeleton_octets)) {}

void LineScan::put(std::string_view octets) {
    if (octets.empty()) return;  // its data may be null
    std::memcpy(skeleton_.get() + size_, octets.data(), octets.size());
    size_ += octets.size();
}

void LineScan::put_origin(std::string_view part) {
    put(part);
    const char mark[] = {hole_mark, part_mark};
    put({mark, 2});
}

bool LineScan::put_hole(HoleKind kind, std::size_t begin, std::size_t end) {
    if (hole_count_ == max_holes) return false;
    const char mark[] = {hole_mark, static_cast<char>(first_kind + static_cast<char>(kind))};
    put({mark, 2});
    holes_[hole_count_++] = {kind, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end),
                             static_cast<std::uint32_t>(size_ - 1)};
    return true;
}

/// The text so far, then the hole; goes on behind it.
bool LineScan::take(HoleKind kind, std::size_t begin, std::size_t end) {
    put(text_.substr(literal_, begin - literal_));
    literal_ = at_ = end;
    if (end < text_.size() && text_[end] == '"' && begin > 0 && text_[begin - 1] == '"') quotes_until_ = end + 1;
    names_user_ = names_user_ || kind == HoleKind::user;
    return put_hole(kind, begin, end);
}

/// What only the front of a line has: the kernel's clock, a queue id, the user of cron and sudo.
void LineScan::scan_front() {
    if (const std::size_t n = kernel_clock_digits(text_)) {
        take(HoleKind::clock, 0, n);
    } else if (const std::size_t id = queue_id_octets(text_, groups_)) {
        take(HoleKind::queue_id, 0, id);
    } else if ((groups_ & (program_group::cron | program_group::sudo)) != 0) {
        const bool cron = (groups_ & program_group::cron) != 0;
        const std::size_t begin = cron ? (text_.starts_with('(') ? 1 : std::string_view::npos) : text_.find_first_not_of(' ');
        const std::size_t end = begin == std::string_view::npos ? begin : text_.find_first_of(cron ? ")" : " :", begin);
        if (end == std::string_view::npos || end == begin || end - begin > info(HoleKind::user).longest) return;
        if (text_.substr(end).starts_with(cron ? ") " : " : ")) take(HoleKind::user, begin, end);
    }
}

/// One word: its type, or the rule that it begins, or a literal.
bool LineScan::scan_word() {
    const Word w = word_at(text_, at_);
    const std::string_view word = text_.substr(w.begin, w.end - w.begin);
    if (word.size() == 4 && w.end < text_.size() && text_[w.end] == ':')
        if (const std::size_t n = pci_octets(text_.substr(w.begin))) {
            at_ = w.begin + n;
            return true;
        }
    if (const TypedValue v = typed_value(text_, w)) {
        HoleKind kind = v.kind;
        if (listens_ && kind == HoleKind::integer && w.begin > 0 &&
            (text_[w.begin - 1] == ':' || text_.substr(0, w.begin).ends_with("port ")))
            kind = HoleKind::port;
        return take(kind, w.begin, w.begin + v.octets);
    }
    at_ = w.end;
    if (word.size() == 3 && w.end < text_.size() && text_[w.end] == ' ')
        if (const std::size_t n = stamp_octets(text_.substr(w.begin))) return take(HoleKind::stamp, w.begin, w.begin + n);
    if (const RuledHole h = ruled_hole(text_, w.begin, w.end, groups_)) return take(h.kind, h.begin, h.end);
    if (is_listening(word)) listens_ = true;
    const char next = w.end < text_.size() ? text_[w.end] : '\0';
    if (next == '[') {
        // mx.example.net[192.0.2.25]
        const std::string_view inner = text_.substr(w.end + 1);
        std::size_t n = ipv4_octets(inner);
        if (n == 0) n = ipv6_octets(inner);
        if (n != 0 && n < inner.size() && inner[n] == ']' && is_host_name(word)) return take(HoleKind::host, w.begin, w.end);
    }
    if ((groups_ & program_group::systemd) != 0 && (w.classes & octet::digit) != 0) {
        // session-42.scope: the rule's word ends where the number begins.
        std::size_t end = w.begin;
        while (!is_digit_octet(text_[end])) ++end;
        while (end > w.begin && !is_alnum(text_[end - 1])) --end;
        if (const RuledHole h = ruled_hole(text_, w.begin, end, groups_)) return take(h.kind, h.begin, h.end);
    }
    if ((groups_ & program_group::mail) != 0 && (w.classes & octet::other) != 0) {
        const std::size_t at = word.find('@');
        if (at != std::string_view::npos && at != 0 && at + 1 < word.size() && word.find('@', at + 1) == std::string_view::npos &&
            word.size() <= info(HoleKind::mail).longest)
            return take(HoleKind::mail, w.begin, w.end);
    }
    return true;
}

/// What a delimiter begins: a path, text in quotes, a mail address in angle brackets, ::1.
bool LineScan::scan_delimiter() {
    const std::size_t begin = at_++;
    const std::string_view rest = text_.substr(begin);
    switch (rest[0]) {
        case '/': {
            if (begin < paths_until_ || (begin > 0 && is_word_octet(text_[begin - 1]))) return true;
            std::size_t n = rest.find_first_of(" \t\"'`,;()<>[]{}|:=");
            n = n == std::string_view::npos ? rest.size() : n;
            paths_until_ = begin + n;
            while (n > 1 && rest[n - 1] == '.') --n;
            if (n < 2 || n > info(HoleKind::path).longest) return true;
            return take(HoleKind::path, begin, begin + n);
        }
        case '"': {
            // One word in quotes is scanned like any other; more are a value of their own.
            if (begin < quotes_until_) return true;
            const std::string_view reach = rest.substr(0, info(HoleKind::quoted).longest + 2);
            std::size_t end = 1;
            while (end < reach.size() && reach[end] != '"') end += reach[end] == '\\' ? 2u : 1u;
            if (end >= reach.size()) {
                quotes_until_ = begin + reach.size();
                return true;
            }
            quotes_until_ = begin + end + 1;
            if (rest.substr(1, end - 1).find_first_of(" \t") == std::string_view::npos) return true;
            return take(HoleKind::quoted, begin + 1, begin + end);
        }
        case '<': {
            // Looked behind once, so that a line of '<' is not read again and again.
            if (begin < mails_until_) return true;
            const std::size_t end = rest.substr(0, info(HoleKind::mail).longest + 2).find_first_of("> \t", 1);
            mails_until_ = begin + (end == std::string_view::npos ? rest.size() : end);
            if (end == std::string_view::npos || rest[end] != '>') return true;
            const std::string_view inner = rest.substr(1, end - 1);
            if ((groups_ & program_group::dovecot) != 0 && begin > 0 &&
                std::string_view(",)>").find(text_[begin - 1]) != std::string_view::npos && is_token(inner))
                return take(HoleKind::token, begin + 1, begin + end);
            const std::size_t sign = inner.find('@');
            if (sign == std::string_view::npos || sign == 0 || sign + 1 == inner.size() || inner.find('<') != std::string_view::npos)
                return true;
            return take(HoleKind::mail, begin + 1, begin + end);
        }
        case ':': {
            if (!rest.starts_with("::") || (begin > 0 && is_word_octet(text_[begin - 1]))) return true;
            const std::size_t n = ipv6_octets(rest);
            return n == 0 || take(HoleKind::address, begin, begin + n);
        }
        default:
            return true;
    }
}

bool LineScan::scan_text() {
    scan_front();
    while (at_ < text_.size())
        if (!(is_word_octet(text_[at_]) ? scan_word() : scan_delimiter())) return false;
    put(text_.substr(literal_));
    return true;
}

/// In a line that names a user or says what listens, an address is one to remember.
void LineScan::mark_sources() {
    if (!names_user_ && !listens_) return;
    for (std::size_t i = 0; i < hole_count_; ++i) {
        if (holes_[i].kind != HoleKind::address) continue;
        holes_[i].kind = HoleKind::source;
        skeleton_[holes_[i].mark] = static_cast<char>(first_kind + static_cast<char>(HoleKind::source));
    }
}

ScanProblem LineScan::scan(const LogLine& line) {
    size_ = hole_count_ = literal_ = at_ = mails_until_ = quotes_until_ = paths_until_ = 0;
    names_user_ = listens_ = false;
    text_ = line.text;
    if (line.text.size() > max_template_octets || line.host.size() + line.program.size() > max_origin_octets) return ScanProblem::too_long;
    if (has_control(line.text) || has_control(line.host) || has_control(line.program)) return ScanProblem::control_octets;
    put_origin(line.host);
    put_origin(line.program);
    origin_ = size_;
    groups_ = groups_of(line.program);
    if (!scan_text()) return ScanProblem::too_many_holes;
    mark_sources();
    return ScanProblem::none;
}

}  // namespace sw

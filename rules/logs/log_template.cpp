#include "rules/logs/log_template.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "rules/logs/line_scan.hpp"
#include "rules/logs/scanned_template.hpp"
#include "rules/logs/template_text.hpp"

namespace sw {
namespace {

constexpr std::array<HoleKindInfo, static_cast<std::size_t>(HoleKind::count)> kinds{{
#define HOLE_KIND(id, word, keeps, longest, pattern, sample, what) {word, keeps, longest, pattern, sample, what},
#include "rules/logs/hole_kind.def"
#undef HOLE_KIND
}};

/// For RE2 over octets: letters and digits as they are, the rest escaped.
std::string quote_pattern(std::string_view octets) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (const char c : octets) {
        const auto o = static_cast<unsigned char>(c);
        if ((o >= '0' && o <= '9') || ((o | 0x20) >= 'a' && (o | 0x20) <= 'z') || o == ' ' || o == '_' || o == '/' || o == ':' ||
            o == '=' || o == ',' || o == '@' || o == '<' || o == '>' || o == '"' || o == '\'' || o == '%' || o == '#' || o == ';') {
            out += c;
        } else if (o < 0x20 || o >= 0x7f) {
            out.append("\\x").append({digits[o >> 4], digits[o & 15]});
        } else {
            out.append("\\").append({c});
        }
    }
    return out;
}

std::string hole_pattern(const Hole& hole) {
    if (!info(hole.kind).keeps_values || hole.open) return "(?:" + std::string(info(hole.kind).pattern) + ")";
    if (hole.values.empty()) return "\\b\\B";  // nothing is known here: it matches nothing
    std::string out;
    for (const std::string& value : hole.values) out.append(out.empty() ? "" : "|").append(quote_pattern(value));
    return hole.values.size() == 1 ? out : "(?:" + out + ")";
}

}  // namespace

const HoleKindInfo& info(HoleKind k) { return kinds[static_cast<std::size_t>(k)]; }

std::optional<HoleKind> hole_kind_from(std::string_view word) {
    for (std::size_t k = 0; k < kinds.size(); ++k)
        if (kinds[k].word == word) return static_cast<HoleKind>(k);
    return std::nullopt;
}

std::string_view to_string(TemplateState s) { return s == TemplateState::learnt ? "learnt" : "approved"; }

TemplateId template_id(std::string_view host, std::string_view program, std::string_view text) {
    std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
    const std::string whole = whole_skeleton(host, program, text);
    crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(whole.data()), whole.size());
    std::uint64_t id = 0;
    for (std::size_t i = 0; i < 8; ++i) id = id << 8 | digest[i];
    return TemplateId{id};
}

LogTemplate template_of(const LogLine& line, const LineScan& scan) {
    LogTemplate t;
    t.host = line.host;
    t.program = line.program;
    t.text = text_of_skeleton(scan.skeleton().substr(scan.origin_octets()));
    for (const ScannedHole& h : scan.holes()) {
        Hole hole{h.kind, false, {}};
        if (info(h.kind).keeps_values) hole.values.emplace_back(scan.value(h));
        t.holes.push_back(std::move(hole));
    }
    t.count = 1;
    t.first = t.last = line.received;
    return t;
}

Result<LogTemplate> template_from_text(std::string_view host, std::string_view program, std::string_view text) {
    const auto parsed = parse_template_text(text);
    if (!parsed) return Unexpected{parsed.error()};
    LogTemplate t;
    t.host = host;
    t.program = program;
    t.text = text;
    for (const HoleKind kind : parsed->kinds) t.holes.push_back({kind, false, {}});
    return t;
}

Result<LogTemplate> template_of(const LogLine& line) {
    LineScan scan;
    switch (scan.scan(line)) {
        case ScanProblem::none:
            return template_of(line, scan);
        case ScanProblem::too_long:
            return unexpected("the line is too long for a template (8,192 octets)");
        case ScanProblem::too_many_holes:
            return unexpected("the line has more than 64 values");
        case ScanProblem::control_octets:
            break;
    }
    return unexpected("the line has control characters in it");
}

std::string as_pattern(const LogTemplate& t) {
    std::string out = "^";
    const auto parsed = parse_template_text(t.text);
    if (!parsed) return "^\\b\\B$";
    std::string_view rest = parsed->skeleton;
    for (std::size_t hole = 0;; ++hole) {
        const std::size_t mark = rest.find(hole_mark);
        out += quote_pattern(rest.substr(0, mark));
        if (mark == std::string_view::npos || hole >= t.holes.size()) break;
        out += hole_pattern(t.holes[hole]);
        rest.remove_prefix(mark + 2);
    }
    return out + "$";
}

}  // namespace sw

#include "collector/logs/book_rows.hpp"

#include <algorithm>

namespace sw {

Address address_from_blob(Bytes octets) {
    Address a;
    if (octets.size() != a.octets.size() + 1 || (octets[0] != 4 && octets[0] != 6)) return a;
    a.family = octets[0];
    std::copy(octets.begin() + 1, octets.end(), a.octets.begin());
    return a;
}

std::optional<BootPhase> boot_phase_from(std::string_view word) {
    for (const BootPhase p : {BootPhase::idle, BootPhase::armed, BootPhase::learning, BootPhase::watching})
        if (to_string(p) == word) return p;
    return std::nullopt;
}

LogTemplate template_from(const Statement& row) {
    LogTemplate t;
    t.host = row.text(1);
    t.program = octets_of(row, 2);
    t.text = row.text(3);
    const std::string holes = row.text(4);
    for (std::string_view rest = holes; !rest.empty();) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        if (const auto kind = hole_kind_from(rest.substr(0, end))) t.holes.push_back({*kind, false, {}});
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    t.count = static_cast<std::uint64_t>(std::max<std::int64_t>(row.integer(5), 0));
    t.first = {row.integer(6)};
    t.last = {row.integer(7)};
    t.state = row.integer(8) != 0 ? TemplateState::approved : TemplateState::learnt;
    return t;
}

std::string holes_word(const LogTemplate& t) {
    std::string words;
    for (const Hole& h : t.holes) (words += words.empty() ? "" : " ") += info(h.kind).word;
    return words;
}

void add_value(LogTemplate& t, std::size_t hole, std::string value) {
    if (hole >= t.holes.size()) return;
    if (value.empty())
        t.holes[hole].open = true;
    else
        t.holes[hole].values.push_back(std::move(value));
}

}  // namespace sw

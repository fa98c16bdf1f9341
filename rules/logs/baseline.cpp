#include "rules/logs/baseline.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "rules/base/siphash.hpp"
#include "rules/logs/line_scan.hpp"
#include "rules/logs/octet_class.hpp"
#include "rules/logs/scanned_template.hpp"
#include "rules/logs/template_index.hpp"
#include "rules/logs/template_text.hpp"

namespace sw {
namespace {

constexpr std::size_t max_values = 4'096;  // of a row: limits may have been wider when it was written

bool knows(const Hole& hole, std::string_view value) {
    return !info(hole.kind).keeps_values || hole.open || std::binary_search(hole.values.begin(), hole.values.end(), value);
}

/// Values are sorted; false: it is there already.
bool insert(std::vector<std::string>& values, std::string_view value) {
    const auto at = std::lower_bound(values.begin(), values.end(), value);
    if (at != values.end() && *at == value) return false;
    values.emplace(at, value);
    return true;
}

}  // namespace

class Baseline::Impl {
public:
    Impl(const LogLimits& l, const std::array<std::uint8_t, 16>& key) : limits(l), sip(key) {}

    struct Host {
        std::size_t templates = 0;
        bool frozen = false;
    };

    /// Scans and finds; nullptr: not there (or problem).
    TemplateEntry* look_up(const LogLine& line) {
        problem = scan.scan(line);
        if (problem != ScanProblem::none) return nullptr;
        hash = sip.hash<1, 3>(scan.skeleton());
        return index.find(hash, scan.skeleton());
    }

    bool fits(const TemplateEntry& e) const {
        const auto holes = scan.holes();
        for (std::size_t i = 0; i < holes.size(); ++i)
            if (!knows(e.row.holes[i], scan.value(holes[i]))) return false;
        return true;
    }

    TemplateEntry* by_id(TemplateId id) {
        const auto at = ids.find(id);
        return at == ids.end() ? nullptr : at->second;
    }

    Result<TemplateEntry*> hole_of(TemplateId id, std::size_t hole) {
        TemplateEntry* e = by_id(id);
        if (e == nullptr) return unexpected("there is no such template");
        if (hole >= e->row.holes.size()) return unexpected("this template has no hole " + std::to_string(hole + 1));
        if (!info(e->row.holes[hole].kind).keeps_values)
            return unexpected("a hole of kind " + std::string(info(e->row.holes[hole].kind).word) + " keeps no values: any is known");
        return e;
    }

    TemplateEntry* insert_row(LogTemplate row, std::string skeleton) {
        const std::uint64_t h = sip.hash<1, 3>(skeleton);
        const TemplateId id = row.id();
        ++hosts[row.host].templates;
        TemplateEntry* e = index.insert(h, std::move(row), std::move(skeleton));
        ids.emplace(id, e);
        return e;
    }

    void erase(TemplateEntry* e) {
        --hosts[e->row.host].templates;
        ids.erase(e->row.id());
        index.erase(e);
    }

    LogLimits limits;
    SipKey sip;
    LineScan scan;
    ScanProblem problem = ScanProblem::none;
    std::uint64_t hash = 0;
    TemplateEntry* asked = nullptr;
    TemplateIndex index;
    std::unordered_map<TemplateId, TemplateEntry*> ids;
    std::map<std::string, Host, std::less<>> hosts;
};

Baseline::Baseline(const LogLimits& limits, const std::array<std::uint8_t, 16>& key) : impl_(std::make_unique<Impl>(limits, key)) {}
Baseline::~Baseline() = default;
Baseline::Baseline(Baseline&&) noexcept = default;
Baseline& Baseline::operator=(Baseline&&) noexcept = default;

Baseline::Answer Baseline::ask(const LogLine& line) {
    TemplateEntry* e = impl_->asked = impl_->look_up(line);
    if (impl_->problem == ScanProblem::control_octets) return {Fit::control_octets, nullptr, 0};
    if (impl_->problem != ScanProblem::none) return {Fit::too_long, nullptr, 0};
    if (e == nullptr) return {Fit::new_template, nullptr, impl_->hash};
    if (!impl_->fits(*e)) return {Fit::new_value, &e->row, impl_->hash};
    ++e->row.count;
    e->row.last = std::max(e->row.last, line.received);
    return {Fit::known, &e->row, impl_->hash};
}

std::vector<NewValue> Baseline::new_values() const {
    std::vector<NewValue> out;
    if (impl_->asked == nullptr) return out;
    const auto scanned = impl_->scan.holes();
    for (std::size_t i = 0; i < scanned.size(); ++i) {
        const Hole& hole = impl_->asked->row.holes[i];
        const std::string_view value = impl_->scan.value(scanned[i]);
        if (!knows(hole, value))
            out.push_back({static_cast<std::uint8_t>(i), hole.kind, hole.values.size() >= impl_->limits.values_a_hole, std::string(value)});
    }
    return out;
}

Baseline::Learnt Baseline::learn(const LogLine& line) {
    TemplateEntry* e = impl_->asked = impl_->look_up(line);
    if (impl_->problem != ScanProblem::none) return Learnt::refused_line;
    if (e == nullptr) {
        const auto host = impl_->hosts.find(line.host);
        if (host == impl_->hosts.end() ? impl_->hosts.size() >= impl_->limits.hosts
                                       : host->second.templates >= impl_->limits.templates_a_host && !host->second.frozen)
            return Learnt::refused_full;
        if (host != impl_->hosts.end() && host->second.frozen) return Learnt::refused_frozen;
        impl_->asked = impl_->insert_row(template_of(line, impl_->scan), std::string(impl_->scan.skeleton()));
        return Learnt::added_template;
    }
    if (impl_->fits(*e)) {
        ++e->row.count;
        e->row.last = std::max(e->row.last, line.received);
        return Learnt::known;
    }
    if (e->row.state == TemplateState::approved || frozen(line.host)) return Learnt::refused_frozen;
    const auto scanned = impl_->scan.holes();
    for (std::size_t i = 0; i < scanned.size(); ++i)
        if (!knows(e->row.holes[i], impl_->scan.value(scanned[i])) && e->row.holes[i].values.size() >= impl_->limits.values_a_hole)
            return Learnt::refused_full;
    for (std::size_t i = 0; i < scanned.size(); ++i)
        if (!knows(e->row.holes[i], impl_->scan.value(scanned[i]))) insert(e->row.holes[i].values, impl_->scan.value(scanned[i]));
    ++e->row.count;
    e->row.last = std::max(e->row.last, line.received);
    return Learnt::added_values;
}

const LogTemplate* Baseline::asked() const { return impl_->asked == nullptr ? nullptr : &impl_->asked->row; }
LogTemplate Baseline::template_asked(const LogLine& line) const { return template_of(line, impl_->scan); }

std::uint64_t Baseline::shape(const LogTemplate& t) const {
    const auto parsed = parse_template_text(t.text);
    return parsed ? impl_->sip.hash<1, 3>(whole_skeleton(t.host, t.program, parsed->skeleton)) : 0;
}

Result<Done> Baseline::approve(TemplateId id) {
    TemplateEntry* e = impl_->by_id(id);
    if (e == nullptr) return unexpected("there is no such template");
    e->row.state = TemplateState::approved;
    return Done{};
}

Result<Done> Baseline::add_value(TemplateId id, std::size_t hole, std::string_view value) {
    const auto e = impl_->hole_of(id, hole);
    if (!e) return unexpected(e.error().text);
    Hole& h = e.value()->row.holes[hole];
    if (value.empty() || value.size() > info(h.kind).longest) return unexpected("no value of this kind is so long");
    if (has_control(value)) return unexpected("no value holds control characters");
    if (std::binary_search(h.values.begin(), h.values.end(), value)) return Done{};
    if (h.values.size() >= impl_->limits.values_a_hole)
        return unexpected("the set is full (" + std::to_string(h.values.size()) + " values): open the hole, or remove some");
    insert(h.values, value);
    return Done{};
}

Result<Done> Baseline::remove_value(TemplateId id, std::size_t hole, std::string_view value) {
    const auto e = impl_->hole_of(id, hole);
    if (!e) return unexpected(e.error().text);
    auto& values = e.value()->row.holes[hole].values;
    const auto at = std::lower_bound(values.begin(), values.end(), value);
    if (at == values.end() || *at != value) return unexpected("there is no such value");
    values.erase(at);
    return Done{};
}

Result<Done> Baseline::set_open(TemplateId id, std::size_t hole, bool open) {
    const auto e = impl_->hole_of(id, hole);
    if (!e) return unexpected(e.error().text);
    e.value()->row.holes[hole].open = open;
    return Done{};
}

Result<Done> Baseline::remove(TemplateId id) {
    TemplateEntry* e = impl_->by_id(id);
    if (e == nullptr) return unexpected("there is no such template");
    impl_->asked = nullptr;
    impl_->erase(e);
    return Done{};
}

void Baseline::freeze(std::string_view host) {
    impl_->index.for_each([host](TemplateEntry& e) {
        if (e.row.host == host) e.row.state = TemplateState::approved;
    });
    impl_->hosts[std::string(host)].frozen = true;
}

void Baseline::thaw(std::string_view host) {
    if (const auto at = impl_->hosts.find(host); at != impl_->hosts.end()) at->second.frozen = false;
}

bool Baseline::frozen(std::string_view host) const {
    const auto at = impl_->hosts.find(host);
    return at != impl_->hosts.end() && at->second.frozen;
}

std::size_t Baseline::discard_learnt(std::string_view host) {
    std::vector<TemplateEntry*> gone;
    impl_->index.for_each([&](TemplateEntry& e) {
        if (e.row.host == host && e.row.state == TemplateState::learnt) gone.push_back(&e);
    });
    impl_->asked = nullptr;
    for (TemplateEntry* e : gone) impl_->erase(e);
    return gone.size();
}

Result<TemplateId> Baseline::add(LogTemplate row) {
    auto parsed = parse_template_text(row.text);
    if (!parsed) return unexpected(parsed.error().text);
    if (text_of_skeleton(parsed->skeleton) != row.text)
        return unexpected("the template is written otherwise: " + text_of_skeleton(parsed->skeleton));
    if (has_control(row.host) || has_control(row.program) || row.host.size() + row.program.size() > max_origin_octets)
        return unexpected("no host or program is called so");
    const bool same = std::equal(parsed->kinds.begin(), parsed->kinds.end(), row.holes.begin(), row.holes.end(),
                                 [](HoleKind k, const Hole& h) { return k == h.kind; });
    if (!same) return unexpected("the holes are not those of the text");
    for (Hole& h : row.holes) {
        if (h.values.size() > max_values) return unexpected("a hole keeps at most 4,096 values");
        if (!info(h.kind).keeps_values && (h.open || !h.values.empty())) return unexpected("values where none are kept");
        std::sort(h.values.begin(), h.values.end());
        h.values.erase(std::unique(h.values.begin(), h.values.end()), h.values.end());
    }
    if (impl_->by_id(row.id()) != nullptr) return unexpected("this template is there already");
    const auto host = impl_->hosts.find(row.host);
    if (host == impl_->hosts.end() && impl_->hosts.size() >= impl_->limits.hosts) return unexpected("there are too many hosts");
    if (host != impl_->hosts.end() && host->second.templates >= impl_->limits.templates_a_host)
        return unexpected("this host has too many templates");
    std::string skeleton = whole_skeleton(row.host, row.program, parsed->skeleton);
    return impl_->insert_row(std::move(row), std::move(skeleton))->row.id();
}

const LogTemplate* Baseline::find(TemplateId id) const {
    const TemplateEntry* e = impl_->by_id(id);
    return e == nullptr ? nullptr : &e->row;
}

bool Baseline::count(TemplateId id, Timestamp received) {
    TemplateEntry* e = impl_->by_id(id);
    if (e == nullptr) return false;
    ++e->row.count;
    e->row.last = std::max(e->row.last, received);
    return true;
}

std::vector<const LogTemplate*> Baseline::list(std::string_view host) const {
    std::vector<const LogTemplate*> out;
    impl_->index.for_each([&](TemplateEntry& e) {
        if (host.empty() || e.row.host == host) out.push_back(&e.row);
    });
    std::sort(out.begin(), out.end(), [](const LogTemplate* a, const LogTemplate* b) {
        return std::tie(a->host, a->program, a->text) < std::tie(b->host, b->program, b->text);
    });
    return out;
}

std::size_t Baseline::size() const { return impl_->ids.size(); }

}  // namespace sw

#include "rules/logs/boot_tracker.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "rules/logs/boot_marker.hpp"

namespace sw {
namespace {

constexpr std::uint32_t lines_behind_copyright = 8;  // OpenBSD has four between its first line and its version

struct Host {
    BootRow row;
    std::set<std::pair<std::string, std::string>> seen;      ///< of row.current
    std::uint32_t since_copyright = lines_behind_copyright;  ///< of the kernel's lines

    bool in_window() const { return row.phase == BootPhase::learning || row.phase == BootPhase::watching; }
};

std::size_t size_of(const BootDiff& d) { return d.missing.size() + d.extra.size() + d.moved.size(); }

/// To the accepted boot that it differs from least.
std::optional<BootDiff> nearest(const std::vector<BootList>& accepted, const BootList& boot) {
    std::optional<BootDiff> best;
    for (const BootList& list : accepted) {
        BootDiff d = diff(list, boot);
        if (!best || size_of(d) < size_of(*best)) best = std::move(d);
    }
    return best;
}

}  // namespace

class BootTracker::Impl {
public:
    explicit Impl(const BootSettings& s) : settings(s) {}

    Host* find(std::string_view name) {
        const auto at = hosts.find(name);
        return at == hosts.end() ? nullptr : &at->second;
    }
    /// nullptr: there are too many.
    Host* make(std::string_view name) {
        if (Host* h = find(name)) return h;
        if (hosts.size() >= settings.hosts) return nullptr;
        Host& h = hosts[std::string(name)];
        h.row.host = name;
        return &h;
    }

    static void rest(Host& h) {
        h.row.phase = h.row.armed_until.ns != 0 ? BootPhase::armed : BootPhase::idle;
        h.row.current.clear();
        h.row.overflow = false;
        h.seen.clear();
    }

    bool is_over(const Host& h, Timestamp now) const { return h.in_window() && now > h.row.marker + settings.window; }

    BootReport report(Host& h) const {
        BootReport r;
        r.host = h.row.host;
        r.marker = h.row.marker;
        r.learnt = h.row.phase == BootPhase::learning;
        r.announced = h.row.announced;
        r.overflow = h.row.overflow;
        r.difference = nearest(h.row.accepted, h.row.current);
        r.list = std::move(h.row.current);
        rest(h);
        return r;
    }

    std::optional<ForgedBy> doubt(const Host& h, const Marker& m) const {
        if (!m.by_kernel) return ForgedBy::facility;
        if (m.kind == MarkerKind::linux_version && !m.clock) return ForgedBy::no_clock;
        if (m.kind == MarkerKind::linux_version && *m.clock > settings.near_zero) return ForgedBy::clock_not_zero;
        if (m.kind == MarkerKind::bsd_version && h.since_copyright >= lines_behind_copyright) return ForgedBy::no_copyright;
        if (h.in_window()) return ForgedBy::second_marker;
        return std::nullopt;
    }

    static void begin(Host& h, Timestamp now, BootStep& step) {
        const bool armed = h.row.phase == BootPhase::armed && now <= h.row.armed_until;
        h.row.announced = armed || (h.row.announced_until.ns != 0 && now <= h.row.announced_until);
        h.row.phase = armed ? BootPhase::learning : BootPhase::watching;
        h.row.armed_until = h.row.announced_until = Timestamp{};
        h.row.marker = now;
        h.since_copyright = lines_behind_copyright;
        step.began = true;
        if (!h.row.announced) step.reason = LogReason::boot_unannounced;
    }

    /// A kernel that began at the marker cannot have run for longer than since then, but for the time until its syslog started.
    void see_clock(Host& h, const Marker& m, Timestamp now, BootStep& step) const {
        if (!m.clock || !h.in_window() || *m.clock <= now - h.row.marker + settings.late_start) return;
        step.reason = LogReason::boot_forged;
        step.forged = ForgedBy::clock_goes_on;
        step.discard = h.row.phase == BootPhase::learning;
        rest(h);
    }

    void see_kernel(Host& h, const Marker& m, Timestamp now, BootStep& step) const {
        if (m.kind == MarkerKind::linux_version || m.kind == MarkerKind::bsd_version) {
            if (const auto forged = doubt(h, m)) {
                step.reason = LogReason::boot_forged;
                step.forged = forged;
            } else {
                begin(h, now, step);
            }
        } else {
            see_clock(h, m, now, step);
        }
        if (m.kind == MarkerKind::copyright && m.by_kernel) {
            h.since_copyright = 0;
        } else if (h.since_copyright < lines_behind_copyright) {
            ++h.since_copyright;
        }
    }

    BootStep see(const LogLine& line) {
        BootStep step;
        const Marker m = marker_of(line);
        // A host is kept from its first marker on, or from what a person said of it.
        Host* h = m.kind == MarkerKind::none ? find(line.host) : make(line.host);
        if (h == nullptr) return step;
        if (is_over(*h, line.received)) step.closed = report(*h);
        if (m.kind != MarkerKind::none || m.by_kernel || m.clock) see_kernel(*h, m, line.received, step);
        step.in_boot = h->in_window();
        step.learning = h->row.phase == BootPhase::learning;
        return step;
    }

    BootSettings settings;
    std::map<std::string, Host, std::less<>> hosts;
};

BootTracker::BootTracker(const BootSettings& settings) : impl_(std::make_unique<Impl>(settings)) {}
BootTracker::~BootTracker() = default;
BootTracker::BootTracker(BootTracker&&) noexcept = default;

BootStep BootTracker::see(const LogLine& line) { return impl_->see(line); }

void BootTracker::record(const LogLine& line, std::string_view template_text) {
    Host* h = impl_->find(line.host);
    if (h == nullptr || !h->in_window()) return;
    if (!h->seen.emplace(std::string(line.program), std::string(template_text)).second) return;
    if (h->row.current.size() >= impl_->settings.lines) {
        h->row.overflow = true;
        h->seen.erase({std::string(line.program), std::string(template_text)});
        return;
    }
    h->row.current.push_back({std::string(line.program), std::string(template_text)});
}

std::vector<BootReport> BootTracker::close(Timestamp now) {
    std::vector<BootReport> out;
    for (auto& [name, h] : impl_->hosts)
        if (impl_->is_over(h, now)) out.push_back(impl_->report(h));
    return out;
}

Result<Done> BootTracker::arm(std::string_view host, Timestamp until) {
    Host* h = impl_->make(host);
    if (h == nullptr) return unexpected("there are too many hosts");
    h->row.armed_until = until;
    if (h->row.phase == BootPhase::idle) h->row.phase = BootPhase::armed;
    return Done{};
}

Result<Done> BootTracker::announce(std::string_view host, Timestamp until) {
    Host* h = impl_->make(host);
    if (h == nullptr) return unexpected("there are too many hosts");
    h->row.announced_until = until;
    return Done{};
}

void BootTracker::disarm(std::string_view host) {
    Host* h = impl_->find(host);
    if (h == nullptr) return;
    h->row.armed_until = Timestamp{};
    if (h->row.phase == BootPhase::armed) h->row.phase = BootPhase::idle;
}

Result<Done> BootTracker::accept(std::string_view host, BootList list) {
    Host* h = impl_->make(host);
    if (h == nullptr) return unexpected("there are too many hosts");
    if (list.size() > impl_->settings.lines) return unexpected("a boot has at most " + std::to_string(impl_->settings.lines) + " lines");
    if (h->row.accepted.size() >= impl_->settings.boots)
        return unexpected("this host has " + std::to_string(impl_->settings.boots) + " accepted boots already: forget them first");
    h->row.accepted.push_back(std::move(list));
    return Done{};
}

void BootTracker::forget_boots(std::string_view host) {
    if (Host* h = impl_->find(host)) h->row.accepted.clear();
}

BootPhase BootTracker::phase(std::string_view host) const {
    const Host* h = impl_->find(host);
    return h == nullptr ? BootPhase::idle : h->row.phase;
}

std::vector<BootRow> BootTracker::rows() const {
    std::vector<BootRow> out;
    for (const auto& [name, h] : impl_->hosts) out.push_back(h.row);
    return out;
}

std::optional<BootRow> BootTracker::row(std::string_view host) const {
    const Host* h = impl_->find(host);
    return h == nullptr ? std::nullopt : std::optional(h->row);
}

Result<Done> BootTracker::restore(BootRow row) {
    Host* h = impl_->make(row.host);
    if (h == nullptr) return unexpected("there are too many hosts");
    if (row.current.size() > impl_->settings.lines || row.accepted.size() > impl_->settings.boots)
        return unexpected("the row of " + row.host + " has more lines or boots than are kept");
    h->seen.clear();
    for (const BootEntry& e : row.current) h->seen.emplace(e.program, e.text);
    h->row = std::move(row);
    return Done{};
}

std::string_view to_string(BootPhase p) {
    switch (p) {
        case BootPhase::idle:
            return "idle";
        case BootPhase::armed:
            return "armed";
        case BootPhase::learning:
            return "learning";
        case BootPhase::watching:
            return "watching";
    }
    return "idle";
}

std::string_view to_string(ForgedBy f) {
    switch (f) {
        case ForgedBy::facility:
            return "it does not come from the kernel";
        case ForgedBy::no_clock:
            return "it has no kernel clock";
        case ForgedBy::clock_not_zero:
            return "the kernel's clock is far from zero";
        case ForgedBy::no_copyright:
            return "the copyright lines are missing before it";
        case ForgedBy::second_marker:
            return "a boot goes on already";
        case ForgedBy::clock_goes_on:
            return "the kernel's clock goes on from before it";
    }
    return "";
}

}  // namespace sw

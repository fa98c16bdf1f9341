// Boots, and what is learnt of a host.
#include <fmt/format.h>

#include <algorithm>

#include "collector/logs/book_rows.hpp"
#include "collector/logs/log_ingest_impl.hpp"
#include "rules/base/text.hpp"

namespace sw {

/// A frozen host learns nothing; one that a person armed is not frozen any more.
bool LogIngest::Impl::is_learning(Work& w, const BootStep& step) {
    const bool wanted = w.in.received >= w.host.learn_from && w.in.received < w.host.learn_until;
    const bool did = std::exchange(w.host.learns, !w.host.frozen && (options.learn || step.learning || wanted));
    if (!w.host.learns || (did && w.host.learning_number != 0)) return w.host.learns;
    const std::string who = escape_for_display(w.line.host);
    const std::string since = to_rfc3339(w.in.received).substr(0, 19) + "Z";
    w.host.learning_number =
        describe(learning_cause(w), w.in.source, {fmt::format("{} {} (since {}).", who, info(LogReason::learnt).sentence, since)});
    w.host.changed = true;
    return true;
}

/// One finding for each learning: of a boot by its marker, of a stretch by its beginning.
LogCause LogIngest::Impl::learning_cause(const Work& w) const {
    const bool wanted = w.in.received >= w.host.learn_from && w.in.received < w.host.learn_until;
    const auto boot = book_->boots.row(w.line.host);
    const bool in_boot = !options.learn && boot && boot->phase == BootPhase::learning;
    LogCause cause(LogReason::learnt, w.line.host);
    cause.with("marker", in_boot ? to_rfc3339(boot->marker) : wanted ? to_rfc3339(w.host.learn_from) : options.marker);
    return cause;
}

void LogIngest::Impl::learnt(Work& w, const LogTemplate& found) {
    touch(found).learning = w.host.learning_number;
    ingest_.log_line(w.host.learning_number, w.in.received, w.in.octets, [&] { return found.text; });
    if (w.finding == 0) w.finding = w.host.learning_number;
}

/// Where everything is learnt, so is a boot.
BootStep LogIngest::Impl::see_boot(Work& w) {
    BootTracker& boots = book_->boots;
    const bool lent = options.learn && !w.host.frozen && boots.phase(w.line.host) == BootPhase::idle &&
                      boots.arm(w.line.host, w.line.received).has_value();
    BootStep step = boots.see(w.line);
    if (lent && boots.phase(w.line.host) == BootPhase::armed) boots.disarm(w.line.host);
    return step;
}

void LogIngest::Impl::look_at_boot(Work& w, const BootStep& step) {
    if (step.closed) tell_boot(*step.closed);
    if (step.began) {
        w.host.changed = true;
        w.host.boot_lines_written = 0;
    }
    if (step.discard) w.host.discard = w.host.changed = true;
    if (step.discard) book_->judge.baseline().discard_learnt(w.line.host);
    if (step.discard)
        std::erase_if(touched_, [&](const auto& t) {
            return book_->judge.baseline().find(TemplateId{static_cast<std::uint64_t>(t.second.id)}) == nullptr;
        });
    if (!step.reason) return;
    LogCause cause(*step.reason, w.line.host);
    cause.with("boot", to_rfc3339(w.in.received));
    count(w, cause, [&] {
        return LogTexts{fmt::format("{} {}{}.", escape_for_display(w.line.host), info(*step.reason).sentence,
                                    step.forged ? fmt::format(" ({})", to_string(*step.forged)) : std::string()),
                        escape_for_display(w.line.text)};
    });
}

/// A window has closed. What was learnt waits for a person by its own finding; what differs is one.
void LogIngest::Impl::tell_boot(const BootReport& report) {
    LogHostRow& host = host_of(report.host);
    host.changed = true;
    ClosedBoot& closed = host.closed_boots.emplace_back();
    closed.marker = report.marker;
    closed.list = report.list;
    if (report.learnt) {
        closed.number = host.learning_number;
        closed.finding = host.learning;
        // A person was faster than the window: the next boot is compared with this one, unless there are too many.
        if (host.frozen) static_cast<void>(book_->boots.accept(report.host, report.list));
        return;
    }
    if (!report.difference || report.difference->empty()) return;
    const BootDiff& d = *report.difference;
    LogCause cause(LogReason::boot_changed, report.host);
    cause.with("marker", to_rfc3339(report.marker));
    closed.number = describe(cause, {},
                             {fmt::format("{} {}: {} missing, {} extra, {} moved.", escape_for_display(report.host),
                                          info(LogReason::boot_changed).sentence, d.missing.size(), d.extra.size(), d.moved.size())});
    const std::string text = to_text(d);
    ingest_.log_line(closed.number, report.marker, as_bytes(text),
                     [] { return std::string("how this boot differs from the accepted one that is nearest"); });
}

void LogIngest::Impl::close_boots(Timestamp now) {
    for (const BootReport& report : book_->boots.close(now)) tell_boot(report);
}

/// To drop packets is a firewall's daily work; the policy names those hosts.
bool LogIngest::Impl::is_filter(std::string_view host) const {
    const auto& names = rules.policy->log.filters;
    return std::find(names.begin(), names.end(), host) != names.end();
}

Result<Done> LogIngest::Impl::write_boot(const std::string& name, Timestamp marker, std::int64_t finding, const BootList& list,
                                         std::uint64_t from) {
    sql_.boot.bind(1, std::string_view(name)).bind(2, marker.ns);
    finding != 0 ? sql_.boot.bind(3, finding) : sql_.boot.bind_null(3);
    if (auto done = sql_.boot.run(); !done) return done;
    for (; from < list.size(); ++from) {
        const BootEntry& entry = list[from];
        sql_.boot_line.bind(1, std::string_view(name)).bind(2, marker.ns).bind(3, static_cast<std::int64_t>(from));
        if (auto done = sql_.boot_line.bind(4, as_bytes(entry.program)).bind(5, std::string_view(entry.text)).run(); !done) return done;
    }
    return Done{};
}

Result<Done> LogIngest::Impl::write_hosts() {
    for (auto& [name, host] : book_->hosts) {
        const BootPhase phase = book_->boots.phase(name);
        const bool in_boot = phase == BootPhase::learning || phase == BootPhase::watching;
        for (const ClosedBoot& b : host.closed_boots)
            if (auto done = write_boot(name, b.marker, b.number != 0 ? ingest_.id_of(b.number) : b.finding, b.list, 0); !done) return done;
        host.closed_boots.clear();
        if (!host.changed && !in_boot) continue;
        if (host.learning_number != 0) host.learning = ingest_.id_of(host.learning_number);
        const BootRow row = book_->boots.row(name).value_or(BootRow{});
        if (host.changed) {
            sql_.host.bind(1, std::string_view(name))
                .bind(2, to_string(row.phase))
                .bind(3, row.armed_until.ns)
                .bind(4, row.announced_until.ns);
            sql_.host.bind(5, row.marker.ns).bind(6, std::int64_t{row.announced}).bind(7, host.learn_from.ns).bind(8, host.learn_until.ns);
            host.learning == 0 ? sql_.host.bind_null(9) : sql_.host.bind(9, host.learning);
            if (auto done = sql_.host.run(); !done) return done;
        }
        if (in_boot) {
            const std::int64_t learning = phase == BootPhase::learning ? host.learning : 0;
            if (auto done = write_boot(name, row.marker, learning, row.current, host.boot_lines_written); !done) return done;
            host.boot_lines_written = row.current.size();
        }
        host.changed = false;
    }
    return Done{};
}

}  // namespace sw

// Who sent a line, and whether that is who it says.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "collector/logs/log_ingest_impl.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

constexpr std::size_t longest_host = 255;
constexpr std::int64_t second = 1'000'000'000, quarter = 900 * second, tolerated_skew = 300 * second, widest_zone = 15 * 3600 * second;
constexpr std::uint64_t late_window = 64;  ///< UDP may deliver a few out of order

/// How far a claimed time is ahead, nanoseconds; centuries apart it is a hundred years.
std::int64_t ahead_of(Timestamp claimed, Timestamp received) {
    constexpr std::int64_t most = std::int64_t{100} * 365 * 86'400 * second;
    std::int64_t ahead = 0;
    if (__builtin_sub_overflow(claimed.ns, received.ns, &ahead)) ahead = claimed < received ? -most : most;
    return std::clamp(ahead, -most, most);
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_names(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

constexpr std::size_t most_sources = 256;
constexpr std::string_view other_hosts = "other hosts";

/// Of many hosts together neither name nor count nor clock means anything.
bool is_many(const LogSourceRow& s) { return s.host == other_hosts; }

std::string_view first_label(std::string_view host) { return host.substr(0, host.find('.')); }

}  // namespace

LogHostRow& LogIngest::Impl::host_of(std::string_view name) {
    const auto at = book_->hosts.find(name);
    return at != book_->hosts.end() ? at->second : book_->hosts[std::string(name)];
}

/// claimed: of a line without a source, what it says of itself. Whoever makes up senders makes up no more rows and findings than these:
/// beyond, hosts that the policy does not name are one.
std::uint32_t LogIngest::Impl::source_of(const IncomingLine& in, std::string_view claimed) {
    const bool has_address = in.source.family != 0;
    if (last_source_) {
        const LogSourceRow& last = book_->sources[*last_source_];
        if (last.via == in.via && last.address == in.source && (has_address || claimed.empty() || last.host == claimed))
            return *last_source_;
    }
    std::string host = has_address       ? host_name_of(*rules.policy, in.source)
                       : claimed.empty() ? std::string(in.via == LogVia::self ? "watcher" : "unknown")
                                         : escape_for_display(claimed.substr(0, longest_host));
    SourceKey key{in.via, in.source, has_address ? std::string() : host};
    auto at = source_index_.find(key);
    const bool named = has_address ? host != to_string(in.source) : in.via == LogVia::self;
    if (at == source_index_.end() && !named && book_->sources.size() >= most_sources) {
        key = {in.via, {}, std::string(other_hosts)};
        at = source_index_.find(key);
    }
    if (at == source_index_.end()) {
        LogSourceRow& s = book_->sources.emplace_back();
        s.via = in.via;
        s.address = key.address;
        s.host = key.address.family == 0 ? key.host : host;
        s.first = s.last = in.received;
        at = source_index_.emplace(std::move(key), static_cast<std::uint32_t>(book_->sources.size() - 1)).first;
    }
    last_source_ = at->second;
    return at->second;
}

void LogIngest::Impl::look_at_sender(Work& w) {
    LogSourceRow& s = w.source;
    s.changed = true;
    ++s.lines;
    s.octets += w.in.octets.size();
    s.first = std::min(s.first, w.in.received);
    s.last = std::max(s.last, w.in.received);
    s.silent = false;
    last_received = std::max(last_received, w.in.received);
    if (!w.in.mac.empty() && s.mac != w.in.mac) s.mac = w.in.mac;
}

/// NUL, escapes, line breaks; and what is no syslog message. A file's lines have no priority.
void LogIngest::Impl::look_at_form(Work& w) {
    const SyslogOddities& odd = w.message.odd;
    if (odd.empty()) return;
    if (odd.has_control() && w.finding == 0)
        count(w, LogReason::control_bytes,
              [&] { return fmt::format("{} {}.", escape_for_display(w.line.host), info(LogReason::control_bytes).sentence); });
    const bool no_message = odd.has(SyslogOddity::pri_invalid) || odd.has(SyslogOddity::structured_invalid) ||
                            (odd.has(SyslogOddity::no_pri) && w.in.via != LogVia::file) || odd.has(SyslogOddity::too_long);
    if (!no_message) return;
    count(w, LogReason::malformed, [&] {
        std::string what;
        for (const SyslogOddity o :
             {SyslogOddity::no_pri, SyslogOddity::pri_invalid, SyslogOddity::structured_invalid, SyslogOddity::too_long})
            if (odd.has(o)) (what += what.empty() ? "" : ", ") += to_string(o);
        return fmt::format("{} {}: {}.", escape_for_display(w.line.host), info(LogReason::malformed).sentence, what);
    });
}

/// Its own address, its name in the policy (with or without a domain), and what a person or its learning accepted.
void LogIngest::Impl::look_at_claim(Work& w) {
    const std::string_view claimed = w.message.host;
    if (is_many(w.source)) return;
    if (claimed.empty() || w.in.source.family == 0 || equal_names(claimed, w.line.host) || equal_names(first_label(claimed), w.line.host))
        return;
    if (const auto address = parse_address(claimed); address && *address == w.in.source) return;
    const std::string text = escape_for_display(claimed.substr(0, longest_host));
    if (w.host.claims.contains(text)) return;
    if (w.host.learns) {
        w.host.claims.insert(text);
        w.host.new_claims.emplace_back(text, w.host.learning_number);
        return;
    }
    LogCause cause(LogReason::host_mismatch, w.line.host);
    cause.with("claimed", claimed.substr(0, longest_host));
    count(w, cause, [&] {
        return LogTexts{
            fmt::format("{} ({}) claims to be another host: \"{}\".", escape_for_display(w.line.host), to_string(w.in.source), text), text};
    });
}

void LogIngest::Impl::look_at_sequence(Work& w) {
    if (!w.message.sequence_id || is_many(w.source)) return;
    const std::uint64_t id = *w.message.sequence_id;
    const std::optional<std::uint64_t> last = std::exchange(w.source.sequence, id);
    if (!last || id <= 1 || id == *last + 1) return;
    if (id <= *last) {  // late, or begun anew
        if (*last - id < late_window) w.source.sequence = last;
        return;
    }
    const std::uint64_t missing = id - *last - 1;
    w.source.missing += missing;
    const LogCause cause(LogReason::gap, w.line.host);
    const std::uint32_t number = count(w, cause, [&] {
        return LogTexts{fmt::format("{} {}.", escape_for_display(w.line.host), info(LogReason::gap).sentence),
                        fmt::format("sequenceId {} after {}", id, *last)};
    });
    if (missing > 1) ingest_.count({number, missing - 1, 0, w.in.received, w.in.received});
}

/// A stamp without a zone is taken to be of a zone that is a multiple of a quarter of an hour: what is left is the clock's.
void LogIngest::Impl::look_at_clock(Work& w) {
    if (!w.message.claimed || w.in.via == LogVia::file || is_many(w.source)) return;
    std::int64_t ahead = ahead_of(*w.message.claimed, w.in.received);
    if (!w.message.claimed_zone && std::abs(ahead) > tolerated_skew && std::abs(ahead) < widest_zone) {
        const std::int64_t zone = (ahead + (ahead < 0 ? -quarter / 2 : quarter / 2)) / quarter * quarter;
        const std::int64_t whole = w.source.zone.value_or(0) + zone / second;
        // No zone is a day away: a clock that goes on and on from line to line is wrong.
        if (std::abs(ahead - zone) <= tolerated_skew && std::abs(whole) < widest_zone / second) {
            w.source.zone = whole;
            ahead -= zone;
        }
    }
    w.source.skew = w.source.skew ? *w.source.skew + (ahead - *w.source.skew) / 16 : ahead;
    if (std::abs(ahead) <= tolerated_skew) return;
    const LogCause cause(LogReason::clock_skew, w.line.host);
    count(w, cause, [&] {
        return LogTexts{fmt::format("{} {}.", escape_for_display(w.line.host), info(LogReason::clock_skew).sentence),
                        fmt::format("{} s {}", std::abs(ahead) / second, ahead > 0 ? "ahead" : "behind")};
    });
}

/// Once for each time that a host falls silent; what came from it last is the sample.
void LogIngest::Impl::look_for_silence(Timestamp now) {
    const Duration patience = rules.policy->log.silent;
    if (!options.live || patience.count() == 0) return;
    std::map<std::string_view, Timestamp> heard;
    for (const LogSourceRow& s : book_->sources)
        if (s.via != LogVia::file && s.via != LogVia::self) heard[s.host] = std::max(heard[s.host], s.last);
    for (LogSourceRow& s : book_->sources) {
        const auto at = heard.find(s.host);
        if (at == heard.end() || s.silent || is_many(s) || s.last != at->second || now - s.last <= patience) continue;
        s.silent = s.changed = true;
        const LogCause cause(LogReason::silent, s.host);
        const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(now - s.last).count();
        const std::uint32_t number =
            describe(cause, s.address,
                     {fmt::format("{} {} {} minutes ago.", escape_for_display(s.host), info(LogReason::silent).sentence, minutes),
                      fmt::format("last heard at {}", to_rfc3339(s.last))});
        ingest_.count({number, 1, 0, s.last, now});
    }
}

}  // namespace sw

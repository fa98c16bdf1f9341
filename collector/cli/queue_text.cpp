// The queue for people. May change; scripts read --json.
#include <fmt/format.h>

#include <algorithm>

#include "collector/cli/queue_report.hpp"
#include "collector/cli/sparkline.hpp"
#include "collector/dissect/dissect.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

constexpr std::size_t sparkline_columns = 60, most_dumped = 1536;

/// To the second: nanoseconds stand in --json.
std::string time_of(Timestamp t) {
    const std::string whole = to_rfc3339(t);
    return whole.substr(0, whole.find('.')) + "Z";
}

char letter(std::string_view word) { return word.empty() ? '?' : word.front(); }

std::string letters(const QueuedFinding& f) { return {letter(to_string(f.state)), letter(to_string(f.severity))}; }

/// At most so many characters of UTF-8; the last is an ellipsis where there was more.
std::string cut(const std::string& text, std::size_t columns) {
    std::size_t characters = 0, end_of_kept = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xc0) == 0x80) continue;
        if (characters == columns - 1) end_of_kept = i;
        if (++characters > columns) return text.substr(0, end_of_kept) + (locale_is_utf8() ? "\u2026" : ">");
    }
    return text;
}

std::string span_of(Duration d) {
    using namespace std::chrono;
    const auto minutes_all = duration_cast<minutes>(d).count();
    if (minutes_all % (24 * 60) == 0) return fmt::format("{} d", minutes_all / (24 * 60));
    return minutes_all % 60 == 0 ? fmt::format("{} h", minutes_all / 60) : fmt::format("{} min", minutes_all);
}

std::string who(const QueuedFinding& f) { return f.analyst.empty() ? "" : fmt::format("[{}] ", escape_for_display(f.analyst)); }

/// "dismissed", or "open -> dismissed" where it moved.
std::string step(const Review& r) {
    const std::string verb = escape_for_display(r.verb) + (r.undo_of ? fmt::format(" of review {}", *r.undo_of) : "");
    return r.was == r.becomes ? verb : fmt::format("{} ({} -> {})", verb, to_string(r.was), to_string(r.becomes));
}

class TextReport : public QueueReport {
public:
    TextReport(Output& out, std::size_t columns) : out_(&out), columns_(columns) {}

    void listed(const QueuedFinding& f) override {
        if (!std::exchange(headed_, true)) out_->line(out_->bold(fmt::format("{:>7} st {:>9}  {:<20}  finding", "id", "count", "last")));
        row(f);
    }

    void list_ends(const ListTotals& t) override {
        const std::uint64_t from = (t.page - 1) * t.limit;
        if (t.total == 0) {
            complain("no finding matches");
            return;
        }
        const std::string shown = t.shown == 0 ? "none on this page" : fmt::format("{} to {} shown", from + 1, from + t.shown);
        const bool more = from + t.shown < t.total;
        complain(fmt::format("{} finding{}, {} waiting, {}{}", t.total, t.total == 1 ? "" : "s", t.pending, shown,
                             more ? fmt::format("; --page {} goes on", t.page + 1) : ""));
    }

    void dossier(const Dossier& d) override {
        if (std::exchange(headed_, true)) out_->line("");
        finding(d.finding);
        over_time(d.counts);
        if (!d.reviews.empty()) out_->line(out_->bold("decisions"));
        for (const Review& r : d.reviews) recorded(r);
        if (!d.others.empty()) out_->line(out_->bold("other findings of the same addresses, newest first"));
        for (const QueuedFinding& f : d.others) row(f);
        if (d.more_others) out_->line(fmt::format("        more: span-watcher queue list --address {}", address_of(d.finding)));
        samples(d);
    }

    void decided(const Review& r) override {
        out_->line(fmt::format("review {}: finding {} {} by {}, head {}", r.id, r.finding, step(r), escape_for_display(r.analyst),
                               r.hash.substr(0, 12)));
    }

    void recorded(const Review& r) override {
        const std::string reason = r.reason.empty() ? "" : fmt::format(": {}", escape_for_display(r.reason));
        out_->line(fmt::format("  {:>5} {}  finding {}  {} by {}, {} so far{}", r.id, time_of(r.at), r.finding, step(r),
                               escape_for_display(r.analyst), r.count, reason));
    }

    void verified(const Queue::Verified& v) override {
        for (const std::string& fault : v.faults) out_->line(out_->red(fault));
        if (v.faults.empty()) out_->line(fmt::format("{} reviews, whole; every finding is where they left it", v.rows));
        out_->line(fmt::format("head {}", v.head));
    }

private:
    void row(const QueuedFinding& f) {
        const std::string before = fmt::format("{:>7} ", f.id), after = fmt::format(" {:>9}  {:<20}  ", f.count, time_of(f.last));
        const std::size_t used = before.size() + 2 + after.size();
        std::string text = who(f) + escape_again(f.sentence);
        if (columns_ != 0) text = cut(text, columns_ > used + 20 ? columns_ - used : 20);
        const std::string marked = f.severity == Severity::critical ? out_->red(letters(f)) : out_->yellow(letters(f));
        out_->line(before + marked + after + text);
    }

    void finding(const QueuedFinding& f) {
        out_->line(out_->bold(fmt::format("finding {}", f.id)) +
                   fmt::format("  {}, {}", to_string(f.severity), f.black ? "black" : "grey"));
        out_->line("  " + escape_again(f.sentence));
        const std::string by = f.analyst.empty() ? "" : fmt::format(" by {}", escape_for_display(f.analyst));
        out_->line(fmt::format("  state    {}{}, version {}", to_string(f.state), by, f.version));
        out_->line(fmt::format("  reasons  {}", escape_again(fmt::format("{}", fmt::join(f.slugs, ", ")))));
        if (!f.rule.empty()) out_->line(fmt::format("  rule     {}", escape_for_display(f.rule)));
        if (!f.nearest.empty()) out_->line(fmt::format("  nearest  {}{}", escape_for_display(f.nearest), f.why.empty() ? "" : ", but"));
        for (const std::string& why : f.why) out_->line(fmt::format("             {}", escape_again(why)));
        if (f.is_log) return line_finding(f);
        out_->line(fmt::format("  between  {} and {}, {}{}", end_of(f.initiator), end_of(f.responder), escape_again(f.proto),
                               f.port ? fmt::format(" port {}", *f.port) : ""));
        out_->line(fmt::format("  way      {}{}{}", escape_again(f.direction), f.folded ? ", folded: stands for many" : "",
                               f.detail.empty() ? "" : fmt::format("; first packet: {}", escape_again(f.detail))));
        out_->line(fmt::format("  packets  {} ({} octets), {} to {}", f.count, f.octets, time_of(f.first), time_of(f.last)));
        out_->line(fmt::format("  samples  {} kept, {} not kept; policy {}", f.samples, f.samples_dropped,
                               escape_again(f.policy_sha256).substr(0, 12)));
    }

    void line_finding(const QueuedFinding& f) {
        for (const std::string& why : f.why) out_->line(fmt::format("  why      {}", escape_again(why)));
        if (f.initiator.family != 0) out_->line(fmt::format("  from     {}", to_string(f.initiator)));
        if (!f.detail.empty()) out_->line(fmt::format("  about    {}", escape_again(f.detail)));
        out_->line(fmt::format("  lines    {} ({} octets), {} to {}", f.count, f.octets, time_of(f.first), time_of(f.last)));
        out_->line(fmt::format("  samples  {} kept, {} not kept; policy {}", f.samples, f.samples_dropped,
                               escape_again(f.policy_sha256).substr(0, 12)));
    }

    static std::string end_of(const Address& a) { return a.family == 0 ? std::string("any or no address") : to_string(a); }
    static std::string address_of(const QueuedFinding& f) { return to_string(f.initiator.family != 0 ? f.initiator : f.responder); }

    void over_time(const std::vector<Queue::Count>& counts) {
        const Sparkline s = sparkline(counts, sparkline_columns, locale_is_utf8());
        if (!s.line.empty())
            out_->line(fmt::format("  |{}| from {}, {} a column, at most {}", s.line, time_of(s.start), span_of(s.column), s.most));
    }

    void samples(const Dossier& d) {
        if (!d.samples.empty()) out_->line(out_->bold("samples"));
        for (const DissectedSample& s : d.samples) {
            if (s.sample.is_log) {
                line_sample(s.sample, d.finding.count);
                continue;
            }
            const std::string which = s.sample.ordinal > 0 ? fmt::format("packet {} of {}", s.sample.ordinal, d.finding.count)
                                                           : fmt::format("{} before the first", 1 - s.sample.ordinal);
            out_->line(fmt::format("{}, {} frame {}", which, escape_for_display(s.sample.source), s.sample.number));
            std::vector<std::uint8_t> unwrapped;
            out_->line("  " + packet_line(judged_frame(s.sample, unwrapped)));
            out_->line("  " + escape_again(s.sample.comment));
            if (d.hex) out_->put(hex_dump(s.sample.octets, most_dumped));
            for (const std::string& line : s.dissection) out_->line("  " + line);
        }
    }

    void line_sample(const Sample& s, std::uint64_t of) {
        out_->line(fmt::format("line {} of {}, {}: {}", s.ordinal, of, time_of(s.ts), escape_again(s.comment)));
        out_->line("  " + escape_for_display({reinterpret_cast<const char*>(s.octets.data()), s.octets.size()}));
    }

    Output* out_;
    std::size_t columns_;
    bool headed_ = false;
};

}  // namespace

std::unique_ptr<QueueReport> text_queue_report(Output& out, std::size_t columns) { return std::make_unique<TextReport>(out, columns); }

}  // namespace sw

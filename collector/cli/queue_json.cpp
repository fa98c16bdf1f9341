// The queue as JSON Lines. Fields only grow; those of a finding are replay's and more.
#include <nlohmann/json.hpp>

#include "collector/cli/queue_report.hpp"
#include "rules/base/hex.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

using Json = nlohmann::ordered_json;

Json or_null(const std::string& s) { return s.empty() ? Json(nullptr) : Json(s); }

std::vector<std::string_view> slugs(const ReasonSet& reasons) {
    std::vector<std::string_view> list;
    reasons.for_each([&](Reason r) { list.push_back(info(r).slug); });
    return list;
}

void put_finding(Json& o, const QueuedFinding& f) {
    o["type"] = "finding";
    o["id"] = f.id;
    o["severity"] = to_string(f.severity);
    o["verdict"] = f.black ? "black" : "grey";
    o["rule"] = or_null(f.rule);
    o["reasons"] = f.slugs;
    o["sentence"] = f.sentence;
    o["count"] = f.count;
    o["bytes"] = f.octets;
    o["first"] = to_rfc3339(f.first);
    o["last"] = to_rfc3339(f.last);
    o["direction"] = f.direction;
    o["initiator"] = or_null(to_string(f.initiator));
    o["responder"] = or_null(to_string(f.responder));
    o["proto"] = or_null(f.proto);
    o["port"] = f.port ? Json(*f.port) : Json(nullptr);
    o["folded"] = f.folded;
    o["nearest"] = or_null(f.nearest);
    o["why"] = f.why;
    o["detail"] = f.detail;
    o["state"] = to_string(f.state);
    o["analyst"] = or_null(f.analyst);
    o["version"] = f.version;
    o["samples"] = f.samples;
    o["samples_dropped"] = f.samples_dropped;
    o["policy_sha256"] = f.policy_sha256;
    o["kind"] = f.is_log ? "log" : "packet";
}

void put_review(Json& o, const Review& r) {
    Json detail = Json::parse(r.detail, nullptr, false);
    o["type"] = "review";
    o["id"] = r.id;
    o["at"] = to_rfc3339(r.at);
    o["analyst"] = r.analyst;
    o["verb"] = r.verb;
    o["finding"] = r.finding;
    o["was"] = to_string(r.was);
    o["was_analyst"] = or_null(r.was_analyst);
    o["becomes"] = to_string(r.becomes);
    o["becomes_analyst"] = or_null(r.becomes_analyst);
    o["version"] = r.version;
    o["count"] = r.count;
    o["reason"] = r.reason;
    o["undo_of"] = r.undo_of ? Json(*r.undo_of) : Json(nullptr);
    o["detail"] = detail.is_discarded() ? Json(r.detail) : std::move(detail);
    o["hash"] = r.hash;
}

void put_sample(Json& o, std::int64_t finding, const DissectedSample& d) {
    const Sample& s = d.sample;
    o["type"] = "sample";
    o["finding"] = finding;
    o["ordinal"] = s.ordinal;
    o["ts"] = to_rfc3339(s.ts);
    o["caplen"] = s.octets.size();
    o["len"] = s.len;
    o["datalink"] = s.is_log ? Json(nullptr) : Json(name_of(s.link));
    o["verdict"] = s.verdict;
    if (!s.is_log) o["reasons"] = slugs(s.reasons);
    o["comment"] = s.comment;
    o["source"] = s.source;
    o["frame"] = s.number;
    o["policy_sha256"] = s.policy_sha256;
    const Wrapping& w = s.wrapping;
    o["wrapping"] = w.octets() == 0 ? Json(nullptr) : Json({{"from", w.from}, {"octets", w.count}, {"tail", w.tail}});
    o["octets"] = to_hex(s.octets);
    if (s.is_log)
        o["line"] = escape_for_display({reinterpret_cast<const char*>(s.octets.data()), s.octets.size()});
    else
        o["dissection"] = d.dissection;
}

class JsonReport : public QueueReport {
public:
    explicit JsonReport(Output& out) : out_(&out) {}

    void listed(const QueuedFinding& f) override {
        Json o = first_object();
        put_finding(o, f);
        put(o);
    }

    void list_ends(const ListTotals& t) override {
        Json o = first_object();
        o["type"] = "page";
        o["total"] = t.total;
        o["pending"] = t.pending;
        o["page"] = t.page;
        o["limit"] = t.limit;
        o["shown"] = t.shown;
        put(o);
    }

    void dossier(const Dossier& d) override {
        Json o = first_object(), intervals = Json::array(), others = Json::array(), reviews = Json::array();
        put_finding(o, d.finding);
        for (const Queue::Count& c : d.counts)
            intervals.push_back({{"start", to_rfc3339(c.start)}, {"count", c.packets}, {"bytes", c.octets}});
        for (const QueuedFinding& f : d.others)
            others.push_back({{"id", f.id},
                              {"state", to_string(f.state)},
                              {"severity", to_string(f.severity)},
                              {"count", f.count},
                              {"sentence", f.sentence}});
        for (const Review& r : d.reviews) put_review(reviews.emplace_back(Json::object()), r);
        o["intervals"] = std::move(intervals);
        o["others"] = std::move(others);
        o["more_others"] = d.more_others;
        o["history"] = std::move(reviews);
        put(o);
        for (const DissectedSample& s : d.samples) {
            Json line = first_object();
            put_sample(line, d.finding.id, s);
            put(line);
        }
    }

    void decided(const Review& r) override { recorded(r); }

    void recorded(const Review& r) override {
        Json o = first_object();
        put_review(o, r);
        put(o);
    }

    void verified(const Queue::Verified& v) override {
        Json o = first_object();
        o["type"] = "verified";
        o["reviews"] = v.rows;
        o["head"] = v.head;
        o["whole"] = v.faults.empty();
        o["faults"] = v.faults;
        put(o);
    }

private:
    Json first_object() {
        Json o = Json::object();
        if (std::exchange(first_, false)) o["schema"] = 1;
        return o;
    }
    void put(const Json& o) { out_->line(o.dump(-1, ' ', true, Json::error_handler_t::replace)); }

    Output* out_;
    bool first_ = true;
};

}  // namespace

std::unique_ptr<QueueReport> json_queue_report(Output& out) { return std::make_unique<JsonReport>(out); }

}  // namespace sw

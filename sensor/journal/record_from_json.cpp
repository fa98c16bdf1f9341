#include <fmt/format.h>
#include <simdjson.h>

#include <limits>

#include "rules/base/hex.hpp"
#include "sensor/journal/record_json.hpp"
#include "sensor/journal/record_words.hpp"

namespace sw {

using simdjson::dom::element;
using simdjson::dom::object;

struct RecordJson::Parser {
    simdjson::dom::parser json{std::numeric_limits<std::uint32_t>::max()};

    /// The document's object. It lives until the next call.
    std::string open(std::string_view text, object& out) {
        element root;
        if (const auto error = json.parse(text.data(), text.size()).get(root); error != simdjson::SUCCESS)
            return fmt::format("its JSON: {}", simdjson::error_message(error));
        return root.get(out) == simdjson::SUCCESS ? "" : "its JSON is not an object";
    }
};

namespace {

/// Takes fields out of an object. A field that is not there keeps its default; one of a wrong type or range is an error, and
/// the first of them is kept.
class Fields {
public:
    explicit Fields(object o) : object_(o) {}

    void text(std::string_view name, std::string& out) {
        std::string_view value;
        if (get(name, value)) out = value;
    }
    template <class T>
    void number(std::string_view name, T& out) {
        std::uint64_t value = 0;
        if (!get(name, value)) return;
        if (value > std::numeric_limits<T>::max()) return fail(name);
        out = static_cast<T>(value);
    }
    void number(std::string_view name, std::optional<std::uint64_t>& out) {
        std::uint64_t value = 0;
        if (get(name, value)) out = value;
    }
    void time(std::string_view name, Timestamp& out) { get(name, out.ns); }
    void flag(std::string_view name, bool& out) { get(name, out); }
    void address(std::string_view name, Address& out) {
        std::string_view value;
        if (!get(name, value) || value.empty()) return;
        if (const auto parsed = parse_address(value))
            out = *parsed;
        else
            fail(name);
    }
    template <class E>
    void word(std::string_view name, E& out, E last) {
        std::string_view value;
        if (!get(name, value)) return;
        if (const auto known = from_word(value, last))
            out = *known;
        else
            fail(name);
    }
    void hex(std::string_view name, std::string& out) {
        std::string_view value;
        if (get(name, value) && !from_hex(value, out)) fail(name);
    }
    void network(Network& out) {
        std::string_view value;
        if (!get("network", value)) return;
        for (std::size_t i = 0; i < network_words.size(); ++i)
            if (network_words[i] == value) return void(out = static_cast<Network>(i));
        fail("network");
    }
    void texts(std::string_view name, std::vector<std::string>& out) {
        each(name, [&](std::string_view text) { out.emplace_back(text); });
    }
    /// Reasons of a later version have no name here and are left out.
    void reasons(ReasonSet& out) {
        each("reasons", [&](std::string_view slug) {
            if (const auto reason = reason_from_slug(slug)) out.add(*reason);
        });
    }
    void required(std::string_view name) {
        if (object_[name].error() != simdjson::SUCCESS) fail(name);
    }
    const std::string& why() const { return why_; }

private:
    void fail(std::string_view name) {
        if (why_.empty()) why_ = fmt::format("its field {} is missing or has a value that it cannot have", name);
    }
    template <class T>
    bool get(std::string_view name, T& out) {
        element e;
        if (object_[name].get(e) != simdjson::SUCCESS) return false;
        if (e.get(out) == simdjson::SUCCESS) return true;
        fail(name);
        return false;
    }
    template <class F>
    void each(std::string_view name, F f) {
        simdjson::dom::array values;
        if (!get(name, values)) return;
        for (const element e : values) {
            std::string_view text;
            if (e.get(text) != simdjson::SUCCESS) return fail(name);
            f(text);
        }
    }

    object object_;
    std::string why_;
};

void read(Fields& f, SegmentRecord& r) {
    f.required("id");
    f.text("id", r.journal);
    f.number("segment", r.segment);
}

void read(Fields& f, RunRecord& r) {
    f.text("program", r.program);
    f.text("source", r.source);
    f.word("mode", r.mode, Mode::tcpdump);
    f.flag("unconfined", r.unconfined);
    f.text("policy_sha256", r.policy_sha256);
    f.text("policy_path", r.policy_path);
    f.text("policy_text", r.policy_text);
    f.time("began", r.began);
}

void read(Fields& f, FindingRecord::Shape& s) {
    f.reasons(s.reasons);
    f.text("forbid", s.forbid);
    f.network(s.network);
    f.number("proto", s.proto);
    f.number("ethertype", s.ethertype);
    f.word("direction", s.direction, Direction::unknown);
    f.address("initiator", s.initiator);
    f.address("responder", s.responder);
    f.number("port", s.port);
    f.flag("any_initiator", s.any_initiator);
    f.flag("any_responder", s.any_responder);
    f.flag("any_port", s.any_port);
    f.flag("rest", s.rest);
    f.text("breach", s.breach);
}

void read(Fields& f, FindingRecord& r) {
    f.required("finding");
    f.number("finding", r.finding);
    read(f, r.shape);
    f.word("severity", r.severity, Severity::critical);
    f.text("nearest", r.nearest);
    f.text("sentence", r.sentence);
    f.texts("why", r.why);
    f.text("detail", r.detail);
    f.text("mac", r.mac);
    f.text("alarm", r.alarm);
}

void read(Fields& f, CountRecord& r) {
    f.required("finding");
    f.number("finding", r.finding);
    f.number("packets", r.packets);
    f.number("octets", r.octets);
    f.time("first", r.first);
    f.time("last", r.last);
}

void read(Fields& f, FlowRecord& r) {
    f.text("rule", r.rule);
    f.number("proto", r.tuple.proto);
    f.address("initiator", r.tuple.src);
    f.address("responder", r.tuple.dst);
    f.number("sport", r.tuple.sport);
    f.number("dport", r.tuple.dport);
    f.number("packets_out", r.packets[0]);
    f.number("packets_back", r.packets[1]);
    f.number("octets_out", r.octets[0]);
    f.number("octets_back", r.octets[1]);
    f.time("first", r.first);
    f.time("last", r.last);
    f.flag("provisional", r.provisional);
    f.flag("complete", r.complete);
    f.flag("ledger", r.ledger);
    f.flag("live", r.live);
    f.time("opened", r.opened);
    std::vector<std::string> words;
    f.texts("names", words);
    for (std::size_t i = 0; i + 2 < words.size(); i += 3) r.names.push_back({words[i] == "responder", words[i + 1], words[i + 2]});
}

void read(Fields& f, OpeningRecord& r) {
    f.text("rule", r.rule);
    f.text("service", r.service);
    f.number("proto", r.tuple.proto);
    f.address("initiator", r.tuple.src);
    f.address("responder", r.tuple.dst);
    f.number("sport", r.tuple.sport);
    f.number("dport", r.tuple.dport);
    f.time("first", r.first);
    f.time("answered", r.answered);
    f.number("frame", r.number);
    f.flag("provisional", r.provisional);
}

void read(Fields& f, LogRecord& r, std::string& octets) {
    f.time("ts", r.ts);
    f.text("rule", r.rule);
    f.number("proto", r.tuple.proto);
    f.address("source", r.tuple.src);
    f.number("sport", r.tuple.sport);
    f.address("sink", r.tuple.dst);
    f.number("dport", r.tuple.dport);
    f.text("mac", r.mac);
    f.number("frame", r.number);
    octets.clear();
    f.text("text", octets);
    f.hex("octets", octets);
    r.octets = {reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()};
}

void read(Fields& f, ChartRecord& r) {
    f.time("start", r.start);
    f.text("rule", r.rule);
    f.address("initiator", r.initiator);
    f.address("responder", r.responder);
    f.number("proto", r.proto);
    f.number("port", r.port);
    f.number("packets", r.packets);
    f.number("octets", r.octets);
    f.number("flows", r.flows);
}

void read(Fields& f, CoverageRecord& r) {
    f.time("from", r.from);
    f.time("to", r.to);
    f.text("file", r.file);
    f.number("frames", r.frames);
    f.number("octets", r.octets);
    f.number("allowed", r.allowed);
    f.number("greylisted", r.greylisted);
    f.number("blacklisted", r.blacklisted);
    f.number("flows", r.flows);
    f.number("clock_steps", r.clock_steps);
    f.number("kernel_drops", r.kernel_drops);
    f.number("interface_drops", r.interface_drops);
    f.number("mirror_lost", r.mirror_lost);
    f.number("samples_dropped", r.samples_dropped);
    f.number("logs", r.logs);
    f.number("logs_dropped", r.logs_dropped);
    f.text("error", r.error);
    f.flag("told", r.told);
}

void read(Fields& f, HeartbeatRecord& r) {
    f.time("at", r.at);
    f.number("frames", r.frames);
    f.number("samples_dropped", r.samples_dropped);
}

template <class R>
RecordJson::Read fresh(object o, RecordJson::Kind kind, R& record) {
    record = R{};
    Fields fields(o);
    read(fields, record);
    return {kind, fields.why()};
}

}  // namespace

RecordJson::RecordJson() : parser_(std::make_unique<Parser>()) {}
RecordJson::~RecordJson() = default;

RecordJson::Read RecordJson::read(std::string_view json) {
    object o;
    if (std::string why = parser_->open(json, o); !why.empty()) return {Kind::unknown, std::move(why)};
    std::string_view type;
    if (o["type"].get(type) != simdjson::SUCCESS) return {Kind::unknown, "its JSON has no type"};
    if (type == "journal") return fresh(o, Kind::segment, segment);
    if (type == "run") return fresh(o, Kind::run, run);
    if (type == "finding") return fresh(o, Kind::finding, finding);
    if (type == "count") return fresh(o, Kind::count, count);
    if (type == "flow") return fresh(o, Kind::flow, flow);
    if (type == "opening") return fresh(o, Kind::opening, opening);
    if (type == "log") {
        log = {};
        Fields fields(o);
        sw::read(fields, log, log_octets_);
        return {Kind::log, fields.why()};
    }
    if (type == "chart") return fresh(o, Kind::chart, chart);
    if (type == "coverage") return fresh(o, Kind::coverage, coverage);
    if (type == "heartbeat") return fresh(o, Kind::heartbeat, heartbeat);
    return {};
}

std::string RecordJson::read_verdict(std::string_view json, PacketRecord& out) {
    object o;
    if (std::string why = parser_->open(json, o); !why.empty()) return why;
    Fields fields(o);
    fields.required("finding");
    fields.number("finding", out.finding);
    fields.word("verdict", out.verdict, Verdict::black);
    fields.reasons(out.reasons);
    fields.number("earlier", out.earlier);
    fields.number("wrapped_from", out.wrapping.from);
    fields.number("wrapped", out.wrapping.count);
    fields.number("wrapped_tail", out.wrapping.tail);
    fields.number("inner_linktype", out.inner_link.linktype);
    fields.time("ts", out.frame.ts);
    return fields.why();
}

std::string RecordJson::read_interface(std::string_view json, bool& swapped) {
    object o;
    if (std::string why = parser_->open(json, o); !why.empty()) return why;
    Fields fields(o);
    fields.flag("swapped", swapped);
    return fields.why();
}

}  // namespace sw

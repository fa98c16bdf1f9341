#include "rules/base/hex.hpp"
#include "sensor/journal/json_text.hpp"
#include "sensor/journal/record_json.hpp"
#include "sensor/journal/record_words.hpp"

namespace sw {
namespace {

/// {"type":"...", and what fill adds}
template <class F>
std::string object(std::string_view type, F fill) {
    std::string out;
    JsonObject o(out);
    o.text("type", type);
    fill(o);
    o.close();
    return out;
}

}  // namespace

std::string to_json(const SegmentRecord& r) {
    return object("journal", [&](JsonObject& o) { o.text("id", r.journal).number("segment", r.segment); });
}

std::string to_json(const RunRecord& r) {
    return object("run", [&](JsonObject& o) {
        o.text("program", r.program).text("source", r.source).text("mode", to_string(r.mode)).flag("unconfined", r.unconfined);
        o.text("policy_sha256", r.policy_sha256).text("policy_path", r.policy_path).text("policy_text", r.policy_text);
        o.time("began", r.began);
    });
}

std::string to_json(const FindingRecord& r) {
    return object("finding", [&](JsonObject& o) {
        const FindingRecord::Shape& s = r.shape;
        o.number("finding", r.finding).text("severity", to_string(r.severity)).text("sentence", r.sentence);
        o.reasons(s.reasons).text("forbid", s.forbid).text("network", network_words[static_cast<std::size_t>(s.network)]);
        o.number("proto", s.proto).number("ethertype", s.ethertype).text("direction", to_string(s.direction));
        o.address("initiator", s.initiator).address("responder", s.responder).number("port", s.port);
        o.flag("any_initiator", s.any_initiator).flag("any_responder", s.any_responder).flag("any_port", s.any_port).flag("rest", s.rest);
        if (!s.breach.empty()) o.text("breach", s.breach);
        o.text("nearest", r.nearest).texts("why", r.why).text("detail", r.detail).text("mac", r.mac);
        if (!r.alarm.empty()) o.text("alarm", r.alarm);
    });
}

std::string to_json(const CountRecord& r) {
    return object("count", [&](JsonObject& o) {
        o.number("finding", r.finding).number("packets", r.packets).number("octets", r.octets).time("first", r.first).time("last", r.last);
    });
}

std::string to_json(const FlowRecord& r) {
    return object("flow", [&](JsonObject& o) {
        o.text("rule", r.rule).number("proto", r.tuple.proto).address("initiator", r.tuple.src).address("responder", r.tuple.dst);
        o.number("sport", r.tuple.sport).number("dport", r.tuple.dport);
        o.number("packets_out", r.packets[0]).number("packets_back", r.packets[1]);
        o.number("octets_out", r.octets[0]).number("octets_back", r.octets[1]);
        o.time("first", r.first).time("last", r.last).flag("provisional", r.provisional).flag("complete", r.complete);
        if (!r.ledger) return;
        o.flag("ledger", true).flag("live", r.live).time("opened", r.opened);
        std::vector<std::string> words;  // by, what, name, and the next
        for (const FlowName& n : r.names) words.insert(words.end(), {n.responder ? "responder" : "initiator", n.what, n.name});
        o.texts("names", words);
    });
}

std::string to_json(const OpeningRecord& r) {
    return object("opening", [&](JsonObject& o) {
        o.text("rule", r.rule).text("service", r.service).number("proto", r.tuple.proto);
        o.address("initiator", r.tuple.src).address("responder", r.tuple.dst);
        o.number("sport", r.tuple.sport).number("dport", r.tuple.dport);
        o.time("first", r.first).time("answered", r.answered).number("frame", r.number).flag("provisional", r.provisional);
    });
}

/// JSON keeps any text that is UTF-8, also with NUL; octets that are none are written in hexadecimal.
std::string to_json(const LogRecord& r) {
    return object("log", [&](JsonObject& o) {
        o.time("ts", r.ts)
            .text("rule", r.rule)
            .number("proto", r.tuple.proto)
            .address("source", r.tuple.src)
            .number("sport", r.tuple.sport);
        o.address("sink", r.tuple.dst).number("dport", r.tuple.dport).text("mac", r.mac).number("frame", r.number);
        const std::string_view text(reinterpret_cast<const char*>(r.octets.data()), r.octets.size());
        if (is_utf8(text))
            o.text("text", text);
        else
            o.text("octets", to_hex(r.octets));
    });
}

std::string to_json(const ChartRecord& r) {
    return object("chart", [&](JsonObject& o) {
        o.time("start", r.start).text("rule", r.rule).address("initiator", r.initiator).address("responder", r.responder);
        o.number("proto", r.proto).number("port", r.port);
        o.number("packets", r.packets).number("octets", r.octets).number("flows", r.flows);
    });
}

std::string to_json(const CoverageRecord& r) {
    return object("coverage", [&](JsonObject& o) {
        o.time("from", r.from).time("to", r.to).text("file", r.file).number("frames", r.frames).number("octets", r.octets);
        o.number("allowed", r.allowed).number("greylisted", r.greylisted).number("blacklisted", r.blacklisted);
        o.number("flows", r.flows).number("clock_steps", r.clock_steps);
        o.number("kernel_drops", r.kernel_drops).number("interface_drops", r.interface_drops).number("mirror_lost", r.mirror_lost);
        o.number("samples_dropped", r.samples_dropped).number("logs", r.logs).number("logs_dropped", r.logs_dropped).text("error", r.error);
        if (r.told) o.flag("told", true);
    });
}

std::string to_json(const HeartbeatRecord& r) {
    return object("heartbeat",
                  [&](JsonObject& o) { o.time("at", r.at).number("frames", r.frames).number("samples_dropped", r.samples_dropped); });
}

void append_verdict(std::string& out, const PacketRecord& r) {
    JsonObject o(out);
    o.number("finding", r.finding).text("verdict", to_string(r.verdict)).reasons(r.reasons);
    if (r.earlier > 0) o.number("earlier", r.earlier);
    if (r.wrapping.octets() > 0) {
        o.number("wrapped_from", r.wrapping.from).number("wrapped", r.wrapping.count).number("wrapped_tail", r.wrapping.tail);
        o.number("inner_linktype", r.inner_link.linktype);
    }
    if (r.frame.ts.ns < 0) o.time("ts", r.frame.ts);  // the block's own clock begins in 1970
    o.close();
}

}  // namespace sw

#include "sensor/journal/alarm_json.hpp"

#include <simdjson.h>

#include <algorithm>
#include <charconv>

#include "rules/base/text.hpp"
#include "sensor/journal/json_text.hpp"
#include "sensor/journal/line_reader.hpp"

namespace sw {
namespace {

constexpr std::size_t longest_sentence = 4000, longest_word = 200;
constexpr std::size_t journal_digits = 8;

/// Clean, and at most so many octets of UTF-8: a multi-octet character is not cut in two, nor is an escape (at most 10 octets).
std::string fitting(std::string_view text, std::size_t most) {
    std::string clean = escape_again(text.substr(0, std::min(text.size(), 2 * most)));
    if (clean.size() <= most) return clean;
    std::size_t end = most - 3;
    while (end > 0 && (static_cast<unsigned char>(clean[end]) & 0xc0) == 0x80) --end;
    const std::size_t escape = clean.rfind('\\', end);
    if (escape != std::string::npos && end - escape < 10) end = escape;
    return clean.substr(0, end) + "...";
}

bool is_kind(std::string_view text) {
    return !text.empty() && text.size() <= 32 &&
           std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
}

std::optional<Severity> severity_from(std::string_view word) {
    for (const Severity s : {Severity::notice, Severity::high, Severity::critical})
        if (to_string(s) == word) return s;
    return std::nullopt;
}

using simdjson::dom::object;

/// Takes fields out of an object; a required one that is missing, and any of a wrong type or range, makes it bad.
class Fields {
public:
    explicit Fields(object o) : object_(o) {}

    template <class T>
    bool required(std::string_view name, T& out) {
        return good_ &= object_[name].get(out) == simdjson::SUCCESS;
    }
    template <class T>
    bool optional(std::string_view name, T& out) {
        const auto error = object_[name].get(out);
        good_ &= error == simdjson::SUCCESS || error == simdjson::NO_SUCH_FIELD;
        return error == simdjson::SUCCESS;
    }
    void text(std::string_view name, std::size_t most, std::string& out) {
        std::string_view value;
        if (required(name, value)) out = fitting(value, most);
    }
    void check(bool is_so) { good_ &= is_so; }
    bool good() const { return good_; }

private:
    object object_;
    bool good_ = true;
};

bool read(Fields f, AlarmSegment& s) {
    std::string_view journal;
    f.required("journal", journal);
    f.required("segment", s.segment);
    f.required("next", s.next);
    s.journal = journal;
    f.check(alarm_id_from(s.journal + ":1").has_value());
    return f.good();
}

bool read(Fields f, AlarmRecord& r) {
    std::string_view id, severity, kind;
    f.required("id", id);
    f.required("at", r.at.ns);
    f.required("severity", severity);
    f.required("kind", kind);
    f.text("sentence", longest_sentence, r.sentence);
    f.optional("finding", r.finding);
    f.optional("count", r.count);
    r.id = id;
    r.kind = kind;
    f.check(alarm_id_from(id).has_value() && is_kind(kind) && r.finding >= 0);
    const auto known = severity_from(severity);
    f.check(known.has_value());
    r.severity = known.value_or(Severity::critical);
    return f.good();
}

bool read(Fields f, AlarmHeartbeat& b) {
    f.required("at", b.at.ns);
    f.text("who", longest_word, b.who);
    f.required("frames", b.frames);
    f.text("trouble", longest_word, b.trouble);
    f.required("both_ways", b.both_ways);
    std::uint64_t dropped = 0;
    if (f.optional("dropped", dropped)) b.dropped = dropped;
    Timestamp last;
    if (f.optional("last_frame", last.ns)) b.last_frame = last;
    return f.good();
}

}  // namespace

std::string to_json(const AlarmSegment& s) {
    std::string out;
    JsonObject(out).text("type", "journal").text("journal", s.journal).number("segment", s.segment).number("next", s.next).close();
    return out;
}

std::string to_json(const AlarmRecord& r) {
    std::string out;
    JsonObject json(out);
    json.text("type", "alarm").text("id", r.id).time("at", r.at).text("severity", to_string(r.severity));
    json.text("kind", is_kind(r.kind) ? r.kind : "other").text("sentence", fitting(r.sentence, longest_sentence));
    if (r.finding > 0) json.number("finding", static_cast<std::uint64_t>(r.finding));
    if (r.count > 0) json.number("count", r.count);
    json.close();
    return out;
}

std::string to_json(const AlarmHeartbeat& b) {
    std::string out;
    JsonObject json(out);
    json.text("type", "heartbeat").time("at", b.at).text("who", fitting(b.who, longest_word)).number("frames", b.frames);
    json.number("dropped", b.dropped);
    if (b.last_frame) json.time("last_frame", *b.last_frame);
    json.text("trouble", fitting(b.trouble, longest_word)).flag("both_ways", b.both_ways).close();
    return out;
}

std::optional<AlarmId> alarm_id_from(std::string_view id) {
    constexpr std::string_view hex = "0123456789abcdef";
    if (id.size() < journal_digits + 2 || id[journal_digits] != ':') return std::nullopt;
    AlarmId out{id.substr(0, journal_digits), 0};
    if (out.journal.find_first_not_of(hex) != std::string_view::npos || id[journal_digits + 1] == '0') return std::nullopt;
    const char* end = id.data() + id.size();
    const auto [stop, error] = std::from_chars(id.data() + journal_digits + 1, end, out.number);
    if (error != std::errc() || stop != end) return std::nullopt;
    return out;
}

struct AlarmJson::Parser {
    simdjson::dom::parser json{2 * LineReader::longest};
};

AlarmJson::AlarmJson() : parser_(std::make_unique<Parser>()) {}
AlarmJson::~AlarmJson() = default;

AlarmJson::Kind AlarmJson::read(std::string_view line) {
    object o;
    std::string_view type;
    if (line.empty()) return Kind::bad;  // may have no address, which simdjson copies from
    if (parser_->json.parse(line.data(), line.size()).get(o) != simdjson::SUCCESS) return Kind::bad;
    if (o["type"].get(type) != simdjson::SUCCESS) return Kind::bad;
    if (type == "journal") return sw::read(Fields(o), segment = {}) ? Kind::segment : Kind::bad;
    if (type == "alarm") return sw::read(Fields(o), alarm = {}) ? Kind::alarm : Kind::bad;
    if (type == "heartbeat") return sw::read(Fields(o), heartbeat = {}) ? Kind::heartbeat : Kind::bad;
    return Kind::unknown;
}

}  // namespace sw

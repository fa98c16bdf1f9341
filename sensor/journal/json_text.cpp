#include "sensor/journal/json_text.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <iterator>

namespace sw {
namespace {

void quote(std::string& out, std::string_view text) {
    const bool utf8 = is_utf8(text);
    out += '"';
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            (out += '\\') += c;
        else if (c == '\n')
            out += "\\n";
        else if (octet < 0x20)
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", octet);
        else if (octet >= 0x80 && !utf8)
            out += "\\ufffd";
        else
            out += c;
    }
    out += '"';
}

}  // namespace

bool is_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

void JsonObject::name(std::string_view name) {
    if (!first_) *out_ += ',';
    first_ = false;
    ((*out_ += '"') += name) += "\":";
}

JsonObject& JsonObject::text(std::string_view n, std::string_view value) {
    name(n);
    quote(*out_, value);
    return *this;
}

JsonObject& JsonObject::number(std::string_view n, std::uint64_t value) {
    name(n);
    const fmt::format_int digits(value);
    out_->append(digits.data(), digits.size());
    return *this;
}

JsonObject& JsonObject::number(std::string_view n, const std::optional<std::uint64_t>& value) { return value ? number(n, *value) : *this; }

JsonObject& JsonObject::time(std::string_view n, Timestamp value) {
    name(n);
    const fmt::format_int digits(value.ns);
    out_->append(digits.data(), digits.size());
    return *this;
}

JsonObject& JsonObject::flag(std::string_view n, bool value) {
    name(n);
    *out_ += value ? "true" : "false";
    return *this;
}

JsonObject& JsonObject::texts(std::string_view n, const std::vector<std::string>& values) {
    name(n);
    *out_ += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0) *out_ += ',';
        quote(*out_, values[i]);
    }
    *out_ += ']';
    return *this;
}

JsonObject& JsonObject::reasons(const ReasonSet& set) {
    name("reasons");
    *out_ += '[';
    bool more = false;
    set.for_each([&](Reason r) {
        if (more) *out_ += ',';
        more = true;
        quote(*out_, info(r).slug);
    });
    *out_ += ']';
    return *this;
}

}  // namespace sw

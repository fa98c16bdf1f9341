#include "sensor/journal/log_spool_line.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <array>
#include <charconv>

namespace sw {
namespace {

constexpr std::uint64_t known_version = 1;

/// "1795132800.123456" to nanoseconds.
bool read_time(std::string_view text, Timestamp& out) {
    std::int64_t seconds = 0, fraction = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || seconds < 0 || seconds > 9'000'000'000) return false;
    std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
    if (!rest.empty()) {
        if (rest.front() != '.' || rest.size() < 2 || rest.size() > 10) return false;
        rest.remove_prefix(1);
        const auto [stop, wrong] = std::from_chars(rest.data(), rest.data() + rest.size(), fraction);
        if (wrong != std::errc{} || stop != rest.data() + rest.size() || rest.front() == '-') return false;
        for (std::size_t digits = rest.size(); digits < 9; ++digits) fraction *= 10;
    }
    out = {seconds * 1'000'000'000 + fraction};
    return true;
}

constexpr std::array<std::int8_t, 256> base64_values() {
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < digits.size(); ++i) values[static_cast<unsigned char>(digits[i])] = static_cast<std::int8_t>(i);
    return values;
}

/// RFC 4648 section 4. A hundred thousand lines a second come this way: four digits at a time.
bool read_base64(std::string_view text, std::string& out) {
    static constexpr std::array<std::int8_t, 256> values = base64_values();
    out.clear();
    if (text.size() % 4 != 0) return false;
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
    if (text.size() % 4 == 1) return false;
    out.resize(text.size() / 4 * 3 + 3);
    char* to = out.data();
    const auto value = [&](std::size_t at) { return static_cast<std::int32_t>(values[static_cast<unsigned char>(text[at])]); };
    std::size_t at = 0;
    for (; at + 4 <= text.size(); at += 4) {
        const std::int32_t all = value(at) << 18 | value(at + 1) << 12 | value(at + 2) << 6 | value(at + 3);
        if (all < 0) return false;
        *to++ = static_cast<char>(all >> 16);
        *to++ = static_cast<char>(all >> 8);
        *to++ = static_cast<char>(all);
    }
    if (const std::size_t left = text.size() - at; left > 0) {
        const std::int32_t all = value(at) << 18 | value(at + 1) << 12 | (left == 3 ? value(at + 2) << 6 : 0);
        if (all < 0 || (all & (left == 3 ? 0xff : 0xffff)) != 0) return false;
        *to++ = static_cast<char>(all >> 16);
        if (left == 3) *to++ = static_cast<char>(all >> 8);
    }
    out.resize(static_cast<std::size_t>(to - out.data()));
    return true;
}

}  // namespace

struct LogSpoolReader::Impl {
    simdjson::dom::parser json;
    std::string message;
};

LogSpoolReader::LogSpoolReader() : impl_(std::make_unique<Impl>()) {}
LogSpoolReader::~LogSpoolReader() = default;
LogSpoolReader::LogSpoolReader(LogSpoolReader&&) noexcept = default;
LogSpoolReader& LogSpoolReader::operator=(LogSpoolReader&&) noexcept = default;

std::string LogSpoolReader::read_whole(std::string_view line, LogSpoolLine& out) {
    simdjson::dom::element root;
    if (const auto error = impl_->json.parse(line.data(), line.size()).get(root); error != simdjson::SUCCESS)
        return fmt::format("it is no JSON: {}", simdjson::error_message(error));
    simdjson::dom::object o;
    std::uint64_t version = 0;
    if (root.get(o) != simdjson::SUCCESS || o["v"].get(version) != simdjson::SUCCESS) return "it is no line of our template";
    if (version != known_version) return fmt::format("it is of version {} of the template, and only {} is known", version, known_version);
    std::string_view received, source, raw;
    if (o["recv"].get(received) != simdjson::SUCCESS || !read_time(received, out.received)) return "its field recv is no time";
    if (o["src"].get(source) != simdjson::SUCCESS) return "it has no field src";
    if (o["via"].get(out.via) != simdjson::SUCCESS) return "it has no field via";
    out.source = {};
    if (out.via != "self") {
        const auto address = parse_address(source);
        if (!address) return "its field src is no address";
        out.source = *address;
    }
    if (o["raw"].get(raw) != simdjson::SUCCESS || !read_base64(raw, impl_->message)) return "its field raw is no base64";
    out.message = impl_->message;
    return {};
}

/// Within a JSON string every quote has a backslash in front of it: an opening brace and a quote begin an object.
std::string LogSpoolReader::read(std::string_view line, LogSpoolLine& out) {
    torn_ = 0;
    std::string why = read_whole(line, out);
    if (why.empty()) return why;
    const std::size_t begins = line.rfind("{\"");
    if (begins == std::string_view::npos || begins == 0 || !read_whole(line.substr(begins), out).empty()) return why;
    torn_ = begins;
    return {};
}

}  // namespace sw

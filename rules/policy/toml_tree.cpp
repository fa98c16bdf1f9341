#include "rules/policy/toml_tree.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>

// Debian's shared toml++ is built to throw. Header-only, it returns its errors and is seen by the sanitizers.
#undef TOML_SHARED_LIB
#undef TOML_HEADER_ONLY
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace sw {
namespace {

constexpr int max_depth = 8;
constexpr std::size_t max_key_dots = 15;

/// The end of the TOML string that starts at quote; the text's end where it is not closed.
std::size_t skip_string(std::string_view text, std::size_t quote) {
    const char mark = text[quote];
    const std::string three(3, mark);
    const bool multi_line = text.substr(quote, 3) == three;
    for (std::size_t at = quote + (multi_line ? 3 : 1); at < text.size(); ++at) {
        if (mark == '"' && text[at] == '\\') {
            ++at;
        } else if (!multi_line && (text[at] == mark || text[at] == '\n')) {
            return at + 1;
        } else if (multi_line && text.substr(at, 3) == three) {
            at += 3;  // up to two more quotes belong to the value
            for (int more = 0; more < 2 && at < text.size() && text[at] == mark; ++more) ++at;
            return at;
        }
    }
    return text.size();
}

/// toml++ 3.3 builds (and destroys, recursively) one table a dotted part: a key of a million dots would end the stack.
/// Counts dots outside strings and comments; returns where there are too many in one key, or npos.
std::size_t find_deep_key(std::string_view text) {
    std::size_t dots = 0;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (c == '"' || c == '\'') {
            at = skip_string(text, at);
            continue;
        }
        if (c == '#') {
            at = std::min(text.find('\n', at), text.size());
            continue;
        }
        if (c == '.') {
            if (++dots > max_key_dots) return at;
        } else if (std::string_view("\n=,[]{}").find(c) != std::string_view::npos) {
            dots = 0;
        }
        ++at;
    }
    return std::string_view::npos;
}

std::optional<Timestamp> to_instant(const toml::date& date, const toml::time& time, std::int64_t offset_minutes) {
    using namespace std::chrono;
    const sys_days day{year{date.year} / month{date.month} / std::chrono::day{date.day}};
    const std::int64_t seconds =
        day.time_since_epoch().count() * 86400LL + time.hour * 3600LL + time.minute * 60LL + time.second - offset_minutes * 60;
    constexpr std::int64_t limit = std::numeric_limits<std::int64_t>::max() / 1'000'000'000 - 1;
    if (seconds > limit || seconds < -limit) return std::nullopt;
    return Timestamp{seconds * 1'000'000'000 + time.nanosecond};
}

class Converter {
public:
    explicit Converter(const SourceText& source) : source_(source) {}

    SourceSpan span(const toml::source_region& region) const {
        const std::uint32_t begin = source_.offset_of_code_point(region.begin.line, region.begin.column);
        const std::uint32_t end = source_.offset_of_code_point(region.end.line, region.end.column);
        return {begin, end > begin ? end - begin : 1};
    }

    TomlValue convert(const toml::node& node, int depth) const {
        TomlValue out;
        out.span = span(node.source());
        switch (node.type()) {
            case toml::node_type::table:
                convert_table(*node.as_table(), depth, out);
                break;
            case toml::node_type::array:
                out.kind = TomlValue::Kind::array;
                if (depth < max_depth)
                    for (const toml::node& item : *node.as_array()) out.items.push_back(convert(item, depth + 1));
                break;
            case toml::node_type::string:
                out.kind = TomlValue::Kind::string;
                out.text = node.as_string()->get();
                break;
            case toml::node_type::integer:
                out.kind = TomlValue::Kind::integer;
                out.number = node.as_integer()->get();
                break;
            case toml::node_type::floating_point:
                out.kind = TomlValue::Kind::real;
                break;
            case toml::node_type::boolean:
                out.kind = TomlValue::Kind::boolean;
                break;
            case toml::node_type::date:
                out.kind = TomlValue::Kind::date;
                out.instant = to_instant(node.as_date()->get(), toml::time{}, 0);
                break;
            case toml::node_type::date_time:
                convert_date_time(node.as_date_time()->get(), out);
                break;
            default:
                out.kind = TomlValue::Kind::local_time;
                break;
        }
        return out;
    }

private:
    void convert_table(const toml::table& table, int depth, TomlValue& out) const {
        out.kind = TomlValue::Kind::table;
        if (depth >= max_depth) return;
        out.entries.reserve(table.size());
        for (auto&& [key, value] : table) out.entries.push_back({std::string(key.str()), span(key.source()), convert(value, depth + 1)});
        std::stable_sort(out.entries.begin(), out.entries.end(),
                         [](const TomlEntry& a, const TomlEntry& b) { return a.span.offset < b.span.offset; });
    }

    static void convert_date_time(const toml::date_time& when, TomlValue& out) {
        out.kind = when.offset ? TomlValue::Kind::instant : TomlValue::Kind::local_time;
        if (when.offset) out.instant = to_instant(when.date, when.time, when.offset->minutes);
    }

    const SourceText& source_;
};

}  // namespace

std::string_view describe(TomlValue::Kind kind) {
    switch (kind) {
        case TomlValue::Kind::string:
            return "a string";
        case TomlValue::Kind::integer:
            return "an integer";
        case TomlValue::Kind::real:
            return "a floating-point number";
        case TomlValue::Kind::boolean:
            return "a boolean";
        case TomlValue::Kind::date:
            return "a date";
        case TomlValue::Kind::instant:
            return "a date-time";
        case TomlValue::Kind::local_time:
            return "a time without a zone";
        case TomlValue::Kind::array:
            return "an array";
        case TomlValue::Kind::table:
            return "a table";
    }
    return "a value";
}

TomlParse parse_toml(const SourceText& source) {
    if (const std::size_t deep = find_deep_key(source.text()); deep != std::string_view::npos)
        return {std::nullopt, {static_cast<std::uint32_t>(deep), 1}, "a key has more than 16 dotted parts"};
    const toml::parse_result result = toml::parse(source.text());
    const Converter converter(source);
    if (!result) return {std::nullopt, converter.span(result.error().source()), std::string(result.error().description())};
    return {converter.convert(result.table(), 0), {}, {}};
}

}  // namespace sw

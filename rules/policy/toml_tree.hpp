#pragma once
/// TOML as a plain tree with places, in the order of the file. Private to this room; its .cpp is the only one that knows toml++.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/base/time.hpp"
#include "rules/policy/source_text.hpp"

namespace sw {

struct TomlEntry;

struct TomlValue {
    enum class Kind : std::uint8_t { string, integer, real, boolean, date, instant, local_time, array, table };
    Kind kind = Kind::table;
    SourceSpan span;                   ///< string: from its opening quote; table: its header
    std::string text;                  ///< string
    std::int64_t number = 0;           ///< integer; boolean: 0 or 1
    std::optional<Timestamp> instant;  ///< date: its first instant in UTC; instant; unset where Timestamp cannot hold it
    std::vector<TomlValue> items;      ///< array
    std::vector<TomlEntry> entries;    ///< table, by place of the key
};

struct TomlEntry {
    std::string key;
    SourceSpan span;
    TomlValue value;
};

/// With its article: "a string", "an array" ...
std::string_view describe(TomlValue::Kind kind);

struct TomlParse {
    std::optional<TomlValue> root;
    SourceSpan where;  ///< of the error, if root is unset
    std::string error;
};

/// errors: the first one only (a TOML parser cannot go on behind a syntax error); keys of more than 16 dotted parts
/// limits: values nested deeper than 8 are dropped: no policy has any, so they hang below an unknown key
TomlParse parse_toml(const SourceText& source);

}  // namespace sw

#pragma once
/// JSON objects, written field by field into a string. Texts that are not UTF-8 have their octets above ASCII replaced by U+FFFD.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/base/time.hpp"
#include "rules/packet/address.hpp"
#include "rules/packet/reason.hpp"

namespace sw {

/// Is it UTF-8, so that JSON keeps it as it is?
bool is_utf8(std::string_view text);

class JsonObject {
public:
    /// out is appended to, and whole JSON once close() was called.
    explicit JsonObject(std::string& out) : out_(&out) { out += '{'; }

    JsonObject& text(std::string_view name, std::string_view value);
    JsonObject& number(std::string_view name, std::uint64_t value);
    JsonObject& number(std::string_view name, const std::optional<std::uint64_t>& value);  ///< none: no field
    JsonObject& time(std::string_view name, Timestamp value);                              ///< nanoseconds since 1970
    JsonObject& flag(std::string_view name, bool value);
    JsonObject& texts(std::string_view name, const std::vector<std::string>& values);
    JsonObject& reasons(const ReasonSet& set);
    /// none: "". Here, so that programs without addresses link without them.
    JsonObject& address(std::string_view n, const Address& value) { return text(n, value.family == 0 ? std::string() : to_string(value)); }
    void close() { *out_ += '}'; }

private:
    void name(std::string_view name);

    std::string* out_;
    bool first_ = true;
};

}  // namespace sw

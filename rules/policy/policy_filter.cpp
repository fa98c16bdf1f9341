/// A tcpdump expression within a policy, with the places of what is wrong in it.
#include <algorithm>

#include "rules/policy/policy_reader.hpp"

namespace sw {
namespace {

bool is_odd(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f; }

}  // namespace

void read_filter(const TomlValue& value, std::string_view key, const Names& names, Report& report, Filter& filter, SourcePlace& place) {
    if (!report.expect(value, TomlValue::Kind::string, key, std::string(key) + " = \"tcp and dst port 25\"")) return;
    if (std::any_of(value.text.begin(), value.text.end(), is_odd)) {
        report.error(value.span, "control-byte", std::string(key) + " has control characters in it", "remove them");
        return;
    }
    const SourceSpan body{string_body(report.source().text(), value.span.offset, value.text), 1};
    place = report.source().place(body.offset);
    std::vector<FilterError> errors;
    filter = parse_filter(value.text, names, errors);
    for (FilterError& e : errors)
        report.error(span_in_filter(report.source(), body, value.text, e.offset, e.length), std::move(e.code), std::move(e.message),
                     std::move(e.fix));
    if (errors.empty() && value.text.find_first_not_of(" \t\r\n") == std::string::npos)
        report.warning(value.span, "any-to-any", "an empty filter matches every frame there is", "say which hosts and which service");
}

}  // namespace sw

#include "rules/policy/source_text.hpp"

#include <algorithm>
#include <limits>

namespace sw {
namespace {

std::uint32_t narrow(std::size_t n) {
    return static_cast<std::uint32_t>(std::min<std::size_t>(n, std::numeric_limits<std::uint32_t>::max()));
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

}  // namespace

SourceText::SourceText(std::string_view text) : text_(text), lines_{0} {
    for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) lines_.push_back(narrow(at + 1));
}

SourcePlace SourceText::place(std::uint32_t offset) const {
    const std::uint32_t at = std::min(offset, narrow(text_.size()));
    const auto next = std::upper_bound(lines_.begin(), lines_.end(), at);
    const std::uint32_t line = narrow(static_cast<std::size_t>(next - lines_.begin()));
    return {line, at - lines_[line - 1] + 1};
}

std::uint32_t SourceText::offset(SourcePlace place) const {
    if (place.line == 0 || place.column == 0) return 0;
    if (place.line > lines_.size()) return narrow(text_.size());
    return narrow(std::min<std::size_t>(std::size_t{lines_[place.line - 1]} + place.column - 1, text_.size()));
}

std::uint32_t SourceText::offset_of_code_point(std::uint32_t line, std::uint32_t column) const {
    std::uint32_t at = offset({line, 1});
    if (line == 1 && text_.substr(0, 3) == "\xef\xbb\xbf") at += 3;
    for (std::uint32_t seen = 1; seen < column && at < text_.size(); ++seen) {
        if (text_[at] == '\n') break;
        do ++at;
        while (at < text_.size() && is_continuation(text_[at]));
    }
    return at;
}

std::uint32_t string_body(std::string_view file, std::uint32_t quote, std::string_view value) {
    if (quote >= file.size() || (file[quote] != '"' && file[quote] != '\'')) return quote;
    const std::string_view rest = file.substr(quote);
    const bool multi_line = rest.size() >= 6 && rest[1] == rest[0] && rest[2] == rest[0];
    std::size_t body = multi_line ? 3 : 1;
    if (multi_line && rest.substr(body, 2) == "\r\n") {
        body += 2;
    } else if (multi_line && rest.substr(body, 1) == "\n") {
        body += 1;
    }
    return rest.substr(body, value.size()) == value ? narrow(quote + body) : quote;
}

SourceSpan span_in_filter(const SourceText& source, SourceSpan filter, std::string_view written, std::uint32_t offset,
                          std::uint32_t length) {
    const std::string_view held = source.text().substr(std::min<std::size_t>(filter.offset, source.text().size()), written.size());
    if (held != written) return {filter.offset, 1};
    const std::uint32_t inside = std::min(offset, narrow(written.size()));
    return {filter.offset + inside, std::max<std::uint32_t>(1, std::min(length, narrow(written.size()) - inside))};
}

}  // namespace sw

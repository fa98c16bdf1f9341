#include "sensor/conform/http/http_body.hpp"

#include <algorithm>

namespace sw::http {
namespace {

using MaybeFault = std::optional<Fault>;

MaybeFault ambiguous(std::string_view expected) { return Fault{Reason::http_smuggling, expected}; }

int hex_value(std::uint8_t c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_text(std::uint8_t c) { return c == '\t' || (c >= 0x20 && c != 0x7f); }

}  // namespace

void BodyReader::begin(Kind kind, std::uint64_t octets) {
    *this = {};
    kind_ = kind;
    left_ = octets;
    const bool data = kind == Kind::until_end || (kind == Kind::counted && octets > 0);
    part_ = data ? Part::data : kind == Kind::chunked ? Part::size : Part::done;
}

std::optional<Fault> BodyReader::size(std::uint8_t octet) {
    if (const int digit = hex_value(octet); digit >= 0) {
        left_ = left_ << 4U | static_cast<unsigned>(digit);
        return ++digits_ <= most_digits ? std::nullopt : ambiguous("a chunk's size of at most 15 digits");
    }
    if (digits_ == 0 || (octet != ';' && octet != '\r')) return ambiguous("a chunk's size in hexadecimal digits");
    part_ = octet == ';' ? Part::extension : Part::size_end;
    return std::nullopt;
}

/// RFC 9112 7.1.1: names and values. A string in quotes that does not end on its line is read in two ways.
std::optional<Fault> BodyReader::extension(std::uint8_t octet) {
    if (++count_ > most_extension) return ambiguous("an extension of at most 256 octets");
    if (part_ == Part::extension) {
        if (octet == '\r') part_ = Part::size_end;
        if (octet == '"') part_ = Part::quoted;
        const bool between = octet == ';' || octet == '=' || octet == ' ' || octet == '\t' || octet == '"' || octet == '\r';
        return between || is_token(octet) ? std::nullopt : ambiguous("names and values of an extension");
    }
    const bool escaped = part_ == Part::escaped;
    part_ = !escaped && octet == '"' ? Part::extension : !escaped && octet == '\\' ? Part::escaped : Part::quoted;
    return is_text(octet) ? std::nullopt : ambiguous("the end of the quotes on the same line");
}

/// RFC 9110 6.5.1: what frames a message never stands behind it.
std::optional<Fault> BodyReader::trailer_name(std::uint8_t octet) {
    if (octet == ':') {
        part_ = Part::trailer;
        const bool frames = name_known_ && name_.complete(fields) >= 0;
        return frames ? ambiguous("no field that frames the message, once it is over") : std::nullopt;
    }
    name_known_ = name_known_ && name_.take(fields, octet);
    return is_token(octet) ? std::nullopt : ambiguous("a field's name and a colon");
}

std::optional<Fault> BodyReader::trailer(std::uint8_t octet) {
    if (++count_ > most_trailer) return ambiguous("trailers of at most 8,192 octets");
    if (part_ == Part::trailer_begin) {
        if (octet == ' ' || octet == '\t' || octet == ':') return ambiguous("a field on one line");
        name_.begin();
        name_known_ = true;
        part_ = octet == '\r' ? Part::last_end : Part::trailer_name;
    }
    if (part_ == Part::trailer_name) return trailer_name(octet);
    if (part_ == Part::trailer && octet == '\r') part_ = Part::trailer_end;
    return octet == '\r' || is_text(octet) ? std::nullopt : ambiguous("a field, or the end of the trailers");
}

/// What stands between the chunks.
std::optional<Fault> BodyReader::framing(std::uint8_t octet) {
    const auto line_feed = [&](Part next) {
        part_ = next;
        return octet == '\n' ? std::nullopt : ambiguous("LF behind CR");
    };
    switch (part_) {
        case Part::size:
            return size(octet);
        case Part::extension:
        case Part::quoted:
        case Part::escaped:
            return extension(octet);
        case Part::size_end:
            count_ = 0;
            return line_feed(left_ > 0 ? Part::data : Part::trailer_begin);
        case Part::data_end:
            part_ = Part::data_line;
            return octet == '\r' ? std::nullopt : ambiguous("the end of the chunk");
        case Part::data_line:
            digits_ = 0;
            return line_feed(Part::size);
        case Part::trailer_begin:
        case Part::trailer_name:
        case Part::trailer:
            return trailer(octet);
        case Part::trailer_end:
            return line_feed(Part::trailer_begin);
        case Part::last_end:
            return line_feed(Part::done);
        case Part::data:
        case Part::done:
            break;
    }
    return ambiguous("nothing");
}

BodyReader::Taken BodyReader::take(Bytes octets) {
    if (part_ != Part::data) {
        auto fault = framing(octets[0]);
        return {fault ? std::size_t{0} : std::size_t{1}, fault};
    }
    if (kind_ == Kind::until_end) return {octets.size(), std::nullopt};
    const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(octets.size(), left_));
    skip(taken);
    return {taken, std::nullopt};
}

bool BodyReader::skip(std::uint64_t octets) {
    if (part_ != Part::data) return false;
    if (kind_ == Kind::until_end) return true;
    if (octets > left_) return false;
    left_ -= octets;
    if (left_ == 0) part_ = kind_ == Kind::chunked ? Part::data_end : Part::done;
    return true;
}

}  // namespace sw::http

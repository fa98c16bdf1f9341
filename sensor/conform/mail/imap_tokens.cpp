#include "sensor/conform/mail/imap_tokens.hpp"

#include <algorithm>
#include <cstring>

namespace sw::imap {
namespace {

using Expected = std::string_view;

bool is_visible(std::uint8_t c) { return c > 0x20 && c < 0x7f; }

constexpr unsigned most_digits = 10;

}  // namespace

Expected TokenReader::open(bool bracket) {
    if (depth_ == deepest) return "at most 64 lists in one another";
    brackets_ = (brackets_ & ~(std::uint64_t{1} << depth_)) | std::uint64_t{bracket} << depth_;
    ++depth_;
    part_ = Part::gap;
    return {};
}

Expected TokenReader::close(bool bracket) {
    if (depth_ == 0 || in_bracket() != bracket) return "the end of what was opened last";
    --depth_;
    behind_list_ = !bracket;
    part_ = bracket ? Part::atom : Part::behind;  // BODY[TEXT]<0>
    return {};
}

/// The first octet of a token.
Expected TokenReader::token(std::uint8_t octet) {
    switch (octet) {
        case '(':
            return open(false);
        case ')':
            return close(false);
        case ']':
            if (in_bracket()) return close(true);
            break;
        case '"':
            behind_list_ = false;
            part_ = Part::quoted;
            return {};
        case '{':
            behind_list_ = false;
            part_ = Part::size;
            left_ = digits_ = 0;
            binary_ = false;
            return {};
        case '~':
            part_ = Part::tilde;
            return {};
        default:
            break;
    }
    if (!is_visible(octet)) return "an atom, a string, a list or a literal";
    part_ = Part::atom;
    return octet == '[' ? open(true) : Expected{};
}

Expected TokenReader::atom(std::uint8_t octet) {
    if (octet == '[') return open(true);
    if (octet == ']' && in_bracket()) return close(true);
    if (octet == ' ' || octet == '\r' || octet == ')') return behind(octet);
    if (!is_visible(octet) || octet == '(' || octet == '"' || octet == '{') return "the end of the atom";
    return {};
}

/// Behind a token.
Expected TokenReader::behind(std::uint8_t octet) {
    if (octet == ' ') {
        part_ = Part::gap;
        return {};
    }
    if (octet == '\r') {
        if (depth_ > 0) return "the end of the list";
        part_ = Part::line_end;
        return {};
    }
    if (octet == ')') return close(false);
    if (octet == ']' && in_bracket()) return close(true);
    if (octet == '(' && behind_list_) return open(false);  // ("TEXT" ...)("TEXT" ...)
    return "a blank or the end of the line";
}

Expected TokenReader::size(std::uint8_t octet) {
    if (octet >= '0' && octet <= '9') {
        if (part_ != Part::size || ++digits_ > most_digits) return "a size of at most ten digits";
        left_ = left_ * 10 + (octet - '0');
        return {};
    }
    if (octet == '+' && part_ == Part::size && digits_ > 0) {
        part_ = Part::plus;
        return {};
    }
    if (octet != '}' || digits_ == 0) return "the size of a literal";
    non_synchronizing_ = part_ == Part::plus;
    part_ = Part::size_end;
    return {};
}

Expected TokenReader::take(std::uint8_t octet) {
    began_ = false;
    switch (part_) {
        case Part::begin:
            if (octet == '(' || octet == '"' || octet == '{') return "a blank before the arguments";
            return behind(octet);
        case Part::gap:
            return token(octet);
        case Part::atom:
            return atom(octet);
        case Part::tilde:  // RFC 3516 4.2; else an atom
            if (octet != '{') return part_ = Part::atom, atom(octet);
            token(octet);
            binary_ = true;
            return {};
        case Part::quoted:
            if (octet == '"') part_ = Part::behind;
            if (octet == '\\') part_ = Part::escape;
            return octet == 0 || octet == '\r' || octet == '\n' ? "the end of the string on its line" : Expected{};
        case Part::escape:
            part_ = Part::quoted;
            return octet == '"' || octet == '\\' ? Expected{} : "a quote or a backslash behind a backslash";
        case Part::behind:
            return behind(octet);
        case Part::size:
        case Part::plus:
            return size(octet);
        case Part::size_end:
            part_ = Part::size_line;
            return octet == '\r' ? Expected{} : "the end of the line behind a literal's size";
        case Part::size_line:
            began_ = true;
            part_ = left_ > 0 ? Part::literal : Part::behind;
            return octet == '\n' ? Expected{} : "LF behind CR";
        case Part::line_end:
            part_ = Part::done;
            return octet == '\n' ? Expected{} : "LF behind CR";
        case Part::literal:
        case Part::done:
            break;
    }
    return "nothing";
}

std::size_t TokenReader::take_literal(Bytes octets) {
    began_ = false;
    octets = octets.first(static_cast<std::size_t>(std::min<std::uint64_t>(octets.size(), left_)));
    if (const void* nul = binary_ ? nullptr : std::memchr(octets.data(), 0, octets.size()); nul != nullptr)
        octets = octets.first(static_cast<std::size_t>(static_cast<const std::uint8_t*>(nul) - octets.data()));
    skip_literal(octets.size());
    return octets.size();
}

void TokenReader::skip_literal(std::uint64_t octets) {
    left_ -= octets;
    if (left_ == 0) part_ = Part::behind;
}

}  // namespace sw::imap

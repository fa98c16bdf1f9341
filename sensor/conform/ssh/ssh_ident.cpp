#include "sensor/conform/ssh/ssh_ident.hpp"

namespace sw::ssh {
namespace {

constexpr std::array<std::string_view, 2> versions{"SSH-2.0-", "SSH-1.99-"};

bool is_visible(std::uint8_t c) { return c > 0x20 && c < 0x7f; }

/// Could grow into one of them, or has.
bool begins_as_ident(std::string_view text) {
    for (const std::string_view version : versions)
        if (text.substr(0, version.size()) == version.substr(0, text.size())) return true;
    return false;
}

bool has_software(std::string_view text) {
    for (const std::string_view version : versions)
        if (text.starts_with(version)) return text.size() > version.size();
    return false;
}

}  // namespace

/// Line ends aside. A server's other lines must not begin with "SSH-".
std::string_view IdentReader::octet_of_text(std::uint8_t octet) {
    if (size_ == line_.size()) return "a line of at most 255 octets";
    line_[size_++] = static_cast<char>(octet);
    const bool ident = text().substr(0, 4) == std::string_view("SSH-").substr(0, size_);
    if (!ident) {
        if (!server_) return "SSH-2.0-";
        return octet >= 0x20 && octet != 0x7f ? std::string_view{} : "text of visible octets";
    }
    if (!begins_as_ident(text())) return "SSH-2.0-";
    return is_visible(octet) || (octet == ' ' && has_software(text().substr(0, size_ - 1u))) ? std::string_view{} : "visible octets";
}

std::string_view IdentReader::end_line() {
    if (text().starts_with("SSH-")) {
        done_ = true;
        return has_software(text()) ? std::string_view{} : "a software version";
    }
    empty_ = size_ == 0;
    if (!server_ && !empty_) return "SSH-2.0-";
    before_ = static_cast<std::uint16_t>(before_ + size_ + 2);
    size_ = 0;
    carriage_return_ = false;
    return before_ <= most_before ? std::string_view{} : "the identification within 4,096 octets";
}

std::string_view IdentReader::take(std::uint8_t octet) {
    if (octet == '\n') return end_line();
    if (carriage_return_) return "LF behind CR";
    if (octet == '\r') {
        carriage_return_ = true;
        return {};
    }
    return octet_of_text(octet);
}

}  // namespace sw::ssh

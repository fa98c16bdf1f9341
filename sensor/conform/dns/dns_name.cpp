#include "sensor/conform/dns/dns_name.hpp"

namespace sw {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_visible(std::uint8_t c) { return c > 0x20 && c < 0x7f; }

constexpr unsigned most_label = 63;

}  // namespace

bool DnsName::append(std::string_view label) {
    if (size_ + 1 + label.size() > octets_.size()) return false;
    octets_[size_++] = static_cast<char>(label.size());
    for (const char c : label) octets_[size_++] = lower(c);
    ++labels_;
    return true;
}

bool DnsName::below(const DnsName& other) const {
    if (other.labels_ >= labels_) return false;
    std::size_t at = 0;
    for (unsigned i = labels_; i > other.labels_; --i) at += 1u + static_cast<std::uint8_t>(octets_[at]);
    return wire().substr(at) == other.wire();
}

std::string DnsName::text() const {
    std::string out;
    for (std::size_t at = 0; at < size_;) {
        const std::size_t length = static_cast<std::uint8_t>(octets_[at]);
        if (!out.empty()) out += '.';
        out.append(octets_.data() + at + 1, length);
        at += 1 + length;
    }
    return out;
}

DnsName DnsName::of(std::string_view text) {
    DnsName out;
    while (!text.empty() && text != ".") {
        const std::size_t dot = text.find('.');
        out.append(text.substr(0, dot));
        if (dot == std::string_view::npos) break;
        text.remove_prefix(dot + 1);
    }
    return out;
}

std::optional<DnsName> read_dns_name(Bytes message, std::size_t& at, DnsNameStyle style) {
    DnsName out;
    std::size_t here = at, began = at;  // of the run of labels that is being read
    std::size_t pointer = 0;            // the first that was followed
    const auto stop = [&](std::size_t where) {
        at = pointer != 0 ? pointer : where;
        return std::optional<DnsName>{};
    };
    for (;;) {
        if (here >= message.size()) return stop(message.size());
        const unsigned length = message[here];
        if (length == 0) {
            at = pointer != 0 ? pointer + 2 : here + 1;
            return out;
        }
        if (length >= 0xc0) {
            if (style == DnsNameStyle::whole) return stop(here);
            if (here + 1 >= message.size()) return stop(message.size());
            const std::size_t target = load_be16(&message[here]) & 0x3fffU;
            if (target >= began || target < 12) return stop(here);
            if (pointer == 0) pointer = here;
            here = began = target;
            continue;
        }
        if (length > most_label) return stop(here);
        if (here + 1 + length > message.size()) return stop(message.size());
        for (std::size_t i = here + 1; i <= here + length; ++i)
            if (!is_visible(message[i])) return stop(i);
        if (!out.append({reinterpret_cast<const char*>(&message[here + 1]), length})) return stop(here);
        here += 1 + length;
    }
}

}  // namespace sw

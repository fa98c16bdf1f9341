#include "tests/support/dns_wire.hpp"

#include <charconv>

namespace sw::craft {

DnsWire::DnsWire(unsigned id, unsigned flags) : id_(id), flags_(flags) {}

std::string DnsWire::be16(unsigned v) { return {static_cast<char>(v >> 8), static_cast<char>(v)}; }
std::string DnsWire::be32(std::uint32_t v) { return be16(v >> 16) + be16(v & 0xffff); }

std::string DnsWire::name(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::string_view label = text.substr(0, text.find('.'));
        if (label.front() == '@') {
            unsigned at = 0;
            std::from_chars(label.data() + 1, label.data() + label.size(), at);
            return out + be16(0xc000 | at);
        }
        out += static_cast<char>(label.size());
        out += label;
        text.remove_prefix(label.size() < text.size() ? label.size() + 1 : text.size());
    }
    return out + '\0';
}

DnsWire& DnsWire::ask(std::string_view asked, unsigned type, unsigned klass) {
    body_ += name(asked) + be16(type) + be16(klass);
    ++counts_[0];
    return *this;
}

DnsWire& DnsWire::record(unsigned section, std::string_view owner, unsigned type, std::string_view data, unsigned klass,
                         std::uint32_t ttl) {
    body_ += name(owner) + be16(type) + be16(klass) + be32(ttl) + be16(static_cast<unsigned>(data.size()));
    body_ += data;
    ++counts_[section];
    return *this;
}

DnsWire& DnsWire::edns(unsigned size, std::string_view options, std::uint32_t ttl) { return record(3, "", 41, options, size, ttl); }

std::string DnsWire::option(unsigned code, std::string_view data) {
    return be16(code) + be16(static_cast<unsigned>(data.size())) + std::string(data);
}

DnsWire& DnsWire::raw(std::string_view octets) {
    body_ += octets;
    return *this;
}

DnsWire& DnsWire::count(unsigned section, unsigned n) {
    counts_[section] = n;
    return *this;
}

std::string DnsWire::octets() const {
    return be16(id_) + be16(flags_) + be16(counts_[0]) + be16(counts_[1]) + be16(counts_[2]) + be16(counts_[3]) + body_;
}

std::string DnsWire::framed() const {
    const std::string message = octets();
    return be16(static_cast<unsigned>(message.size())) + message;
}

}  // namespace sw::craft

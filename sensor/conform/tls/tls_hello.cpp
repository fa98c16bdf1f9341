#include "sensor/conform/tls/tls_hello.hpp"

#include <algorithm>

namespace sw::tls {
namespace {

constexpr std::string_view sizes_that_fit = "lengths that add up";

/// The random of a HelloRetryRequest (RFC 8446 section 4.1.3).
constexpr std::array<std::uint8_t, 32> retry_random{0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
                                                    0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
                                                    0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

namespace extension {
constexpr std::uint16_t server_name = 0, heartbeat = 15, alpn = 16, early_data = 42, supported_versions = 43;
}

/// Values that stand for no version, so that servers learn to ignore what they do not know (RFC 8701).
bool is_grease(std::uint16_t v) { return (v & 0x0f0f) == 0x0a0a && v >> 8 == (v & 0xff); }

bool is_name(std::uint8_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

}  // namespace

/// A list of so many octets begins within what is being read.
std::string_view HelloReader::enter(std::uint32_t octets) {
    if (depth_ + 1u == deepest || octets > left_[depth_]) return sizes_that_fit;
    left_[depth_] -= octets;
    left_[++depth_] = octets;
    return {};
}

/// Back to where the list stands, if it is over.
bool HelloReader::leave() {
    if (left_[depth_] > 0) return false;
    --depth_;
    return true;
}

std::string_view HelloReader::end() const {
    // Before TLS 1.2 a hello may end behind its compression (RFC 5246 section 7.4.1.2: the extensions may be missing).
    const bool without_extensions = field_ == Field::extensions_size && value_ == 0 && wanted_ == 2;
    return field_ == Field::done || without_extensions ? std::string_view() : sizes_that_fit;
}

std::size_t HelloReader::pass(std::size_t available) {
    const bool unread = field_ == Field::session || field_ == Field::suites || field_ == Field::methods || field_ == Field::body ||
                        (field_ == Field::random && (kind_ == Kind::client || retry_at_ < 32 - wanted_));
    if (!unread || wanted_ < 2) return 0;
    // The field's last octet is taken alone: it says what follows.
    const auto n = static_cast<std::uint32_t>(std::min<std::size_t>({available, wanted_ - 1, left_[depth_]}));
    left_[depth_] -= n;
    wanted_ -= n;
    return n;
}

HelloReader::Step HelloReader::take(std::uint8_t octet) {
    if (field_ == Field::done || left_[depth_] == 0) return {sizes_that_fit};
    --left_[depth_];
    value_ = value_ << 8 | octet;
    switch (field_) {
        case Field::random:
            if (kind_ == Kind::server && octet == retry_random[32 - wanted_]) ++retry_at_;
            break;
        case Field::name:
            if (!is_name(octet)) return {"a host name"};
            text_[text_size_++] = static_cast<char>(octet);
            break;
        case Field::protocol:
            text_[text_size_++] = static_cast<char>(octet);
            break;
        case Field::versions:
            if (wanted_ % 2 == 1) note_version(static_cast<std::uint16_t>(value_));
            break;
        default:
            break;
    }
    return --wanted_ > 0 ? Step{} : finish();
}

void HelloReader::note_version(std::uint16_t version) {
    if (kind_ == Kind::client && is_grease(version)) return;
    if (!hello_.extended_versions || version > hello_.version) hello_.version = version;
    hello_.extended_versions = true;
}

/// A field is complete: what comes next?
HelloReader::Step HelloReader::finish() {
    switch (field_) {
        case Field::version:
            hello_.version = static_cast<std::uint16_t>(value_);
            if (value_ >> 8 != 3 || (value_ & 0xff) > 4) return {"a version of TLS"};
            want(Field::random, 32);
            return {};
        case Field::random:
            hello_.retry = retry_at_ == retry_random.size();
            want(Field::session_size, 1);
            return {};
        case Field::session_size:
        case Field::suites_size:
        case Field::methods_size:
        case Field::extensions_size:
        case Field::extension_size:
            return sizes();
        case Field::names_size:
        case Field::name_type:
        case Field::name_size:
        case Field::name:
        case Field::protocols_size:
        case Field::protocol_size:
        case Field::protocol:
        case Field::versions_size:
            return names();
        default:
            return go_on();
    }
}

HelloReader::Step HelloReader::sizes() {
    switch (field_) {
        case Field::session_size:
            if (value_ > 32) return {"a session identifier of at most 32 octets"};
            if (value_ == 0) {
                field_ = Field::session;
                return go_on();
            }
            want(Field::session, value_);
            return {};
        case Field::suites_size:
            if (value_ < 2 || value_ % 2 != 0) return {"cipher suites of two octets each"};
            want(Field::suites, value_);
            return {};
        case Field::methods_size:
            if (value_ == 0) return {"a compression method"};
            want(Field::methods, value_);
            return {};
        case Field::extensions_size: {
            if (value_ != left_[0]) return {sizes_that_fit};
            if (value_ == 0) {
                field_ = Field::done;
                return {};
            }
            const std::string_view fault = enter(value_);
            want(Field::extension_type, 2);
            return {fault};
        }
        default:
            return {begin_extension()};
    }
}

std::string_view HelloReader::begin_extension() {
    if (const std::string_view fault = enter(value_); !fault.empty()) return fault;
    const std::uint32_t size = value_;
    const auto once = [&](unsigned bit) {
        const bool first = (seen_ >> bit & 1) == 0;
        seen_ = static_cast<std::uint16_t>(seen_ | 1u << bit);
        return first ? std::string_view() : std::string_view("an extension that did not come before");
    };
    want(Field::body, size);
    std::string_view fault;
    switch (extension_) {
        case extension::server_name:
            fault = once(0);
            // The server's is empty (RFC 6066 section 3).
            if (kind_ == Kind::client) want(Field::names_size, 2);
            break;
        case extension::alpn:
            fault = once(1);
            want(Field::protocols_size, 2);
            break;
        case extension::supported_versions:
            fault = once(2);
            want(kind_ == Kind::client ? Field::versions_size : Field::versions, kind_ == Kind::client ? 1 : 2);
            break;
        case extension::heartbeat:
            hello_.heartbeat = true;
            break;
        case extension::early_data:
            hello_.early_data = true;
            break;
        default:
            break;
    }
    if (!fault.empty()) return fault;
    if (wanted_ > size) return sizes_that_fit;
    return size == 0 ? go_on().fault : std::string_view();
}

HelloReader::Step HelloReader::names() {
    switch (field_) {
        case Field::names_size:
        case Field::protocols_size: {
            if (value_ == 0 || value_ != left_[depth_]) return {sizes_that_fit};
            const std::string_view fault = enter(value_);
            field_ == Field::names_size ? want(Field::name_type, 1) : want(Field::protocol_size, 1);
            return {fault};
        }
        case Field::name_type:
            if (value_ != 0) return {"a host name"};
            want(Field::name_size, 2);
            return {};
        case Field::name_size:
        case Field::protocol_size:
            if (value_ == 0 || value_ > text_.size() || value_ > left_[depth_]) return {"a name of 1 to 255 octets"};
            text_size_ = 0;
            want(field_ == Field::name_size ? Field::name : Field::protocol, value_);
            return {};
        case Field::name:
            hello_.server_name = true;
            if (left_[depth_] > 0) return {"one name only"};
            return {go_on().fault, Heard::server_name};
        case Field::protocol:
            if (left_[depth_] == 0) return {go_on().fault, Heard::alpn};
            want(Field::protocol_size, 1);
            return {{}, Heard::alpn};
        default:  // versions_size
            if (value_ < 2 || value_ % 2 != 0 || value_ != left_[depth_]) return {sizes_that_fit};
            want(Field::versions, value_);
            return {};
    }
}

/// Behind a field that opens nothing.
HelloReader::Step HelloReader::go_on() {
    const bool client = kind_ == Kind::client;
    switch (field_) {
        case Field::session:
            client ? want(Field::suites_size, 2) : want(Field::suite, 2);
            return {};
        case Field::suites:
            want(Field::methods_size, 1);
            return {};
        case Field::suite:
            want(Field::method, 1);
            return {};
        case Field::methods:
        case Field::method:
            want(Field::extensions_size, 2);
            return {};
        case Field::extension_type:
            extension_ = static_cast<std::uint16_t>(value_);
            want(Field::extension_size, 2);
            return {};
        default:
            break;
    }
    // The end of an extension's body: lists and extension must be over together, and perhaps all.
    while (depth_ > 1)
        if (!leave()) return {sizes_that_fit};
    if (left_[1] > 0) {
        want(Field::extension_type, 2);
        return {};
    }
    depth_ = 0;
    field_ = Field::done;
    return {};
}

}  // namespace sw::tls

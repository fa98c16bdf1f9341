#include "sensor/conform/tls/tls_der.hpp"

#include <chrono>

namespace sw::tls {
namespace {

constexpr std::uint8_t sequence = 0x30, octet_string = 0x04, object_identifier = 0x06, utc_time = 0x17, general_time = 0x18,
                       explicit_3 = 0xa3, dns_name = 0x82;
constexpr std::string_view subject_alt_name("\x55\x1d\x11", 3);  // 2.5.29.17

}  // namespace

/// What an element with the tag at hand is, within another one.
CertificateWalk::Part CertificateWalk::inner(Part outer) const {
    switch (outer) {
        case Part::outside:
            return tag_ == sequence ? Part::certificate : Part::other;
        case Part::certificate:
            return tag_ == sequence && sequences_ == 0 ? Part::to_be_signed : Part::other;
        case Part::to_be_signed:
            // signature, issuer, validity, subject, subjectPublicKeyInfo: the third is ours
            if (tag_ == explicit_3) return Part::extensions_tag;
            return tag_ == sequence && sequences_ == 3 ? Part::validity : Part::other;
        case Part::validity:
            return tag_ == utc_time || tag_ == general_time ? Part::date : Part::other;
        case Part::extensions_tag:
            return tag_ == sequence ? Part::extensions : Part::other;
        case Part::extensions:
            return tag_ == sequence ? Part::extension : Part::other;
        case Part::extension:
            if (tag_ == object_identifier) return Part::oid;
            return tag_ == octet_string && host_names_ ? Part::value : Part::other;
        case Part::value:
            return tag_ == sequence ? Part::names : Part::other;
        case Part::names:
            return tag_ == dns_name ? Part::name : Part::other;
        default:
            return Part::other;
    }
}

CertificateWalk::Heard CertificateWalk::take(std::uint8_t octet) {
    if (!readable_ || left_[depth_] == 0) return stop();
    --left_[depth_];
    if (in_header_) {
        header(octet);
        return readable_ && !in_header_ && left_[depth_] == 0 ? close() : Heard::nothing;
    }
    const bool kept = part_[depth_] == Part::date || part_[depth_] == Part::oid || part_[depth_] == Part::name;
    if (kept && text_size_ < text_.size()) text_[text_size_++] = static_cast<char>(octet);
    return left_[depth_] == 0 ? close() : Heard::nothing;
}

/// Tag and length: one octet of tag, and the shortest form of a length of at most three octets.
void CertificateWalk::header(std::uint8_t octet) {
    if (header_at_++ == 0) {
        tag_ = octet;
        if ((octet & 0x1f) == 0x1f) stop();
        return;
    }
    if (header_at_ == 2) {
        size_octets_ = octet < 0x80 ? 0 : octet & 0x7f;
        size_ = octet < 0x80 ? octet : 0;
        if (octet == 0x80 || size_octets_ > 3) stop();
    } else {
        if (header_at_ == 3 && octet == 0) stop();
        size_ = size_ << 8 | octet;
        --size_octets_;
        if (size_octets_ == 0 && size_ < 0x80) stop();
    }
    if (readable_ && size_octets_ == 0) begin(size_);
}

void CertificateWalk::begin(std::uint32_t size) {
    header_at_ = 0;
    if (size > left_[depth_] || depth_ + 1u == deepest) return static_cast<void>(stop());
    const Part part = inner(part_[depth_]);
    if (part_[depth_] == Part::to_be_signed || part_[depth_] == Part::certificate)
        sequences_ = static_cast<std::uint8_t>(sequences_ + (tag_ == sequence));
    if (part == Part::to_be_signed) sequences_ = 1;
    if (part == Part::extension) host_names_ = false;
    if (part == Part::other && (part_[depth_] == Part::outside || part_[depth_] == Part::validity || part_[depth_] == Part::extensions))
        return static_cast<void>(stop());
    left_[depth_] -= size;
    left_[++depth_] = size;
    part_[depth_] = part;
    text_size_ = 0;
    in_header_ = enters(part) && size > 0;
}

/// The innermost element is over, and perhaps those around it.
CertificateWalk::Heard CertificateWalk::close() {
    Heard heard = Heard::nothing;
    const Part part = part_[depth_];
    if (part == Part::oid) host_names_ = text() == subject_alt_name;
    if (part == Part::name) heard = Heard::name;
    if (part == Part::date) heard = dates_++ == 0 ? Heard::not_before : Heard::not_after;
    while (depth_ > 0 && left_[depth_] == 0) --depth_;
    in_header_ = true;
    return heard;
}

std::optional<Timestamp> CertificateWalk::time_of(std::string_view text) {
    if ((text.size() != 13 && text.size() != 15) || text.back() != 'Z') return std::nullopt;
    text.remove_suffix(1);
    for (const char c : text)
        if (c < '0' || c > '9') return std::nullopt;
    const auto number = [&](std::size_t at, std::size_t digits) {
        int n = 0;
        for (const char c : text.substr(at, digits)) n = n * 10 + (c - '0');
        return n;
    };
    const std::size_t year_digits = text.size() - 10;
    int year = number(0, year_digits);
    if (year_digits == 2) year += year < 50 ? 2000 : 1900;  // RFC 5280 section 4.1.2.5.1
    const auto two = [&](std::size_t i) { return number(year_digits + 2 * i, 2); };
    using namespace std::chrono;
    const year_month_day day{std::chrono::year(year), month(static_cast<unsigned>(two(0))),
                             std::chrono::day(static_cast<unsigned>(two(1)))};
    if (!day.ok() || two(2) > 23 || two(3) > 59 || two(4) > 60) return std::nullopt;
    // Years that packet time cannot hold stop at its ends.
    const auto seconds_since = (sys_days(day).time_since_epoch() / seconds(1)) + two(2) * 3600 + two(3) * 60 + two(4);
    std::int64_t ns;
    if (__builtin_mul_overflow(seconds_since, std::int64_t{1'000'000'000}, &ns)) ns = seconds_since < 0 ? INT64_MIN : INT64_MAX;
    return Timestamp{ns};
}

}  // namespace sw::tls

#include "sensor/conform/tls/tls_certificate.hpp"

#include <algorithm>
#include <utility>

namespace sw::tls {
namespace {

constexpr std::string_view sizes_that_fit = "lengths that add up";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
bool same(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

bool stands_for(std::string_view in_certificate, std::string_view host) {
    if (!in_certificate.starts_with("*.")) return same(in_certificate, host);
    const std::size_t dot = host.find('.');
    return dot != std::string_view::npos && dot > 0 && same(in_certificate.substr(1), host.substr(dot));
}

CertificateReader::CertificateReader(std::uint32_t octets, const std::vector<std::string>& names) : names_(&names), left_(octets) {
    crypto_hash_sha256_init(&sha_);
}

CertificateReader::Step CertificateReader::take(std::span<const std::uint8_t> octets, std::size_t& taken, Timestamp now) {
    for (taken = 0; taken < octets.size();) {
        std::size_t some = 1;
        const Step step = place_ == Place::certificate ? certificate_octets(octets.subspan(taken), some, now) : size_octet(octets[taken]);
        if (!step.fault.empty()) return taken += place_ == Place::certificate ? some : 0, step;
        taken += some;
        if (step.digest) return step;
    }
    return {};
}

CertificateReader::Step CertificateReader::certificate_octets(std::span<const std::uint8_t> octets, std::size_t& taken, Timestamp now) {
    octets = octets.first(std::min<std::size_t>(octets.size(), certificate_left_));
    taken = octets.size();
    if (first_) {
        crypto_hash_sha256_update(&sha_, octets.data(), octets.size());
        for (std::size_t i = 0; i < octets.size() && !names_->empty(); ++i)
            if (const Step step = look(octets[i], now); !step.fault.empty()) return taken = i, step;
    }
    const auto size = static_cast<std::uint32_t>(octets.size());
    left_ -= size;
    list_left_ -= size;
    certificate_left_ -= size;
    if (certificate_left_ > 0) return {};
    const bool first = std::exchange(first_, false);
    const Step step = first ? end_of_first() : Step{};
    if (!step.fault.empty()) return taken = octets.size() - 1, step;
    place_ = Place::size;
    return step;
}

/// Sizes take three octets each.
CertificateReader::Step CertificateReader::size_octet(std::uint8_t octet) {
    if (left_ == 0 || (place_ == Place::size && list_left_ == 0)) return {sizes_that_fit};
    --left_;
    if (place_ == Place::size) --list_left_;
    size_ = size_ << 8 | octet;
    if (++size_at_ < 3) return {};
    const std::uint32_t size = std::exchange(size_, 0);
    size_at_ = 0;
    if (place_ == Place::list_size) {
        if (size != left_) return {sizes_that_fit};
        list_left_ = size;
        place_ = Place::size;
        return {};
    }
    if (size == 0 || size > list_left_) return {sizes_that_fit};
    certificate_left_ = size;
    place_ = Place::certificate;
    if (first_) walk_ = CertificateWalk(size);
    return {};
}

CertificateReader::Step CertificateReader::look(std::uint8_t octet, Timestamp now) {
    const CertificateWalk::Heard heard = walk_.take(octet);
    if (!walk_.readable()) return {"a certificate that can be read", true};
    if (heard == CertificateWalk::Heard::name)
        named_ =
            named_ || std::any_of(names_->begin(), names_->end(), [&](const std::string& host) { return stands_for(walk_.text(), host); });
    if (heard != CertificateWalk::Heard::not_before && heard != CertificateWalk::Heard::not_after) return {};
    const auto date = CertificateWalk::time_of(walk_.text());
    const bool begins = heard == CertificateWalk::Heard::not_before;
    dated_ = !begins;
    if (!date || (begins ? now < *date : *date < now)) return {"a certificate within its dates", true, walk_.text()};
    return {};
}

CertificateReader::Step CertificateReader::end_of_first() {
    crypto_hash_sha256_final(&sha_, digest_.data());
    if (!names_->empty() && !dated_) return {"a certificate with dates", true};
    if (!names_->empty() && !named_) return {"a certificate of a name that the rule demands", true};
    return {.fault = {}, .unfit = false, .shown = {}, .digest = true};
}

}  // namespace sw::tls

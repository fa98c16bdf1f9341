#pragma once
/// A server's Certificate message of TLS up to 1.2, octet by octet (RFC 5246 section 7.4.2): of its first certificate the digest, and,
/// where a rule demands it, dates and names.
#include <sodium.h>

#include <span>
#include <string>
#include <vector>

#include "sensor/conform/tls/tls_der.hpp"

namespace sw::tls {

class CertificateReader {
public:
    /// names: lower case, one of which it must bear; empty: nothing but the digest is asked for. names must outlive it.
    CertificateReader(std::uint32_t octets, const std::vector<std::string>& names);

    struct Step {
        std::string_view fault{};  ///< "" or what belonged here
        bool unfit = false;        ///< it can be read, and is not what the rule demands
        std::string_view shown{};  ///< unfit: the text in it that is not, or ""; as text() of the walk
        bool digest = false;       ///< digest() is complete
    };
    /// The next octets of the message. taken: those before it has something to say, and with a fault those before the wrong one.
    Step take(std::span<const std::uint8_t> octets, std::size_t& taken, Timestamp now);
    /// Behind the message's last octet.
    bool complete() const { return left_ == 0 && list_left_ == 0 && place_ == Place::size && size_at_ == 0; }
    std::string_view digest() const { return {reinterpret_cast<const char*>(digest_.data()), digest_.size()}; }

private:
    enum class Place : std::uint8_t { list_size, size, certificate };
    Step size_octet(std::uint8_t octet);
    Step certificate_octets(std::span<const std::uint8_t> octets, std::size_t& taken, Timestamp now);
    Step end_of_first();
    Step look(std::uint8_t octet, Timestamp now);

    const std::vector<std::string>* names_;
    Place place_ = Place::list_size;
    std::uint8_t size_at_ = 0;
    std::uint32_t left_, list_left_ = 0, size_ = 0, certificate_left_ = 0;
    bool first_ = true, named_ = false, dated_ = false;
    crypto_hash_sha256_state sha_;
    std::array<std::uint8_t, crypto_hash_sha256_BYTES> digest_{};
    CertificateWalk walk_{0};
};

/// Does a name in a certificate stand for a host? "*." stands for one label in front (RFC 6125 section 6.4.3). Case does not matter.
bool stands_for(std::string_view in_certificate, std::string_view host);

}  // namespace sw::tls

#pragma once
/// A walk over a certificate's DER, octet by octet, for its dates and the names of its hosts (RFC 5280 section 4.1; X.690). Nothing else of
/// it is understood, and nothing is kept: depth and texts are bounded, and what does not fit the shape of a certificate ends the walk.
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "rules/base/time.hpp"

namespace sw::tls {

class CertificateWalk {
public:
    explicit CertificateWalk(std::uint32_t octets) { left_[0] = octets; }

    enum class Heard : std::uint8_t { nothing, not_before, not_after, name };
    Heard take(std::uint8_t octet);
    /// False once it was clear that this is no certificate.
    bool readable() const { return readable_; }
    /// What was heard last, as it stands there: until the next octet.
    std::string_view text() const { return {text_.data(), text_size_}; }

    /// UTCTime or GeneralizedTime in the only forms that RFC 5280 section 4.1.2.5 allows: YYMMDDHHMMSSZ, YYYYMMDDHHMMSSZ.
    static std::optional<Timestamp> time_of(std::string_view text);

private:
    /// Where an element stands, and so what may stand in it.
    enum class Part : std::uint8_t {
        outside,
        certificate,
        to_be_signed,
        validity,
        extensions_tag,
        extensions,
        extension,
        value,
        names,
        date,
        oid,
        name,
        other
    };
    static constexpr std::size_t deepest = 9;
    void header(std::uint8_t octet);
    void begin(std::uint32_t size);
    Part inner(Part outer) const;
    bool enters(Part part) const { return part < Part::date; }
    Heard close();
    Heard stop() {
        readable_ = false;
        return Heard::nothing;
    }

    bool readable_ = true, in_header_ = true;
    std::uint8_t depth_ = 0, tag_ = 0, header_at_ = 0, size_octets_ = 0;
    std::uint8_t sequences_ = 0;  ///< in to_be_signed: SEQUENCEs so far
    std::uint8_t dates_ = 0;
    bool host_names_ = false;  ///< the extension is subjectAltName
    std::uint32_t size_ = 0;
    std::uint32_t left_[deepest]{};  ///< of what is being read; the innermost may be a plain value
    Part part_[deepest]{};
    std::array<char, 253> text_{};
    std::uint8_t text_size_ = 0;
};

}  // namespace sw::tls

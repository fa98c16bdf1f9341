#pragma once
/// Why a frame is not allowed: one enumerator a row of reason.def.
#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sw {

enum class Severity : std::uint8_t { notice, high, critical };
enum class ReasonKind : std::uint8_t { anomaly, state };

enum class Reason : std::uint8_t {
#define REASON(id, slug, kind, severity, sentence, source) id,
#include "rules/packet/reason.def"
#undef REASON
    count
};
inline constexpr std::size_t reason_count = static_cast<std::size_t>(Reason::count);
static_assert(reason_count <= 128, "ReasonSet holds 128 bits");

struct ReasonInfo {
    std::string_view slug;
    ReasonKind kind;
    Severity severity;
    std::string_view sentence;  ///< completes "This frame ..."
    std::string_view source;    ///< RFC and section
};

const ReasonInfo& info(Reason r);
std::optional<Reason> reason_from_slug(std::string_view slug);
std::string_view to_string(Severity s);

/// A set of reasons; two words, so copying and testing are free.
class ReasonSet {
public:
    constexpr ReasonSet() = default;
    constexpr ReasonSet(Reason r) { add(r); }

    constexpr void add(Reason r) { words_[index(r) >> 6] |= bit(r); }
    constexpr bool has(Reason r) const { return (words_[index(r) >> 6] & bit(r)) != 0; }
    constexpr bool empty() const { return (words_[0] | words_[1]) == 0; }
    constexpr ReasonSet without(const ReasonSet& o) const { return {words_[0] & ~o.words_[0], words_[1] & ~o.words_[1]}; }
    constexpr ReasonSet with(const ReasonSet& o) const { return {words_[0] | o.words_[0], words_[1] | o.words_[1]}; }
    constexpr bool within(const ReasonSet& o) const { return without(o).empty(); }
    constexpr bool operator==(const ReasonSet&) const = default;
    constexpr const std::array<std::uint64_t, 2>& words() const { return words_; }

    /// Call f(Reason) for each member in the order of reason.def.
    template <class F>
    constexpr void for_each(F f) const {
        for (std::size_t w = 0; w < 2; ++w)
            for (std::uint64_t rest = words_[w]; rest != 0; rest &= rest - 1)
                f(static_cast<Reason>(w * 64 + static_cast<std::size_t>(std::countr_zero(rest))));
    }

private:
    constexpr ReasonSet(std::uint64_t a, std::uint64_t b) : words_{a, b} {}
    static constexpr std::size_t index(Reason r) { return static_cast<std::size_t>(r); }
    static constexpr std::uint64_t bit(Reason r) { return std::uint64_t{1} << (index(r) & 63); }
    std::array<std::uint64_t, 2> words_{};
};

/// The anomalies of a fragment as such. The first may be accepted by a rule; none can be ignored.
constexpr ReasonSet fragment_anomalies() {
    return ReasonSet(Reason::fragment)
        .with(Reason::fragment_tiny)
        .with(Reason::fragment_overlong)
        .with(Reason::fragment_df)
        .with(Reason::fragment_atomic);
}

}  // namespace sw

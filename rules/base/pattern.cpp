#include "rules/base/pattern.hpp"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>

namespace sw {
namespace {

constexpr std::int64_t memory = 256 << 20;  // RE2's own default, 8 MiB, is too little for a thousand expressions

RE2::Options options() {
    RE2::Options o(RE2::Latin1);
    o.set_max_mem(memory);
    o.set_log_errors(false);
    return o;
}

}  // namespace

class Pattern::Impl {
public:
    explicit Impl(const std::string& t) : text(t), re(t, options()) {}
    std::string text;
    RE2 re;
};

Pattern::Pattern(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Pattern::~Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;

Result<Pattern> Pattern::compile(const std::string& text) {
    auto impl = std::make_unique<Impl>(text);
    if (!impl->re.ok()) {
        const std::string& where = impl->re.error_arg();
        return unexpected(impl->re.error() + (where.empty() || impl->re.error().find(where) != std::string::npos ? "" : ": " + where));
    }
    return Pattern(std::move(impl));
}

bool Pattern::matches(std::string_view octets) const { return RE2::FullMatch({octets.data(), octets.size()}, impl_->re); }
const std::string& Pattern::text() const { return impl_->text; }

class PatternSet::Impl {
public:
    Impl() : set(options(), RE2::ANCHOR_BOTH) {}
    RE2::Set set;
    std::size_t size = 0;
};

PatternSet::PatternSet(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PatternSet::~PatternSet() = default;
PatternSet::PatternSet(PatternSet&&) noexcept = default;
PatternSet& PatternSet::operator=(PatternSet&&) noexcept = default;

Result<PatternSet> PatternSet::compile(const std::vector<std::string>& texts) {
    auto impl = std::make_unique<Impl>();
    for (std::size_t i = 0; i < texts.size(); ++i) {
        std::string why;
        if (impl->set.Add(texts[i], &why) < 0) return unexpected("pattern " + std::to_string(i) + ": " + why);
    }
    // A Match after a failed Compile crashes.
    if (!impl->set.Compile()) return unexpected("the patterns together need more than 256 MiB; use fewer or simpler ones");
    impl->size = texts.size();
    return PatternSet(std::move(impl));
}

PatternSet::Answer PatternSet::first_match(std::string_view octets) const {
    if (impl_->size == 0) return {};
    std::vector<int> found;
    RE2::Set::ErrorInfo error{};
    if (impl_->set.Match({octets.data(), octets.size()}, &found, &error)) return {true, *std::min_element(found.begin(), found.end())};
    return {error.kind == RE2::Set::kNoError, -1};
}

std::size_t PatternSet::size() const { return impl_->size; }

}  // namespace sw

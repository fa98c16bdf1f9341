#include "sensor/capture/reader.hpp"

#include <fmt/format.h>

#include <variant>

#include "sensor/capture/foreign.hpp"
#include "sensor/capture/pcap_parser.hpp"
#include "sensor/capture/pcapng_parser.hpp"
#include "sensor/capture/window.hpp"

namespace sw {

using Parser = std::variant<PcapParser, PcapngParser>;

class CaptureReader::Impl {
public:
    Impl(Window window, Parser parser) : window_(std::move(window)), parser_(std::move(parser)) {}

    std::size_t next(std::span<Frame> out);
    const std::optional<ReadStop>& stopped() const { return stop_; }
    const std::vector<Datalink>& datalinks() const {
        return std::visit([](const auto& p) -> const std::vector<Datalink>& { return p.datalinks(); }, parser_);
    }
    std::uint64_t position() const { return window_.position(); }
    const Window& window() const { return window_; }

private:
    void end(std::string why);

    Window window_;
    Parser parser_;
    std::uint64_t delivered_ = 0;
    bool ended_ = false;
    std::optional<ReadStop> stop_;
};

std::size_t CaptureReader::Impl::next(std::span<Frame> out) {
    while (!ended_ && !out.empty()) {
        Parsed parsed = std::visit([&](auto& p) { return p.parse(window_, out); }, parser_);
        if (parsed.frames > 0) {
            delivered_ += parsed.frames;
            return parsed.frames;
        }
        // Only now, with no frame in hand, may the window move.
        if (!parsed.why.empty())
            end(std::move(parsed.why));
        else if (!window_.refill())
            end(window_.failure());
    }
    return 0;
}

void CaptureReader::Impl::end(std::string why) {
    ended_ = true;
    if (why.empty() && window_.size() > 0) why = std::visit([&](const auto& p) { return p.torn(window_); }, parser_);
    if (!why.empty()) stop_ = {.frame = delivered_, .offset = window_.offset(), .why = std::move(why)};
}

namespace {

Result<Parser> open_parser(Window& window) {
    window.want(4);
    if (!window.failure().empty()) return unexpected("not readable as a capture file: " + window.failure());
    if (window.size() == 0) return unexpected("the file is empty: not even a capture file header");
    if (window.size() < 4) return unexpected(fmt::format("not a capture file: it has only {} octets", window.size()));
    if (PcapParser::knows(window.data())) {
        auto pcap = PcapParser::open(window);
        return pcap ? Result<Parser>(std::move(*pcap)) : Unexpected{pcap.error()};
    }
    if (PcapngParser::knows(window.data())) {
        auto pcapng = PcapngParser::open(window);
        return pcapng ? Result<Parser>(std::move(*pcapng)) : Unexpected{pcapng.error()};
    }
    return unexpected(explain_foreign(window.octets()));
}

}  // namespace

Result<CaptureReader> CaptureReader::open(UniqueFd fd, bool (*cancelled)(), std::size_t buffers) {
    Window window = Window::open(std::move(fd), cancelled, buffers);
    auto parser = open_parser(window);
    if (!parser) {
        Unexpected refused{parser.error()};
        if (const auto& failure = window.failure(); !failure.empty() && window.size() >= 4) refused.error.text += "; " + failure;
        return refused;
    }
    return CaptureReader(std::make_unique<Impl>(std::move(window), std::move(*parser)));
}

CaptureReader::CaptureReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CaptureReader::CaptureReader(CaptureReader&&) noexcept = default;
CaptureReader& CaptureReader::operator=(CaptureReader&&) noexcept = default;
CaptureReader::~CaptureReader() = default;

std::size_t CaptureReader::next(std::span<Frame> out) { return impl_->next(out); }
const std::optional<ReadStop>& CaptureReader::stopped() const { return impl_->stopped(); }
const std::vector<Datalink>& CaptureReader::datalinks() const { return impl_->datalinks(); }
std::uint64_t CaptureReader::position() const { return impl_->position(); }
std::uint64_t CaptureReader::turns() const { return impl_->window().turns(); }
bool CaptureReader::compressed() const { return impl_->window().compressed(); }

}  // namespace sw

#include "sensor/capture/pcapng_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "sensor/capture/pcapng_format.hpp"
#include "sensor/capture/reader.hpp"

namespace sw {

using namespace pcapng;

namespace {

constexpr std::size_t buffer_octets = 64 * 1024;
constexpr std::size_t comment_octets = 65'000;

/// At most comment_octets, and no character cut in two.
std::string_view fitting(std::string_view comment) {
    if (comment.size() <= comment_octets) return comment;
    std::size_t n = comment_octets;
    const auto continues = [&](std::size_t at) { return (static_cast<unsigned char>(comment[at]) & 0xc0) == 0x80; };
    while (n > comment_octets - 4 && continues(n)) --n;
    return comment.substr(0, n);
}

/// Octets of an option with its header; none for an empty value, which says nothing.
std::uint32_t option_octets(std::string_view value) { return value.empty() ? 0 : static_cast<std::uint32_t>(4 + padded(value.size())); }

constexpr std::string_view application = "span-watcher " SPAN_VERSION;

}  // namespace

PcapngWriter::PcapngWriter(UniqueFd fd, std::string_view comment) : fd_(std::move(fd)), comment_(fitting(comment)) {
    buffer_.reserve(buffer_octets);
}

Result<Done> PcapngWriter::write(const Frame& frame, std::string_view comment) {
    if (frame.caplen > CaptureReader::max_frame)
        return unexpected(
            fmt::format("a frame of {} octets is not written: at most {} are read again", frame.caplen, CaptureReader::max_frame));
    if (swapped_ != frame.link.swapped) put_section(frame.link.swapped);
    const std::uint32_t interface = put_interface(frame.link);
    const std::string_view text = fitting(comment);
    const std::uint32_t options = text.empty() ? 0 : option_octets(text) + 4;
    const auto total = static_cast<std::uint32_t>(32 + padded(frame.caplen) + options);
    const auto ticks = static_cast<std::uint64_t>(std::max<std::int64_t>(frame.ts.ns, 0));
    put32(enhanced_packet);
    put32(total);
    put32(interface);
    put32(static_cast<std::uint32_t>(ticks >> 32));
    put32(static_cast<std::uint32_t>(ticks & 0xffffffff));
    put32(frame.caplen);
    put32(frame.len);
    put_padded(frame.data, frame.caplen);
    put_option(opt_comment, text);
    if (options > 0) put32(opt_end);
    put32(total);
    return buffer_.size() < buffer_octets ? Done{} : flush();
}

Result<Done> PcapngWriter::flush() {
    if (!swapped_) put_section(false);
    std::size_t done = 0;
    while (done < buffer_.size()) {
        const ssize_t n = ::write(fd_.get(), buffer_.data() + done, buffer_.size() - done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            const std::string why = fd_ ? std::strerror(errno) : "it failed before";
            fd_.reset();  // a later block behind a torn one would be lost to every reader
            buffer_.clear();
            return unexpected("writing the capture file: " + why, ExitCode::environment);
        }
        done += static_cast<std::size_t>(n);
    }
    buffer_.clear();
    return Done{};
}

void PcapngWriter::put_section(bool swapped) {
    swapped_ = swapped;
    interfaces_.clear();
    const std::uint32_t total = section_octets + option_octets(comment_) + option_octets(application) + 4;
    put32(section_header);
    put32(total);
    put32(byte_order_magic);
    put16(1);
    put16(0);
    put32(0xffffffff);  // section length: not known
    put32(0xffffffff);
    put_option(opt_comment, comment_);
    put_option(shb_userappl, application);
    put32(opt_end);
    put32(total);
}

std::uint32_t PcapngWriter::put_interface(Datalink link) {
    const auto [entry, added] = interfaces_.try_emplace(link, static_cast<std::uint32_t>(interfaces_.size()));
    if (!added) return entry->second;
    constexpr std::uint32_t total = 32;
    constexpr std::string_view nanoseconds = "\x09";
    put32(interface_description);
    put32(total);
    put16(link.linktype);
    put16(0);
    put32(0);  // snaplen: no limit
    put_option(if_tsresol, nanoseconds);
    put32(opt_end);
    put32(total);
    return entry->second;
}

void PcapngWriter::put16(std::uint16_t v) {
    if (*swapped_) v = __builtin_bswap16(v);
    const auto* p = reinterpret_cast<const std::uint8_t*>(&v);
    buffer_.insert(buffer_.end(), p, p + sizeof v);
}

void PcapngWriter::put32(std::uint32_t v) {
    if (*swapped_) v = __builtin_bswap32(v);
    const auto* p = reinterpret_cast<const std::uint8_t*>(&v);
    buffer_.insert(buffer_.end(), p, p + sizeof v);
}

void PcapngWriter::put_padded(const std::uint8_t* data, std::size_t n) {
    buffer_.insert(buffer_.end(), data, data + n);
    buffer_.resize(buffer_.size() + (padded(n) - n));
}

void PcapngWriter::put_option(std::uint16_t code, std::string_view value) {
    if (value.empty()) return;
    put16(code);
    put16(static_cast<std::uint16_t>(value.size()));
    put_padded(reinterpret_cast<const std::uint8_t*>(value.data()), value.size());
}

}  // namespace sw

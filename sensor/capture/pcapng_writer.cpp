#include "sensor/capture/pcapng_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "sensor/capture/reader.hpp"

namespace sw {

using namespace pcapng;

namespace {

constexpr std::size_t buffer_octets = 64 * 1024;
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
    buffer_.begin_packet(interface, frame);
    buffer_.put_option(opt_comment, text);
    if (!text.empty()) buffer_.put32(opt_end);
    buffer_.end();
    return buffer_.size() < buffer_octets ? Done{} : flush();
}

Result<Done> PcapngWriter::flush() {
    if (!swapped_) put_section(false);
    std::size_t done = 0;
    while (done < buffer_.size()) {
        const ssize_t n = ::write(fd_.get(), buffer_.octets().data() + done, buffer_.size() - done);
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
    buffer_.swap_bytes(swapped);
    buffer_.put_section(comment_, application);
}

std::uint32_t PcapngWriter::put_interface(Datalink link) {
    const auto [entry, added] = interfaces_.try_emplace(link, static_cast<std::uint32_t>(interfaces_.size()));
    if (!added) return entry->second;
    buffer_.begin(interface_description);
    buffer_.put16(link.linktype);
    buffer_.put16(0);
    buffer_.put32(0);                        // snaplen: no limit
    buffer_.put_option(if_tsresol, "\x09");  // nanoseconds
    buffer_.put32(opt_end);
    buffer_.end();
    return entry->second;
}

}  // namespace sw

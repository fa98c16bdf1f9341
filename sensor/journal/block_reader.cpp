#include "sensor/journal/block_reader.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "sensor/capture/pcapng_format.hpp"
#include "sensor/capture/reader.hpp"
#include "sensor/journal/segments.hpp"

namespace sw {

using namespace pcapng;

namespace {

constexpr std::size_t piece = 256 * 1024;
constexpr std::size_t max_interfaces = 65'536;

template <class T>
T load(const std::uint8_t* p) {
    T v;
    std::memcpy(&v, p, sizeof v);
    return v;
}

std::string_view as_text(Bytes octets) { return {reinterpret_cast<const char*>(octets.data()), octets.size()}; }

/// Calls f(code, value) for each. "" or what is wrong.
template <class F>
std::string each_option(Bytes options, F f) {
    while (options.size() >= 4) {
        const auto code = load<std::uint16_t>(options.data()), len = load<std::uint16_t>(options.data() + 2);
        if (code == opt_end) return {};
        const std::size_t room = 4 + padded(len);
        if (room > options.size()) return fmt::format("its option {} is cut", code);
        f(code, options.subspan(4, len));
        options = options.subspan(room);
    }
    return {};
}

/// The text of our own option; "" of others'.
std::string_view own_text(std::uint16_t code, Bytes value) {
    const bool own = code == opt_custom_text && value.size() >= 4 && load<std::uint32_t>(value.data()) == enterprise_number;
    return own ? as_text(value.subspan(4)) : std::string_view();
}

}  // namespace

std::string BlockReader::open(int folder, std::uint64_t segment) {
    offset_ = at_ = end_ = pending_ = 0;
    interfaces_.clear();
    fd_ = UniqueFd(::openat(folder, segment_name(segment).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat status {};
    if (fd_ && (::fstat(fd_.get(), &status) != 0 || !S_ISREG(status.st_mode))) fd_.reset();
    return fd_ ? std::string() : fmt::format("cannot be opened: {}", std::strerror(errno));
}

std::uint64_t BlockReader::size() const {
    struct stat status {};
    return ::fstat(fd_.get(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

/// Have n octets from offset_ on in the buffer; false: the file has not so many.
bool BlockReader::fill(std::size_t n) {
    if (end_ - at_ >= n) return true;
    if (size() < offset_ + n) return false;
    if (end_ > at_) std::memmove(buffer_.data(), buffer_.data() + at_, end_ - at_);
    end_ -= at_;
    at_ = 0;
    if (buffer_.size() < std::max(n, piece)) buffer_.resize(std::max(n, piece));
    while (end_ < n) {
        const ssize_t got = ::pread(fd_.get(), buffer_.data() + end_, buffer_.size() - end_, static_cast<off_t>(offset_ + end_));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        end_ += static_cast<std::size_t>(got);
    }
    return true;
}

std::string BlockReader::next(Block& block) {
    at_ += pending_;
    offset_ += pending_;
    pending_ = 0;
    block = {};
    if (!fill(8)) return {};
    const auto type = load<std::uint32_t>(buffer_.data() + at_), total = load<std::uint32_t>(buffer_.data() + at_ + 4);
    if (total < smallest_block || total % 4 != 0 || total > max_block) return fmt::format("a block claims a length of {}", total);
    if ((offset_ == 0) != (type == section_header)) return "a section header stands in the middle, or not in front";
    if (!fill(total)) return {};
    const std::uint8_t* octets = buffer_.data() + at_;
    if (load<std::uint32_t>(octets + total - 4) != total) return "a block's two lengths differ";
    if (std::string why = take(type, {octets + 8, total - smallest_block}, block); !why.empty()) return why;
    block.total = pending_ = total;
    return {};
}

std::string BlockReader::take(std::uint32_t type, Bytes body, Block& block) {
    switch (type) {
        case section_header:
            block.kind = Block::Kind::section;
            return take_section(body);
        case interface_description:
            block.kind = Block::Kind::interface;
            return take_interface(body, block);
        case enhanced_packet:
            block.kind = Block::Kind::packet;
            return take_packet(body, block);
        case custom:
            if (body.size() < 4 || load<std::uint32_t>(body.data()) != enterprise_number) return {};
            block.kind = Block::Kind::custom;
            block.json = as_text(body.subspan(4));
            return {};
        default:
            return {};
    }
}

std::string BlockReader::take_section(Bytes body) const {
    if (body.size() < section_octets - smallest_block || load<std::uint32_t>(body.data()) != byte_order_magic)
        return "not a pcapng section of this machine's byte order";
    return load<std::uint16_t>(body.data() + 4) == 1 ? std::string() : "its pcapng version is not 1";
}

std::string BlockReader::take_interface(Bytes body, Block& block) {
    if (body.size() < 8) return "an interface description is cut";
    if (interfaces_.size() == max_interfaces) return fmt::format("more than {} interfaces", max_interfaces);
    bool nanoseconds = false;
    std::string why = each_option(body.subspan(8), [&](std::uint16_t code, Bytes value) {
        nanoseconds |= code == if_tsresol && value.size() == 1 && value[0] == 9;
        if (const auto text = own_text(code, value); !text.empty()) block.json = text;
    });
    if (!why.empty()) return why;
    if (!nanoseconds) return "an interface's clock does not count nanoseconds: no journal has such";
    interfaces_.push_back({load<std::uint16_t>(body.data()), false});
    return {};
}

std::string BlockReader::take_packet(Bytes body, Block& block) const {
    if (body.size() < 20) return "a packet is cut";
    const auto interface = load<std::uint32_t>(body.data());
    const std::uint64_t ticks = std::uint64_t{load<std::uint32_t>(body.data() + 4)} << 32 | load<std::uint32_t>(body.data() + 8);
    const auto caplen = load<std::uint32_t>(body.data() + 12);
    if (interface >= interfaces_.size()) return fmt::format("a packet came in on interface {}, which is not described", interface);
    if (caplen > CaptureReader::max_frame || padded(caplen) > body.size() - 20)
        return fmt::format("a packet claims a caplen of {}", caplen);
    if (ticks > static_cast<std::uint64_t>(INT64_MAX)) return "a packet's time is beyond the year 2262";
    block.frame = {.data = body.data() + 20,
                   .caplen = caplen,
                   .len = load<std::uint32_t>(body.data() + 16),
                   .ts = {static_cast<std::int64_t>(ticks)},
                   .number = 0,
                   .link = interfaces_[interface]};
    return each_option(body.subspan(20 + padded(caplen)), [&](std::uint16_t code, Bytes value) {
        if (code == opt_comment) block.comment = as_text(value);
        if (code == epb_packetid && value.size() == 8) block.frame.number = load<std::uint64_t>(value.data());
        if (const auto text = own_text(code, value); !text.empty()) block.json = text;
    });
}

}  // namespace sw

#pragma once
/// Capture files made octet by octet, so that a test can make them wrong; and a reader drained into copies.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sensor/capture/reader.hpp"

namespace sw::test {

using Octets = std::vector<std::uint8_t>;

inline Octets octets(std::string_view s) { return {s.begin(), s.end()}; }

/// Appends numbers in the byte order of a machine like this one, or the other.
class Writer {
public:
    explicit Writer(bool swapped = false) : swapped_(swapped) {}
    Writer& u8(std::uint8_t v) { return raw(&v, 1); }
    Writer& u16(std::uint16_t v) {
        if (swapped_) v = __builtin_bswap16(v);
        return raw(&v, sizeof v);
    }
    Writer& u32(std::uint32_t v) {
        if (swapped_) v = __builtin_bswap32(v);
        return raw(&v, sizeof v);
    }
    Writer& u64(std::uint64_t v) {
        if (swapped_) v = __builtin_bswap64(v);
        return raw(&v, sizeof v);
    }
    Writer& bytes(const Octets& b) { return raw(b.data(), b.size()); }
    Writer& pad() {
        while (out.size() % 4 != 0) out.push_back(0);
        return *this;
    }

    Octets out;

protected:
    Writer& raw(const void* p, std::size_t n) {
        const auto* b = static_cast<const std::uint8_t*>(p);
        out.insert(out.end(), b, b + n);
        return *this;
    }
    bool swapped_;
};

struct PcapHeader {
    bool swapped = false;
    std::uint32_t magic = 0xa1b2c3d4;
    std::uint16_t major = 2, minor = 4;
    std::uint32_t snaplen = 65535, linktype = 1;
};

class PcapFile : public Writer {
public:
    explicit PcapFile(const PcapHeader& h = {}) : Writer(h.swapped), modified_(h.magic == 0xa1b2cd34) {
        u32(h.magic).u16(h.major).u16(h.minor).u32(0).u32(0).u32(h.snaplen).u32(h.linktype);
    }
    PcapFile& record(std::uint32_t seconds, std::uint32_t fraction, const Octets& data) {
        const auto n = static_cast<std::uint32_t>(data.size());
        return record(seconds, fraction, n, n, data);
    }
    /// first and second: the two length fields, whatever they mean in this version
    PcapFile& record(std::uint32_t seconds, std::uint32_t fraction, std::uint32_t first, std::uint32_t second, const Octets& data) {
        u32(seconds).u32(fraction).u32(first).u32(second);
        if (modified_) u32(0).u16(0x0800).u8(0).u8(0);
        bytes(data);
        return *this;
    }

private:
    bool modified_;
};

/// One option of a pcapng block, as it will be written.
struct Option {
    std::uint16_t code;
    Octets value;
};

class PcapngFile : public Writer {
public:
    PcapngFile& section(bool swapped = false, std::uint16_t major = 1, std::uint16_t minor = 0) {
        swapped_ = swapped;
        Writer body(swapped_);
        body.u32(0x1a2b3c4d).u16(major).u16(minor).u64(~std::uint64_t{0});
        return block(0x0a0d0d0a, body.out);
    }
    PcapngFile& interface(std::uint16_t linktype = 1, std::uint32_t snaplen = 0, const std::vector<Option>& options = {}) {
        Writer body(swapped_);
        body.u16(linktype).u16(0).u32(snaplen);
        for (const Option& o : options) body.u16(o.code).u16(static_cast<std::uint16_t>(o.value.size())).bytes(o.value).pad();
        if (!options.empty()) body.u32(0);
        return block(1, body.out);
    }
    PcapngFile& enhanced(std::uint32_t interface, std::uint64_t ticks, const Octets& data, std::optional<std::uint32_t> caplen = {},
                         std::optional<std::uint32_t> len = {}) {
        const auto n = static_cast<std::uint32_t>(data.size());
        Writer body(swapped_);
        body.u32(interface).u32(static_cast<std::uint32_t>(ticks >> 32)).u32(static_cast<std::uint32_t>(ticks & 0xffffffff));
        body.u32(caplen.value_or(n)).u32(len.value_or(n)).bytes(data).pad();
        return block(6, body.out);
    }
    PcapngFile& obsolete(std::uint16_t interface, std::uint64_t ticks, const Octets& data) {
        const auto n = static_cast<std::uint32_t>(data.size());
        Writer body(swapped_);
        body.u16(interface).u16(0).u32(static_cast<std::uint32_t>(ticks >> 32)).u32(static_cast<std::uint32_t>(ticks & 0xffffffff));
        body.u32(n).u32(n).bytes(data).pad();
        return block(2, body.out);
    }
    PcapngFile& simple(std::uint32_t len, const Octets& data) {
        Writer body(swapped_);
        body.u32(len).bytes(data).pad();
        return block(3, body.out);
    }
    PcapngFile& block(std::uint32_t type, const Octets& body) {
        const auto total = static_cast<std::uint32_t>(body.size() + 12);
        u32(type).u32(total).bytes(body).u32(total);
        return *this;
    }
};

/// An eight-octet option value in the byte order of its section.
inline Octets option_u64(std::uint64_t v, bool swapped = false) { return Writer(swapped).u64(v).out; }

inline UniqueFd memory_file(const Octets& content) {
    UniqueFd fd(::memfd_create("capture", MFD_CLOEXEC));
    std::size_t done = 0;
    while (done < content.size()) {
        const ssize_t n = ::write(fd.get(), content.data() + done, content.size() - done);
        if (n <= 0) std::abort();
        done += static_cast<std::size_t>(n);
    }
    ::lseek(fd.get(), 0, SEEK_SET);
    return fd;
}

inline Octets content_of(int fd) {
    Octets all;
    std::uint8_t piece[4096];
    ::lseek(fd, 0, SEEK_SET);
    for (ssize_t n; (n = ::read(fd, piece, sizeof piece)) > 0;) all.insert(all.end(), piece, piece + n);
    return all;
}

struct Copy {
    Octets data;
    std::uint32_t caplen = 0, len = 0;
    Timestamp ts;
    std::uint64_t number = 0;
    Datalink link;

    bool operator==(const Copy&) const = default;
};

inline Copy copy_of(const Frame& f) { return {Octets(f.data, f.data + f.caplen), f.caplen, f.len, f.ts, f.number, f.link}; }

struct Drained {
    std::string refused;  ///< open()'s error
    std::vector<Copy> frames;
    std::optional<ReadStop> stop;
    std::vector<Datalink> datalinks;
    std::uint64_t position = 0;
};

inline Drained drain(UniqueFd fd, std::size_t batch = 64) {
    auto reader = CaptureReader::open(std::move(fd));
    if (!reader) return {.refused = reader.error().text, .frames = {}, .stop = {}, .datalinks = {}};
    Drained d;
    std::vector<Frame> frames(batch);
    while (const std::size_t n = reader->next(frames))
        for (std::size_t i = 0; i < n; ++i) d.frames.push_back(copy_of(frames[i]));
    d.stop = reader->stopped();
    d.datalinks = reader->datalinks();
    d.position = reader->position();
    return d;
}

inline Drained drain(const Octets& content, std::size_t batch = 64) { return drain(memory_file(content), batch); }

}  // namespace sw::test

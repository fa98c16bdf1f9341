// Any octets as a capture file: the reader ends, and every octet that it delivers is there.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#include "sensor/capture/reader.hpp"

namespace {

sw::UniqueFd memory_file(const std::uint8_t* data, std::size_t size) {
    sw::UniqueFd fd(::memfd_create("fuzz", MFD_CLOEXEC));
    if (size > 0 && ::write(fd.get(), data, size) != static_cast<ssize_t>(size)) std::abort();
    ::lseek(fd.get(), 0, SEEK_SET);
    return fd;
}

void check(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto reader = sw::CaptureReader::open(memory_file(data, size));
    if (!reader) {
        check(!reader.error().text.empty());
        return 0;
    }
    sw::Frame batch[5];
    std::uint64_t delivered = 0;
    std::uint8_t sum = 0;
    while (const std::size_t n = reader->next(batch)) {
        for (const sw::Frame& f : std::span(batch, n)) {
            check(f.number == ++delivered && f.caplen <= sw::CaptureReader::max_frame);
            for (std::uint32_t i = 0; i < f.caplen; ++i) sum = static_cast<std::uint8_t>(sum ^ f.data[i]);
        }
    }
    [[maybe_unused]] volatile std::uint8_t kept = sum;
    check(reader->next(batch) == 0);
    if (const auto& stop = reader->stopped()) check(stop->frame == delivered && !stop->why.empty());
    check(reader->position() <= size);
    return 0;
}

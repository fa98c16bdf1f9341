// Every frame that others captured, crafted or broke: the decoder's invariants hold for all of them.
#include <fcntl.h>

#include <filesystem>

#include "sensor/capture/reader.hpp"
#include "tests/property/packet/invariants.hpp"
#include "tests/property/packet/shrink.hpp"
#include "tests/support/catch.hpp"

using namespace sw;
using namespace sw::test;

namespace {

/// 0 where the file is no capture.
std::size_t require_sound_frames(const std::filesystem::path& path) {
    auto reader = CaptureReader::open(UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)));
    if (!reader) return 0;
    std::size_t frames = 0;
    Frame batch[64];
    while (const std::size_t n = reader->next(batch)) {
        for (const Frame& f : std::span(batch, n)) {
            const FrameCase c{{f.data, f.data + f.caplen}, static_cast<std::int64_t>(f.len) - f.caplen, f.link};
            const auto failure = smallest_failure(c, broken_invariant);
            if (!failure.empty()) FAIL(path.filename().string() << " frame " << f.number << ": " << failure);
        }
        frames += n;
    }
    return frames;
}

std::size_t require_sound_folder(const std::filesystem::path& folder) {
    std::size_t frames = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) frames += require_sound_frames(entry.path());
    return frames;
}

}  // namespace

TEST_CASE("decoder: every frame of our own captures obeys the invariants") {
    CHECK(require_sound_folder(std::filesystem::path(SPAN_SOURCE_DIR) / "tests/captures") > 1000);
}

TEST_CASE("decoder: every frame of the corpora obeys the invariants") {
    const std::filesystem::path folder = std::filesystem::path(SPAN_CORPORA) / "pcap";
    if (!std::filesystem::is_directory(folder)) {
        WARN("skipped: no corpora");
        return;
    }
    CHECK(require_sound_folder(folder) > 0);
}

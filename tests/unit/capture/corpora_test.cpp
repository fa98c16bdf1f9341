// Against libpcap, over captures that others made.
#include <filesystem>

#include "tests/support/catch.hpp"
#include "tests/unit/capture/libpcap_oracle.hpp"

using namespace sw;
using namespace sw::test;

TEST_CASE("reader: every capture of the corpora reads as libpcap reads it, and further where libpcap gives up") {
    const std::filesystem::path folder = std::filesystem::path(SPAN_CORPORA) / "pcap";
    if (!std::filesystem::is_directory(folder)) {
        WARN("skipped: no corpora");
        return;
    }
    std::size_t files = 0, frames = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        ++files;
        INFO(entry.path().filename().string());
        const auto open = [&] { return UniqueFd(::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC)); };
        const Drained ours = drain(open());
        frames += ours.frames.size();
        const ByLibpcap theirs = read_by_libpcap(open());
        INFO("libpcap: " << theirs.error);
        CHECK(difference(ours, theirs) == "");
    }
    CHECK(files > 0);
    CHECK(frames > 0);
}

/// craft_captures FOLDER: writes enclave-day.pcap and reasons/SLUG.pcap, the captures that are committed. The replay
/// tests fail where the files and the crafting code disagree.
#include <cstdio>
#include <filesystem>
#include <string>

#include "tests/support/captures.hpp"
#include "tests/support/enclave_day.hpp"
#include "tests/support/reason_cases.hpp"

namespace {

bool write(const std::filesystem::path& path, const sw::craft::Frames& frames) {
    if (sw::craft::write_file(path.string(), sw::craft::pcap(frames))) return true;
    std::fprintf(stderr, "craft_captures: %s cannot be written\n", path.c_str());
    return false;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: craft_captures FOLDER\n", stderr);
        return sw::to_int(sw::ExitCode::input);
    }
    const std::filesystem::path folder = argv[1];
    std::error_code made;
    std::filesystem::create_directories(folder / "reasons", made);
    bool good = write(folder / "enclave-day.pcap", sw::craft::enclave_day().frames);
    for (const sw::craft::ReasonCase& c : sw::craft::reason_cases())
        good = write(folder / "reasons" / (std::string(sw::info(c.reason).slug) + ".pcap"), c.frames) && good;
    return sw::to_int(good ? sw::ExitCode::clean : sw::ExitCode::environment);
}

// Feeds every file of a corpus to a fuzz target, once, without libFuzzer: so that what the fuzzers found stays found,
// with any compiler. Usage: replay_NAME FOLDER...
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void replay(const std::filesystem::path& path) {
    std::fprintf(stderr, "%s\n", path.filename().c_str());  // the last line before a report names the culprit
    std::ifstream file(path, std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    const auto octets = std::make_unique<std::uint8_t[]>(content.size());  // exactly so many
    std::copy(content.begin(), content.end(), octets.get());
    LLVMFuzzerTestOneInput(octets.get(), content.size());
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::filesystem::path> files;
    for (int i = 1; i < argc; ++i) {
        std::error_code error;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i], error))
            if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const auto& path : files) replay(path);
    std::printf("%zu inputs\n", files.size());
    return files.empty() ? 1 : 0;  // a corpus that is not there proves nothing
}

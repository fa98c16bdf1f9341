#include "tests/cli/folder.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "tests/support/captures.hpp"
#include "tests/support/catch.hpp"

namespace sw::cli {
namespace fs = std::filesystem;

Folder::Folder() {
    std::string name = fs::temp_directory_path() / "span-watcher-test-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) FAIL("no temporary folder " << name);
    path_ = name;
}

Folder::~Folder() {
    std::error_code ignored;  // nothing sensible can be done about it here
    fs::remove_all(path_, ignored);
}

void Folder::put(const std::string& name, const std::string& content) const { put(name, craft::octets(content)); }
void Folder::put(const std::string& name, const craft::Octets& content) const { REQUIRE(craft::write_file(at(name), content)); }

std::string Folder::text(const std::string& name) const {
    std::ifstream file(at(name), std::ios::binary);
    REQUIRE(file);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace sw::cli

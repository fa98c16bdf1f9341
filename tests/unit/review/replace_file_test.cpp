#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "collector/review/proposal.hpp"
#include "tests/support/catch.hpp"

using sw::replace_file;
namespace fs = std::filesystem;

namespace {

class Folder {
public:
    Folder() {
        path_ = (fs::temp_directory_path() / "span-watcher-replace-XXXXXX").string();
        if (::mkdtemp(path_.data()) == nullptr) FAIL("no temporary folder");
    }
    ~Folder() {
        std::error_code ignored;  // nothing sensible can be done about it here
        fs::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::string at(const std::string& name) const { return path_ + "/" + name; }
    void put(const std::string& name, const std::string& text) const { std::ofstream(at(name), std::ios::binary) << text; }
    std::string text(const std::string& name) const {
        std::ifstream file(at(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    std::size_t files() const { return static_cast<std::size_t>(std::distance(fs::directory_iterator(path_), {})); }

private:
    std::string path_;
};

struct stat about(const std::string& path) {
    struct stat s {};
    REQUIRE(::stat(path.c_str(), &s) == 0);
    return s;
}

}  // namespace

TEST_CASE("a file is replaced whole, with its mode and owner, and nothing is left beside it") {
    const Folder folder;
    folder.put("policy.toml", "old");
    ::chmod(folder.at("policy.toml").c_str(), 0604);
    const bool root = ::geteuid() == 0;
    if (root) REQUIRE(::chown(folder.at("policy.toml").c_str(), 12, 34) == 0);
    const struct stat before = about(folder.at("policy.toml"));
    REQUIRE(replace_file(folder.at("policy.toml"), "old", "new"));
    CHECK(folder.text("policy.toml") == "new");
    const struct stat after = about(folder.at("policy.toml"));
    CHECK((after.st_mode & 07777) == 0604);
    CHECK(after.st_uid == before.st_uid);
    CHECK(after.st_gid == before.st_gid);
    CHECK(after.st_ino != before.st_ino);
    CHECK(folder.files() == 1);
}

TEST_CASE("a symbolic link stays one and the file that it names is replaced") {
    const Folder folder;
    folder.put("real.toml", "old");
    REQUIRE(::symlink("real.toml", folder.at("policy.toml").c_str()) == 0);
    REQUIRE(replace_file(folder.at("policy.toml"), "old", "new"));
    CHECK(fs::is_symlink(folder.at("policy.toml")));
    CHECK(folder.text("real.toml") == "new");
}

TEST_CASE("a file that changed meanwhile is left alone") {
    const Folder folder;
    folder.put("policy.toml", "changed");
    const auto done = replace_file(folder.at("policy.toml"), "old", "new");
    REQUIRE_FALSE(done);
    CHECK(done.error().code == sw::ExitCode::input);
    CHECK(done.error().text.find("was changed meanwhile") != std::string::npos);
    CHECK(folder.text("policy.toml") == "changed");
    CHECK(folder.files() == 1);
}

TEST_CASE("a draft that somebody else is writing is not taken from them") {
    const Folder folder;
    folder.put("policy.toml", "old");
    folder.put(".policy.toml.new", "theirs");
    const auto done = replace_file(folder.at("policy.toml"), "old", "new");
    REQUIRE_FALSE(done);
    CHECK(done.error().text.find(".policy.toml.new") != std::string::npos);
    CHECK(folder.text("policy.toml") == "old");
    CHECK(folder.text(".policy.toml.new") == "theirs");
}

TEST_CASE("a file that is not there cannot be replaced") {
    const Folder folder;
    const auto done = replace_file(folder.at("policy.toml"), "", "new");
    REQUIRE_FALSE(done);
    CHECK(done.error().code == sw::ExitCode::environment);
    CHECK(folder.files() == 0);
}

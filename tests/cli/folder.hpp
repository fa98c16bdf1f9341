#pragma once
/// A temporary folder, gone at the end of the test.
#include <filesystem>
#include <string>

#include "tests/support/craft.hpp"

namespace sw::cli {

class Folder {
public:
    Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder();

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path at(const std::string& name) const { return path_ / name; }
    /// name may be any octets that a file name may be.
    void put(const std::string& name, const std::string& content) const;
    void put(const std::string& name, const craft::Octets& content) const;
    std::string text(const std::string& name) const;

private:
    std::filesystem::path path_;
};

}  // namespace sw::cli

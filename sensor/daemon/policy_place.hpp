#pragma once
/// Where the policy stands: its folder stays open, so that a file renamed into its place is read by a confined process.
#include <optional>
#include <string>

#include "rules/base/result.hpp"
#include "rules/base/unique_fd.hpp"
#include "rules/packet/datalink.hpp"
#include "rules/policy/policy.hpp"

namespace sw {

class PolicyPlace {
public:
    /// errors: the folder cannot be opened (code input)
    static Result<PolicyPlace> open(const std::string& path);

    const std::string& folder() const { return folder_; }
    const std::string& path() const { return path_; }

    /// The file's text as of now. errors: cannot be read, larger than 4 MiB (code input)
    Result<std::string> read() const;

private:
    PolicyPlace(std::string path, std::string folder, std::string name, UniqueFd fd)
        : path_(std::move(path)), folder_(std::move(folder)), name_(std::move(name)), fd_(std::move(fd)) {}

    std::string path_, folder_, name_;
    UniqueFd fd_;
};

/// A policy whose every rule compiles for this link. The process is confined.
/// errors: one line: its first error and how many there are (code input)
Result<Policy> usable_policy(const std::string& path, std::string text, Datalink link);

}  // namespace sw

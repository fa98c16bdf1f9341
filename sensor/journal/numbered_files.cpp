#include "sensor/journal/numbered_files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "rules/base/text.hpp"

namespace sw {
namespace {

constexpr std::size_t digits = 10;

/// 0: not such a file's name.
std::uint64_t number_of(std::string_view name, std::string_view suffix) {
    if (name.size() != digits + suffix.size() || !name.ends_with(suffix)) return 0;
    std::uint64_t number = 0;
    for (const char c : name.substr(0, digits)) {
        if (c < '0' || c > '9') return 0;
        number = number * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return number;
}

struct CloseFolder {
    void operator()(DIR* d) const { ::closedir(d); }
};

}  // namespace

Result<UniqueFd> open_journal_folder(const std::string& folder) {
    UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd) return fd;
    const char* fix = errno == EACCES ? "its owner and its group may: join the group" : "it must be a folder that exists";
    return unexpected(fmt::format("cannot open the journal {}: {} ({})", escape_for_display(folder), std::strerror(errno), fix),
                      ExitCode::environment);
}

std::string numbered_name(std::uint64_t number, std::string_view suffix) { return fmt::format("{:010}{}", number, suffix); }

std::vector<SegmentEntry> list_numbered(int folder, std::string_view suffix) {
    std::vector<SegmentEntry> found;
    const int again = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::unique_ptr<DIR, CloseFolder> entries(again < 0 ? nullptr : ::fdopendir(again));
    while (const dirent* entry = entries ? ::readdir(entries.get()) : nullptr) {
        struct stat status {};
        const std::uint64_t number = number_of(entry->d_name, suffix);
        if (number == 0 || ::fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode)) continue;
        found.push_back({number, static_cast<std::uint64_t>(status.st_size)});
    }
    std::sort(found.begin(), found.end(), [](const SegmentEntry& a, const SegmentEntry& b) { return a.number < b.number; });
    return found;
}

UniqueFd open_numbered(int folder, std::uint64_t number, std::string_view suffix) {
    UniqueFd fd(::openat(folder, numbered_name(number, suffix).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat status {};
    if (fd && (::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode))) fd.reset();
    return fd;
}

}  // namespace sw

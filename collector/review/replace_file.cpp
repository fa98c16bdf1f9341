#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "collector/review/proposal.hpp"
#include "rules/base/text.hpp"
#include "rules/base/unique_fd.hpp"

namespace sw {
namespace {

struct Target {
    std::string folder, name;

    std::string path() const { return folder + "/" + name; }
    std::string draft() const { return folder + "/." + name + ".new"; }
};

Unexpected cannot(std::string_view what, const std::string& path) {
    return unexpected(fmt::format("cannot {} {}: {}", what, escape_for_display(path), std::strerror(errno)), ExitCode::environment);
}

/// Where path's own file is, through symbolic links.
Result<Target> target_of(const std::string& path) {
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), std::free);
    if (!real) return cannot("find", path);
    const std::string whole = real.get();
    const std::size_t slash = whole.rfind('/');
    return Target{slash == 0 ? "/" : whole.substr(0, slash), whole.substr(slash + 1)};
}

Result<std::string> contents(int fd, const std::string& path) {
    std::string text;
    std::array<char, 65536> piece;
    for (;;) {
        const ssize_t n = ::read(fd, piece.data(), piece.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return cannot("read", path);
        if (n == 0) return text;
        text.append(piece.data(), static_cast<std::size_t>(n));
    }
}

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t n = ::write(fd, text.data(), text.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

/// The file's mode and owner, as `now` has them. errors: another user's file that only root could give back
Result<Done> write_draft(int draft, const struct stat& now, const std::string& text, const std::string& path) {
    struct stat made {};
    if (::fstat(draft, &made) != 0) return cannot("write", path);
    const bool owned = made.st_uid == now.st_uid && made.st_gid == now.st_gid;
    if (!owned && ::fchown(draft, now.st_uid, now.st_gid) != 0) return cannot("keep the owner of", path);
    if (::fchmod(draft, now.st_mode & 07777) != 0) return cannot("keep the mode of", path);
    if (!write_all(draft, text) || ::fsync(draft) != 0) return cannot("write", path);
    return Done{};
}

Result<Done> check_unchanged(const Target& target, const std::string& before, struct stat& about) {
    const UniqueFd fd(::open(target.path().c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd || ::fstat(fd.get(), &about) != 0) return cannot("read", target.path());
    const auto now = contents(fd.get(), target.path());
    if (!now) return Unexpected{now.error()};
    if (*now == before) return Done{};
    return unexpected(
        fmt::format("{} was changed meanwhile: nothing was written; look at it and try again", escape_for_display(target.path())));
}

/// The draft is also the lock: two editors cannot both make it.
Result<Done> swap_in(const Target& target, int draft, const std::string& before, const std::string& text) {
    struct stat about {};
    if (auto same = check_unchanged(target, before, about); !same) return same;
    if (auto written = write_draft(draft, about, text, target.path()); !written) return written;
    if (std::rename(target.draft().c_str(), target.path().c_str()) != 0) return cannot("replace", target.path());
    const UniqueFd folder(::open(target.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder) ::fsync(folder.get());  // the new file is whole in any case: a power loss here may bring the old one back
    return Done{};
}

}  // namespace

Result<Done> replace_file(const std::string& path, const std::string& before, const std::string& text) {
    const auto target = target_of(path);
    if (!target) return Unexpected{target.error()};
    const UniqueFd draft(::open(target->draft().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!draft && errno == EEXIST)
        return unexpected(fmt::format("{} is being edited by somebody else (or an edit was cut off: then remove {})",
                                      escape_for_display(target->path()), escape_for_display(target->draft())));
    if (!draft) return cannot("write beside", target->path());
    auto done = swap_in(*target, draft.get(), before, text);
    if (!done) ::unlink(target->draft().c_str());
    return done;
}

Result<std::vector<Review>> decide_and_replace(Queue& queue, const std::vector<std::int64_t>& ids, Decision decision,
                                               const std::string& path, const Policy& before, const PolicyEdit& edit,
                                               const std::string& named) {
    bool replaced = false;
    decision.before_commit = [&]() -> Result<Done> {
        auto done = replace_file(path, before.text, edit.text);
        replaced = done.has_value();
        return done;
    };
    auto reviews = queue.decide(ids, decision);
    if (!reviews && replaced)
        if (auto back = replace_file(path, edit.text, before.text); !back)
            return unexpected(fmt::format("{}; and the policy keeps {}: {}", reviews.error().text, named, back.error().text),
                              ExitCode::environment);
    return reviews;
}

}  // namespace sw

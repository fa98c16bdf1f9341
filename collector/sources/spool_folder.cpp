#include "collector/sources/spool_folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "collector/store/digits.hpp"
#include "rules/base/hex.hpp"
#include "rules/base/text.hpp"
#include "rules/base/unique_fd.hpp"

namespace sw {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t mark_octets = 256;

std::string digest(std::string_view octets) {
    std::string hash(16, '\0');
    crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(), reinterpret_cast<const unsigned char*>(octets.data()),
                       octets.size(), nullptr, 0);
    return hash;
}

std::string read_at(int fd, std::uint64_t offset, std::size_t octets) {
    std::string out(octets, '\0');
    ssize_t n;
    do n = ::pread(fd, out.data(), octets, static_cast<off_t>(offset));
    while (n < 0 && errno == EINTR);
    out.resize(static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    return out;
}

std::vector<std::string> names_in(int folder, std::string_view suffix) {
    std::vector<std::string> names;
    const int copy = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (copy < 0) return names;
    const std::unique_ptr<DIR, int (*)(DIR*)> entries(::fdopendir(copy), ::closedir);
    if (!entries) return names;
    while (const dirent* entry = ::readdir(entries.get())) {
        const std::string_view name = entry->d_name;
        if (name.ends_with(suffix) && !name.starts_with('.')) names.emplace_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

SpoolFolder::SpoolFolder(std::string folder, LogTrouble trouble, std::chrono::seconds keep, Instant (*clock)())
    : folder_(std::move(folder)), name_(escape_for_display(folder_)), trouble_(std::move(trouble)), keep_(keep), clock_(clock) {}

/// What stands in front of an offset: a file that was cut and written anew does not have it there.
std::string SpoolFolder::mark_at(const File& file, std::uint64_t offset) const {
    const std::size_t n = static_cast<std::size_t>(std::min<std::uint64_t>(offset, mark_octets));
    return n == 0 ? std::string() : digest(read_at(file.fd.get(), offset - n, n));
}

bool SpoolFolder::open(const std::string& name, File& file) {
    file.fd = UniqueFd(::openat(fd_.get(), name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
    struct stat about {};
    if (!file.fd || ::fstat(file.fd.get(), &about) != 0 || !S_ISREG(about.st_mode)) {
        file.fd.reset();
        return false;
    }
    file.inode = about.st_ino;
    return true;
}

/// Its first line, which holds a moment and a message, makes a file itself: whatever it is called, wherever it lies.
Result<Done> SpoolFolder::begin(LogIngest& into, const std::string& name, File& file) {
    const std::string front = read_at(file.fd.get(), 0, longest_line);
    const std::size_t end = front.find('\n');
    if (end == std::string::npos && front.size() < longest_line) return Done{};
    const std::string_view first = std::string_view(front).substr(0, end);
    file.journal = fmt::format("log-file:{}:{}", name, to_hex({reinterpret_cast<const std::uint8_t*>(digest(first).data()), 16}));
    const auto at = into.position(file.journal);
    if (!at) return Unexpected{at.error()};
    file.given = file.committed = at->offset;
    file.mark = at->mark;
    if (std::exchange(file.cut, false) || file.given > file.size || (file.given > 0 && mark_at(file, file.given) != file.mark)) {
        trouble_(
            Severity::critical, "integrity",
            fmt::format("{}/{}: is shorter than it was, or was written anew: all of it is taken again", name_, escape_for_display(name)),
            0);
        file.given = file.committed = 0;
        file.mark.clear();
    }
    file.lines.start(file.fd.get(), file.given, longest_line);
    return Done{};
}

/// Which files there are, and which of them grew.
Result<Done> SpoolFolder::look(LogIngest& into) {
    const Instant now = clock_();
    if (now < next_look_) return Done{};
    next_look_ = now + 100ms;
    if (!fd_) fd_ = UniqueFd(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd_) return Done{};
    const std::vector<std::string> names = names_in(fd_.get(), suffix);
    for (auto& [name, file] : files_) file.gone = !std::binary_search(names.begin(), names.end(), name);
    for (const std::string& name : names) measure(name, now);
    for (auto& [name, file] : files_) {
        struct stat about {};
        if (!file.fd || ::fstat(file.fd.get(), &about) != 0) continue;
        const auto size = static_cast<std::uint64_t>(about.st_size);
        file.cut |= size < file.given;
        if (size != file.size) file.grew = now;
        file.size = size;
        file.last = !names.empty() && name == names.back();
        if (file.journal.empty() || file.cut)
            if (auto done = begin(into, name, file); !done) return done;
    }
    return Done{};
}

/// Open what is new. A file whose name was given to another one is read to its end all the same.
void SpoolFolder::measure(const std::string& name, Instant now) {
    struct stat about {};
    if (::fstatat(fd_.get(), name.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(about.st_mode)) return;
    if (const auto known = files_.find(name); known != files_.end() && known->second.fd && known->second.inode != about.st_ino) {
        File& old = files_[fmt::format("{} {}", name, known->second.inode)];
        old = std::move(known->second);
        old.gone = true;
        files_.erase(name);
    }
    File& file = files_[name];
    if (!file.fd && open(name, file)) file.grew = now;
}

/// false: nothing was given.
bool SpoolFolder::take(LogIngest& into, const std::string& name, File& file, std::string_view line) {
    LogSpoolLine read;
    std::string why = line.empty() ? "it is too long" : reader_.read(line, read);
    if (reader_.torn_octets() > 0) ++torn_;
    if (why.empty()) {
        const auto via = log_via_from(read.via);
        if (!via || *via == LogVia::mirror || *via == LogVia::file) why = "its field via is none that is known";
        if (why.empty())
            into.line({.via = *via,
                       .source = read.source,
                       .mac = {},
                       .received = read.received,
                       .octets = {reinterpret_cast<const std::uint8_t*>(read.message.data()), read.message.size()},
                       .broken = {}});
    }
    if (!why.empty()) {
        const std::uint64_t before = bad_lines_++;
        if (before == 0 || digits_of(before) != digits_of(bad_lines_))
            trouble_(Severity::high, "coverage",
                     fmt::format("{}/{}: line at offset {}: {}", name_, escape_for_display(name), file.given, why), bad_lines_);
        into.line({.via = LogVia::self,
                   .source = {},
                   .mac = {},
                   .received = into.last_received(),
                   .octets = {reinterpret_cast<const std::uint8_t*>(line.data()), line.size()},
                   .broken = why});
    }
    file.given = file.lines.offset();
    return true;
}

/// A line that its writer never ended: he died, and goes on in another file.
void SpoolFolder::give_up_tail(const std::string& name, File& file) {
    if (file.last || file.given >= file.size || clock_() - file.grew < torn_waits) return;
    trouble_(Severity::high, "coverage",
             fmt::format("{}/{}: its last line of {} octets has no end: its writer died, or the disk was full", name_,
                         escape_for_display(name), file.size - file.given),
             file.size - file.given);
    file.given = file.size;
    file.lines.start(file.fd.get(), file.given, longest_line);
}

Result<std::size_t> SpoolFolder::read(LogIngest& into, std::size_t max) {
    if (auto done = look(into); !done) return Unexpected{done.error()};
    std::size_t given = 0;
    for (auto& [name, file] : files_) {
        if (!file.fd || file.journal.empty() || file.given >= file.size) continue;
        for (std::string_view line; given < max; ++given) {
            if (file.lines.next(line) != LineReader::Got::line) break;
            take(into, name, file, line);
        }
        file.size = std::max(file.size, file.given);
        if (given == max) break;
        give_up_tail(name, file);
    }
    return given;
}

void SpoolFolder::positions(std::vector<LogPosition>& positions) {
    for (auto& [name, file] : files_) {
        if (file.journal.empty() || file.given == file.committed) continue;
        file.mark = mark_at(file, file.given);
        positions.push_back({file.journal, 1, file.given, file.mark, false});
    }
}

void SpoolFolder::committed() {
    for (auto it = files_.begin(); it != files_.end();) {
        File& file = it->second;
        file.committed = file.given;
        const bool done = file.fd && !file.last && file.committed == file.size;
        if (done && !file.gone) remove(it->first, file);
        it = file.gone && (done || !file.fd) ? files_.erase(it) : std::next(it);
    }
}

void SpoolFolder::remove(const std::string& name, const File& file) {
    struct stat about {};
    if (::fstatat(fd_.get(), name.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0 || about.st_ino != file.inode) return;
    if (static_cast<std::uint64_t>(about.st_size) != file.committed || ::time(nullptr) - about.st_mtime < keep_.count()) return;
    if (::unlinkat(fd_.get(), name.c_str(), 0) == 0 || std::exchange(removal_failed_, true)) return;
    trouble_(Severity::high, "store",
             fmt::format("{}: files that are in the store cannot be removed ({}): let the collector's user write this folder", name_,
                         std::strerror(errno)),
             0);
}

void SpoolFolder::rewind() {
    files_.clear();
    next_look_ = {};
}

}  // namespace sw

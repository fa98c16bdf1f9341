#include "collector/alarm/place_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <sstream>

#include "rules/base/text.hpp"
#include "sensor/journal/line_reader.hpp"

namespace sw {
namespace {

// First line, then one a journal: id ("-": none), segment, offset, standing conditions, folder.
constexpr const char *name = "places", *new_name = "places.new";
constexpr std::string_view first_line = "span-alarm places 1";

std::string text_of(const Places& places) {
    std::string out = std::string(first_line) + '\n';
    for (const auto& [folder, p] : places)
        out +=
            fmt::format("{} {} {} {} {}\n", p.journal.empty() ? "-" : p.journal, p.position.segment, p.position.offset, p.standing, folder);
    return out;
}

bool read_line(const std::string& line, Places& out) {
    std::istringstream words(line);
    Place p;
    std::string folder;
    if (!(words >> p.journal >> p.position.segment >> p.position.offset >> p.standing) || words.get() != ' ') return false;
    if (!std::getline(words, folder) || folder.empty()) return false;
    if (p.journal == "-") p.journal.clear();
    out[folder] = p;
    return true;
}

Unexpected failed(const char* act) {
    const int error = errno;
    return unexpected(fmt::format("{} the file of places: {}{}", act, std::strerror(error), error == ENOSPC ? " (make room)" : ""),
                      ExitCode::environment);
}

bool write_whole(int fd, const std::string& text) {
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t n = ::pwrite(fd, text.data() + done, text.size() - done, static_cast<off_t>(done));
        if (n > 0) done += static_cast<std::size_t>(n);
        if (n == 0) errno = ENOSPC;
        if (n == 0 || (n < 0 && errno != EINTR)) return false;
    }
    return ::fsync(fd) == 0;
}

}  // namespace

Result<PlaceFile> PlaceFile::open(const std::string& folder) {
    UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd)
        return unexpected(fmt::format("cannot keep its place in {}: {} (it must be a folder that exists)", escape_for_display(folder),
                                      std::strerror(errno)),
                          ExitCode::environment);
    PlaceFile file(std::move(fd));
    const UniqueFd existing(::openat(file.folder_.get(), name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!existing && errno == ENOENT) return file;
    LineReader lines;
    lines.start(existing.get(), 0);
    std::string_view line;
    bool good = existing && lines.next(line) == LineReader::Got::line && line == first_line;
    while (good && lines.next(line) == LineReader::Got::line) good = read_line(std::string(line), file.places_);
    if (!good)
        return unexpected(
            fmt::format("{}/{} cannot be read or is damaged: remove it, and every alarm that the journals still have rings again",
                        escape_for_display(folder), name),
            ExitCode::environment);
    return file;
}

Result<Done> PlaceFile::save(const Places& places) {
    if (places == places_) return Done{};
    const int folder = folder_.get();
    const UniqueFd fd(::openat(folder, new_name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640));
    if (!fd || !write_whole(fd.get(), text_of(places))) return failed("writing");
    if (::renameat(folder, new_name, folder, name) != 0) return failed("replacing");
    if (::fsync(folder) != 0) return failed("syncing");
    places_ = places;
    return Done{};
}

}  // namespace sw

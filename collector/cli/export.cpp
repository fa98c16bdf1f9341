#include "collector/cli/export.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

#include "collector/cli/console.hpp"
#include "collector/cli/store_file.hpp"
#include "collector/export/export.hpp"
#include "collector/store/wall_clock.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

int failed(const Error& error) {
    complain(error.text);
    return to_int(error.code);
}

bool is_same_file(int fd, const std::string& path) {
    struct stat a {
    }, b{};
    return ::fstat(fd, &a) == 0 && ::stat(path.c_str(), &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/// Where the evidence goes; opened before confinement. What a file held stays until there is something to put there.
Result<UniqueFd> open_output(const Options& options) {
    const std::string& path = options.queue.output;
    if (path == "-") {
        UniqueFd copy(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
        if (!copy) return unexpected(fmt::format("cannot write to standard output: {}", std::strerror(errno)), ExitCode::environment);
        return copy;
    }
    UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0640));
    if (!fd) return unexpected(fmt::format("cannot write {}: {}", escape_for_display(path), std::strerror(errno)), ExitCode::environment);
    for (const char* suffix : {"", "-wal", "-shm", "-journal"})
        if (is_same_file(fd.get(), store_path(options) + suffix))
            return unexpected(fmt::format("--output {} would overwrite the store: name another file", escape_for_display(path)));
    return fd;
}

void empty(const UniqueFd& fd, const Options& options) {
    if (options.queue.output == "-" || ::ftruncate(fd.get(), 0) == 0 || errno == EINVAL) return;  // EINVAL: a device or a pipe
    complain(fmt::format("emptying {}: {}", escape_for_display(options.queue.output), std::strerror(errno)));
}

/// The findings asked for: by number, or all that match (an empty expression matches every one), in order of number.
Result<std::vector<std::int64_t>> chosen(Queue& queue, const Options& options) {
    std::vector<std::int64_t> ids = options.queue.ids;
    if (ids.empty()) {
        auto terms = parse_match(options.queue.match);
        if (!terms) return Unexpected{terms.error()};
        auto rows = queue.list({std::move(*terms), QueueOrder::id, std::numeric_limits<std::uint64_t>::max(), 0}, wall_clock());
        if (!rows) return Unexpected{rows.error()};
        for (const QueuedFinding& f : *rows) ids.push_back(f.id);
    }
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

/// Lines into a descriptor, a large piece at a time.
class Lines {
public:
    explicit Lines(UniqueFd fd) : fd_(std::move(fd)) {}

    Result<Done> put(const std::string& line) {
        buffer_ += line;
        buffer_ += '\n';
        return buffer_.size() < (1u << 20) ? Done{} : flush();
    }
    Result<Done> flush() {
        for (std::size_t at = 0; at < buffer_.size();) {
            const ssize_t n = ::write(fd_.get(), buffer_.data() + at, buffer_.size() - at);
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) return unexpected(fmt::format("writing the output: {}", std::strerror(errno)), ExitCode::environment);
            at += static_cast<std::size_t>(n);
        }
        buffer_.clear();
        return Done{};
    }

private:
    UniqueFd fd_;
    std::string buffer_;
};

Result<std::uint64_t> write_eve(Queue& queue, const std::vector<std::int64_t>& ids, UniqueFd out) {
    Lines lines(std::move(out));
    std::uint64_t packets = 0;
    for (const std::int64_t id : ids) {
        const auto finding = queue.get(id);
        if (!finding) return Unexpected{finding.error()};
        const auto samples = queue.samples(id, finding->samples);
        if (!samples) return Unexpected{samples.error()};
        for (const Sample& s : *samples) {
            if (auto done = lines.put(eve_line(*finding, s)); !done) return Unexpected{done.error()};
            ++packets;
        }
    }
    if (auto done = lines.flush(); !done) return Unexpected{done.error()};
    return packets;
}

/// pcapng holds packets.
Result<std::uint64_t> write_packets(Queue& queue, const std::vector<std::int64_t>& ids, UniqueFd out) {
    const auto findings = findings_of(queue, ids);
    if (!findings) return Unexpected{findings.error()};
    std::uint64_t lines = 0;
    for (const QueuedFinding& f : *findings) lines += f.is_log ? f.samples : 0;
    auto packets = export_pcapng(queue, ids, std::move(out));
    if (packets && lines > 0)
        complain(fmt::format("{} log line{} left out: pcapng holds packets, export eve has all", lines, lines == 1 ? " is" : "s are"));
    return packets;
}

using Writer = Result<std::uint64_t> (*)(Queue&, const std::vector<std::int64_t>&, UniqueFd);

int export_with(Writer write, const char* what, const Options& options) {
    auto out = open_output(options);
    if (!out) return failed(out.error());
    auto store = open_and_confine(options, Store::Access::read);
    if (!store) return failed(store.error());
    Queue queue(*store);
    const auto ids = chosen(queue, options);
    if (!ids) return failed(ids.error());
    if (const auto known = findings_of(queue, *ids); !known) return failed(known.error());
    empty(*out, options);
    const auto packets = write(queue, *ids, std::move(*out));
    if (!packets) return failed(packets.error());
    complain(fmt::format("{} {}{} of {} finding{}{}", *packets, what, *packets == 1 ? "" : "s", ids->size(), ids->size() == 1 ? "" : "s",
                         options.queue.output == "-" ? "" : " in " + escape_for_display(options.queue.output)));
    return to_int(ExitCode::clean);
}

}  // namespace

int export_pcapng(const Options& options) {
    if (options.queue.output == "-" && ::isatty(STDOUT_FILENO) == 1)
        return failed({ExitCode::input, "export pcapng does not write to a terminal: name a file with --output, or pipe it on"});
    return export_with(write_packets, "packet", options);
}

int export_eve(const Options& options) { return export_with(write_eve, "sample", options); }

}  // namespace sw

#include "collector/cli/alarm_records.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>

#include "collector/cli/store_file.hpp"
#include "rules/base/text.hpp"
#include "rules/base/unique_fd.hpp"

namespace sw {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char *journals_folder = "/var/spool/span-watcher/alarms", *listener_journal = "/var/lib/span-alarm";

struct CloseFolder {
    void operator()(DIR* d) const { ::closedir(d); }
};

struct Collect final : AlarmReader::Sink {
    std::vector<SeenAlarm> alarms;
    void alarm(const AlarmRecord& record) override { alarms.push_back({record, std::nullopt}); }
    void heartbeat(const AlarmHeartbeat&) override {}
};

std::string text_field(const Json& o, const char* name) {
    const auto field = o.find(name);
    return field != o.end() && field->is_string() ? field->get<std::string>() : std::string();
}

/// The first acknowledgement of an alarm stands. Lines that are none are nobody's.
std::map<std::string, Acknowledgement> read_acknowledgements(const std::string& path) {
    std::map<std::string, Acknowledgement> out;
    std::ifstream file(path, std::ios::binary);
    for (std::string line; std::getline(file, line);) {
        const Json o = Json::parse(line, nullptr, false);
        if (!o.is_object() || !o.contains("at") || !o["at"].is_number_integer()) continue;
        out.try_emplace(text_field(o, "id"),
                        Acknowledgement{{o["at"].get<std::int64_t>()}, text_field(o, "analyst"), text_field(o, "reason")});
    }
    return out;
}

}  // namespace

Result<std::vector<std::string>> alarm_journals(const Options& options) {
    std::vector<std::string> found = options.alarm.journals;
    if (!found.empty()) return found;
    const std::unique_ptr<DIR, CloseFolder> folder(::opendir(journals_folder));
    while (const dirent* entry = folder ? ::readdir(folder.get()) : nullptr)
        if (entry->d_name[0] != '.') found.push_back(fmt::format("{}/{}", journals_folder, entry->d_name));
    if (::access(listener_journal, F_OK) == 0) found.emplace_back(listener_journal);
    std::sort(found.begin(), found.end());
    if (!found.empty()) return found;
    return unexpected(
        fmt::format("there is no alarm journal in {} (a running sensor or collector makes one; --journal FOLDER names another)",
                    journals_folder),
        ExitCode::environment);
}

std::vector<std::string> journals_if_any(const Options& options) {
    auto found = alarm_journals(options);
    return found ? std::move(*found) : std::vector<std::string>{};
}

std::string acknowledgements_path(const Options& options) { return folder_of(store_path(options)) + "/alarm-acks.jsonl"; }

Result<std::vector<SeenAlarm>> read_alarms(const std::vector<std::string>& journals, const std::string& acknowledgements) {
    Collect all;
    for (const std::string& folder : journals) {
        auto reader = AlarmReader::open(folder, {});
        if (!reader) return Unexpected{reader.error()};
        if (auto read = reader->read(all, std::numeric_limits<std::size_t>::max()); !read) return Unexpected{read.error()};
    }
    std::stable_sort(all.alarms.begin(), all.alarms.end(), [](const SeenAlarm& a, const SeenAlarm& b) { return a.alarm.at < b.alarm.at; });
    const auto acks = read_acknowledgements(acknowledgements);
    for (SeenAlarm& a : all.alarms)
        if (const auto ack = acks.find(a.alarm.id); ack != acks.end()) a.acknowledged = ack->second;
    return std::move(all.alarms);
}

Result<Done> acknowledge(const std::string& path, const std::vector<std::string>& ids, const Acknowledgement& by) {
    std::string text;
    for (const std::string& id : ids) {
        const Json line{{"id", id}, {"at", by.at.ns}, {"analyst", by.analyst}, {"reason", by.reason}};
        text += line.dump(-1, ' ', true, Json::error_handler_t::replace) + '\n';
    }
    const auto failed = [&] {
        return unexpected(fmt::format("writing {}: {} (it lies beside the store, whose folder must be writable for you)",
                                      escape_for_display(path), std::strerror(errno)),
                          ExitCode::environment);
    };
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0660));
    if (!fd) return failed();
    // Whatever the umask of whoever is first: the others of the group acknowledge, too. Only its owner can, and need.
    static_cast<void>(::fchmod(fd.get(), 0660));
    for (std::string_view rest = text; !rest.empty();) {
        const ssize_t n = ::write(fd.get(), rest.data(), rest.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return failed();
        rest.remove_prefix(static_cast<std::size_t>(n));
    }
    if (::fdatasync(fd.get()) != 0) return failed();
    return Done{};
}

}  // namespace sw

#include "tests/system/enclave/appliance.hpp"

#include <signal.h>

#include <filesystem>
#include <sstream>

#include "collector/alarm/sentences.hpp"
#include "collector/store/store.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/records.hpp"

namespace sw::test {
namespace {

namespace fs = std::filesystem;

constexpr std::array names{"span-sensor@", "span-collector", "span-alarm"};

struct Kept final : AlarmReader::Sink {
    std::vector<AlarmRecord> alarms;
    AlarmHeartbeat last;
    void alarm(const AlarmRecord& r) override { alarms.push_back(r); }
    void heartbeat(const AlarmHeartbeat& b) override { last = b; }
};

Kept all_of(const std::string& folder) {
    Kept kept;
    auto reader = AlarmReader::open(folder, {});
    if (!reader) return kept;
    for (;;) {
        const auto n = reader->read(kept, 1000);
        if (!n) FAIL(n.error().text);
        if (*n == 0) return kept;
    }
}

void make_folders() {
    for (const char* folder : {"/var/spool/span-watcher", "/var/lib/span-watcher", "/var/lib/span-alarm", "/var/log/span-watcher"})
        fs::remove_all(folder);
    shell("", "systemd-tmpfiles --create " SPAN_SOURCE_DIR "/systemd/span-watcher.tmpfiles 2>&1");
}

}  // namespace

std::vector<AlarmRecord> journal_of(const std::string& folder) { return all_of(folder).alarms; }
AlarmHeartbeat beat_of(const std::string& folder) { return all_of(folder).last; }

Appliance::Appliance(std::vector<std::string> more) : more_(std::move(more)) {
    enter_world();
    make_folders();
    fs::copy_file(SPAN_SOURCE_DIR "/rules/profiles/mail-enclave.toml", "/etc/span-watcher/policy.toml",
                  fs::copy_options::overwrite_existing);
    // As systemd does it: span-watcher-interface@span0.service, line by line.
    for (const std::vector<std::string>& words : read_unit("span-watcher-interface@", "span0").starts) {
        Process prepares("", words, "/run/prepared");
        REQUIRE(prepares.wait() == 0);
    }
    for (std::size_t i = 0; i < names.size(); ++i) units_[i] = read_unit(names[i], "span0");
}

void Appliance::begin(Daemon d) {
    const auto i = static_cast<std::size_t>(d);
    const std::string output = "/run/" + std::string(names[i]) + std::to_string(++starts_[i]);
    std::filesystem::remove(output);
    running_[i] = std::make_unique<Process>(units_[i], d == Daemon::sensor ? more_ : std::vector<std::string>{}, output);
}

void Appliance::start(Daemon d) {
    begin(d);
    if (d != Daemon::alarm) at(d).says("ready: ");  // the listener is ready when it runs
}

void Appliance::start() {
    for (const Daemon d : every_daemon) start(d);
}

void Appliance::stop(Daemon d) {
    Process& process = at(d);
    process.signal(SIGTERM);
    const int code = process.wait();
    INFO(process.said());
    REQUIRE(code == 0);
}

void Appliance::stop() {
    for (const Daemon d : every_daemon) stop(d);
}

void Appliance::kill(Daemon d) {
    at(d).signal(SIGKILL);
    REQUIRE(at(d).wait() == 128 + SIGKILL);
}

std::vector<std::string> Appliance::alarms() const {
    std::istringstream file(text_of(alarm_file));
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
}

std::string Appliance::alarm(const std::vector<std::string>& words, std::size_t from) const {
    const std::vector<std::string> lines = alarms();
    for (std::size_t i = from; i < lines.size(); ++i)
        if (std::all_of(words.begin(), words.end(), [&](const std::string& w) { return lines[i].find(w) != std::string::npos; }))
            return lines[i];
    return "";
}

std::string Appliance::rows(const std::string& sql) const {
    auto store = Store::open(store_file, Store::Access::read);
    return store ? rows_of(store->db(), sql) : "";
}

std::uint64_t Appliance::number(const std::string& sql) const { return std::strtoull(rows(sql).c_str(), nullptr, 10); }

std::uint64_t Appliance::judged() const { return beat_of(sensor_alarms).frames; }

void Appliance::settle(std::uint64_t greylisted) const {
    until(std::to_string(greylisted) + " greylisted packets in the store, and all that is due rung",
          [&] { return number("SELECT sum(count) FROM finding") == greylisted && rows("SELECT count(*) FROM alarm_due") == "0"; });
    until("every alarm in the alarm file", [&] {
        std::set<std::string> rung;
        for (const std::string& line : alarms()) rung.insert(id_of_line(line));
        for (const std::string& folder : {sensor_alarms, collector_alarms, listener_state})
            for (const AlarmRecord& a : journal_of(folder))
                if (!rung.contains(a.id)) return false;
        return true;
    });
}

}  // namespace sw::test

#include "collector/cli/doctor.hpp"

#include <dirent.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "collector/cli/alarm_records.hpp"
#include "collector/cli/console.hpp"
#include "collector/cli/doctor_checks.hpp"
#include "collector/cli/policy_file.hpp"
#include "collector/cli/store_file.hpp"
#include "collector/store/wall_clock.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* spools_folder = "/var/spool/span-watcher/frames";

struct CloseFolder {
    void operator()(DIR* d) const { ::closedir(d); }
};

class Report {
public:
    Report(const Options& options) : out_(options.colour), json_(options.json) {}

    void add(const Check& check) {
        failed_ = failed_ || check.state == Check::State::fail;
        if (json_) return out_.line(line_of(check));
        out_.line(fmt::format("{}  {:<12} {}", painted(check.state), check.name, check.says));
        if (!check.fix.empty()) out_.line(fmt::format("      {:<12} fix: {}", "", check.fix));
    }
    void add(const std::vector<Check>& checks) {
        for (const Check& check : checks) add(check);
    }
    int finish() { return out_.finish(to_int(failed_ ? ExitCode::greylisted : ExitCode::clean)); }

private:
    static std::string word(Check::State state) { return state == Check::State::ok ? "ok" : state == Check::State::warn ? "warn" : "fail"; }

    std::string painted(Check::State state) const {
        const std::string padded = fmt::format("{:<4}", word(state));
        if (state == Check::State::ok) return out_.green(padded);
        return state == Check::State::warn ? out_.yellow(padded) : out_.red(padded);
    }

    static std::string line_of(const Check& check) {
        const Json fix = check.fix.empty() ? Json(nullptr) : Json(check.fix);
        const Json o = {{"schema", 1},        {"type", "check"}, {"name", check.name}, {"state", word(check.state)},
                        {"says", check.says}, {"fix", fix}};
        return o.dump(-1, ' ', true, Json::error_handler_t::replace);
    }

    Output out_;
    bool json_, failed_ = false;
};

std::vector<std::string> spools_of(const Options& options) {
    if (!options.doctor.spools.empty()) return options.doctor.spools;
    std::vector<std::string> found;
    const std::unique_ptr<DIR, CloseFolder> folder(::opendir(spools_folder));
    while (const dirent* entry = folder ? ::readdir(folder.get()) : nullptr)
        if (entry->d_name[0] != '.') found.push_back(fmt::format("{}/{}", spools_folder, entry->d_name));
    std::sort(found.begin(), found.end());
    return found;
}

void report_interfaces(const Options& options, Report& report) {
    std::vector<std::string> names = prepared_interfaces();
    if (!options.doctor.interface.empty()) names = {options.doctor.interface};
    for (const std::string& name : names) report.add(check_interface(interface_facts(name)));
    if (names.empty())
        report.add({"interface", Check::State::warn, "none is prepared for a sensor, and none was named",
                    "systemctl enable --now span-watcher-interface@IF.service, or doctor --interface IF"});
}

void report_folders(const std::vector<std::string>& spools, const std::vector<std::string>& alarms, const Options& options,
                    Report& report) {
    for (const std::string& folder : spools) report.add(check_folder(folder));
    if (spools.empty())
        report.add({"permissions", Check::State::warn, fmt::format("there is no spool below {}", spools_folder),
                    "start a sensor; --spool FOLDER names another"});
    for (const std::string& folder : alarms) report.add(check_folder(folder));
    report.add(check_folder(folder_of(store_path(options))));
}

/// Open the store and confine this process; without a store, confine it all the same. false: nothing more may be read.
bool report_confined(const Options& options, const std::vector<std::string>& alarms, Report& report) {
    const std::string kind = confinement_kind();
    const auto store = open_and_confine(options, Store::Access::read, alarms);
    Result<Done> confined = Done{};
    if (!store && !is_confined()) confined = confine_unless(options.unconfined, Role::cli_queue, alarms);
    if (!confined) {
        report.add({"confinement", Check::State::fail, confined.error().text, "a kernel with seccomp and Landlock (Linux 5.13 or later)"});
        return false;
    }
    if (options.unconfined)
        report.add({"confinement", Check::State::warn, "not tried", "run doctor without --unconfined"});
    else
        report.add({"confinement", Check::State::ok, "this process confined itself: " + kind, {}});
    if (store)
        report.add({"store", Check::State::ok, escape_for_display(store->path()) + " is healthy", {}});
    else
        report.add({"store", Check::State::fail, store.error().text, "as it says, or start the collector, which makes a store"});
    return true;
}

}  // namespace

int doctor(const Options& options) {
    Report report(options);
    const Timestamp now = wall_clock();
    const std::vector<std::string> spools = spools_of(options), alarms = journals_if_any(options);
    // What asks the kernel and the table of users comes first; what reads files that others wrote is done confined.
    report_interfaces(options, report);
    report.add(check_clock(is_clock_synchronised()));
    report_folders(spools, alarms, options, report);
    report.add(check_policy_file(options.policy));
    auto policy = read_policy_file(options.policy);
    if (!report_confined(options, alarms, report)) return report.finish();
    if (policy)
        report.add(check_policy(options.policy, std::move(*policy), now));
    else
        report.add({"policy", Check::State::fail, policy.error().text, "let this user read it"});
    report.add(check_heartbeats(last_heartbeats(alarms), wall_clock()));
    if (alarms.empty())
        report.add({"heartbeat", Check::State::warn, "there is no alarm journal", "start the daemons; --alarms FOLDER names another"});
    return report.finish();
}

}  // namespace sw

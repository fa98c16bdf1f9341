#include <fmt/format.h>

#include "collector/cli/doctor_checks.hpp"
#include "rules/base/text.hpp"
#include "rules/logs/log_lint.hpp"
#include "rules/policy/policy.hpp"

namespace sw {
namespace {

Check check_beat(const LastHeartbeat& last, Timestamp now) {
    const std::string says = fmt::format("{}: last heartbeat {}", writer_of(last), age_of(last, now));
    if (!last.unreadable.empty())
        return {"heartbeat", Check::State::warn, says, "run doctor as root, and name folders of alarm journals with --alarms"};
    if (is_late(last, now))
        return {"heartbeat", Check::State::fail, says, "'systemctl status' says why it does not run, or 'journalctl -u' of it"};
    if (!last.beat->trouble.empty())
        return {"heartbeat", Check::State::fail, says + ", but " + escape_again(last.beat->trouble),
                "mend what it says; it goes on by itself"};
    if (last.beat->at - now > late_heartbeat)
        return {"heartbeat", Check::State::warn, says, "the clock was set back: keep it disciplined, so that times mean something"};
    return {"heartbeat", Check::State::ok, says, {}};
}

bool is_sensor(const LastHeartbeat& last) { return last.beat && last.beat->who.starts_with("span-sensor"); }

Check check_mirror(const LastHeartbeat& sensor, Timestamp now) {
    const std::string who = writer_of(sensor);
    if (is_late(sensor, now)) return {"mirror", Check::State::warn, who + ": unknown, it is silent", "start the sensor"};
    if (sensor.beat->both_ways) return {"mirror", Check::State::ok, who + " sees both directions, or too little to tell", {}};
    return {"mirror", Check::State::fail, who + " sees one direction only", "let the switch mirror what the port receives and sends"};
}

}  // namespace

std::vector<Check> check_heartbeats(const std::vector<LastHeartbeat>& all, Timestamp now) {
    std::vector<Check> out;
    for (const LastHeartbeat& last : all) out.push_back(check_beat(last, now));
    const std::size_t beats = out.size();
    for (const LastHeartbeat& last : all)
        if (is_sensor(last)) out.push_back(check_mirror(last, now));
    if (out.size() == beats)
        out.push_back(
            {"mirror", Check::State::warn, "unknown: no sensor has told", "start a sensor; --alarms FOLDER names its alarm journal"});
    return out;
}

Check check_clock(std::optional<bool> synchronised) {
    if (!synchronised)
        return {"clock", Check::State::warn, "this system does not say whether it is synchronised", "'ntpctl -s status' may"};
    if (*synchronised) return {"clock", Check::State::ok, "synchronised", {}};
    return {"clock", Check::State::warn, "not synchronised: times of findings may be wrong",
            "have chrony or another NTP client discipline it, over the management port"};
}

Check check_policy(const std::string& path, std::string text, Timestamp now) {
    const std::string shown = escape_for_display(path);
    PolicyLoad load = parse_policy(path, std::move(text));
    if (load.policy) {
        load.diagnostics = lint(*load.policy, now);
        for (Diagnostic& d : lint_logs(*load.policy, now)) load.diagnostics.push_back(std::move(d));
    }
    std::size_t errors = 0;
    for (const Diagnostic& d : load.diagnostics) errors += d.level == Diagnostic::Level::error;
    const std::string fix = "'span-watcher rules check " + shown + "' says what and where";
    if (errors > 0) return {"policy", Check::State::fail, fmt::format("{}: {} errors, it is not used", shown, errors), fix};
    if (const std::size_t n = load.diagnostics.size(); n > 0)
        return {"policy", Check::State::warn, fmt::format("{}: valid, {} warning{}", shown, n, n == 1 ? "" : "s"), fix};
    return {"policy", Check::State::ok, fmt::format("{}: valid, {} rules", shown, load.policy->rules.size()), {}};
}

}  // namespace sw

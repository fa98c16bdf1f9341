#pragma once
/// What doctor looks at: facts of this machine, and the checks that judge them. Checks of facts are pure.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collector/cli/heartbeats.hpp"
#include "rules/base/time.hpp"

namespace sw {

/// One line of the report. All text is escaped already.
struct Check {
    enum class State : std::uint8_t { ok, warn, fail };
    std::string name;  ///< a-z and '-'
    State state = State::ok;
    std::string says;
    std::string fix;  ///< "" where ok
};

/// A counter that a driver keeps of its own, by the driver's name for it.
struct DriverCounter {
    std::string name;
    std::uint64_t value = 0;
};

/// A network interface; nothing: this user or system cannot know.
struct InterfaceFacts {
    std::string name;
    bool exists = false;
    std::optional<bool> up, carrier, promiscuous, arp, multicast, ipv6;
    std::optional<std::vector<std::string>> addresses;  ///< of every family, as text
    std::optional<std::vector<std::string>> offloads;   ///< those that are on
    std::optional<std::vector<DriverCounter>> counters;
};

/// Where an interface has a network namespace of its own (span-NAME), enters it: root only; afterwards this process stays there.
/// Before confinement: asks the kernel by a socket.
InterfaceFacts interface_facts(const std::string& name);
/// Of an interface of this network namespace; nothing: the driver does not tell. Before confinement: asks by a socket.
std::optional<std::vector<DriverCounter>> driver_counters(const std::string& interface);
/// Those that were prepared for a sensor.
std::vector<std::string> prepared_interfaces();
/// Is the clock of this machine disciplined? Nothing: the system does not say. Before confinement.
std::optional<bool> is_clock_synchronised();
/// What confines processes here: "seccomp, Landlock ABI 2". Before confinement.
std::string confinement_kind();

std::vector<Check> check_interface(const InterfaceFacts& facts);
Check check_clock(std::optional<bool> synchronised);
/// Free space, owner, group and mode of a folder. Where one of the daemons' own is, these must be as installed; elsewhere nobody
/// but owner and group may write.
std::vector<Check> check_folder(const std::string& folder);
/// Free space, judged. range: total > 0
Check judge_space(const std::string& folder, std::uint64_t free, std::uint64_t total);
/// Life and work of each writer, and what the sensors among them say of the mirror.
std::vector<Check> check_heartbeats(const std::vector<LastHeartbeat>& all, Timestamp now);
/// Owner and mode of the policy's file.
Check check_policy_file(const std::string& path);
/// The policy itself. Compiles every filter: this process must be confined.
Check check_policy(const std::string& path, std::string text, Timestamp now);

}  // namespace sw

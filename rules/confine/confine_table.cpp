#include "rules/confine/confine_table.hpp"

#include <array>
#include <atomic>

namespace sw {
namespace {

constexpr std::array<Powers, 2> table{{
    {Role::cli_replay, "cli_replay", true, true, "stdio rpath",
     "reads the captures named on the command line and the system's service, protocol and time zone tables, writes descriptors that are open already"},
    {Role::cli_rules, "cli_rules", false, false, "stdio rpath",
     "reads the system's service, protocol and time zone tables, writes descriptors that are open already"},
}};

constexpr std::array<std::string_view, 5> system_paths{"/etc/services", "/etc/protocols", "/etc/nsswitch.conf", "/etc/localtime",
                                                       "/usr/share/zoneinfo"};

// Of the process; the only state that this library keeps, because the kernel keeps it too.
enum class State : unsigned char { free, marked, confined };
std::atomic<State> state{State::free};

}  // namespace

std::span<const Powers> confine_table() { return table; }

const Powers& powers_of(Role role) {
    for (const Powers& row : table)
        if (row.role == role) return row;
    __builtin_trap();
}

std::span<const std::string_view> system_files() { return system_paths; }

std::string describe_confinement() {
    std::string out;
    for (const Powers& row : table) {
        out += std::string(row.name) + ": " + std::string(row.sentence);
        out += row.threads ? "; starts threads\n" : "\n";
    }
    return out;
}

void confinement::set_confined() { state = State::confined; }
bool confinement::is_final() { return state == State::confined; }

void mark_unconfined() {
    State expected = State::free;
    state.compare_exchange_strong(expected, State::marked);
}
bool is_confined() { return state != State::free; }

}  // namespace sw

#include "rules/confine/confine_table.hpp"

#include <array>
#include <atomic>

namespace sw {
namespace {

// clang-format off
constexpr std::array<Powers, 10> table{{
    {.role = Role::cli_replay, .name = "cli_replay", .files = Powers::Files::readable, .threads = true, .pledge = "stdio rpath",
     .sentence = "reads the captures named on the command line and the system's service, protocol and time zone tables, writes descriptors that are open already"},
    {.role = Role::cli_rules, .name = "cli_rules", .files = Powers::Files::tables, .pledge = "stdio rpath",
     .sentence = "reads the system's service, protocol and time zone tables, writes descriptors that are open already"},
    {.role = Role::cli_record, .name = "cli_record", .files = Powers::Files::writable, .threads = true, .pledge = "stdio rpath wpath cpath fattr flock",
     .sentence = "as cli_replay, and makes, writes, renames and removes files in the folder of the store"},
    {.role = Role::cli_queue, .name = "cli_queue", .files = Powers::Files::writable, .syslog = true, .pledge = "stdio rpath wpath cpath fattr flock",
     .sentence = "as cli_rules, and makes, writes, renames and removes files in the folder of the store and in that of a policy which it is told to edit, sends to the local syslog on a descriptor that is open already"},
    {.role = Role::dissector, .name = "dissector", .files = Powers::Files::none, .forks = true, .pledge = "stdio proc",
     .sentence = "reads and writes pipes, opens no file, starts children that have no other powers, and ends them"},
    {.role = Role::sensor, .name = "sensor", .files = Powers::Files::journals, .mute = true, .packets = true, .notifies = true, .pledge = "stdio rpath wpath cpath flock bpf",
     .sentence = "reads its packet device and asks for its statistics, reads the folder of its policy, makes, fills and removes files in the folders of its journals but opens no old one for writing, tells its supervisor that it lives"},
    {.role = Role::sensor_threads, .name = "sensor_threads", .files = Powers::Files::journals, .threads = true, .mute = true, .packets = true, .notifies = true, .pledge = "stdio rpath wpath cpath flock bpf",
     .sentence = "as sensor, with several packet sockets"},
    {.role = Role::collector, .name = "collector", .files = Powers::Files::writable, .mute = true, .notifies = true, .receives = true, .pledge = "stdio rpath wpath cpath fattr flock",
     .sentence = "makes, writes, renames and removes files in the folders of the store, of its journals and of the spools that it reads, reads the folders of its policy and of the rules that this imports, receives datagrams on a syslog socket that is open already, tells its supervisor that it lives"},
    {.role = Role::alarm, .name = "alarm", .files = Powers::Files::writable, .terminals = true, .pledge = "stdio rpath wpath cpath fattr flock tty",
     .sentence = "reads alarm journals, makes, writes, renames and removes files in the folders of its state and of the alarm file, writes and sets terminals and lines named on its command line"},
    {.role = Role::alarm_command, .name = "alarm_command", .files = Powers::Files::writable, .forks = true, .terminals = true, .programs = true,
     .pledge = "stdio rpath wpath cpath fattr flock tty proc exec",
     .sentence = "as alarm, and starts the command that it was told to, and whatever that starts: all with the powers of alarm and no others"},
}};
// clang-format on

constexpr std::array<std::string_view, 5> system_paths{"/etc/services", "/etc/protocols", "/etc/nsswitch.conf", "/etc/localtime",
                                                       "/usr/share/zoneinfo"};

constexpr std::array<std::string_view, 6> program_paths{"/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc/ld.so.cache"};

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

std::span<const std::string_view> program_folders() { return program_paths; }

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

#pragma once
/// Roles and powers: what each back end enforces, what span-watcher(1) prints, and what a test compares the page with.
#include <span>
#include <string>
#include <string_view>

#include "rules/confine/confine.hpp"

namespace sw {

/// One row of the table. What is not in it is forbidden to every role: sockets, other programs, writing files by name,
/// tracing, mounting, loading byte code into the kernel. One role runs other programs: those are forbidden the same.
struct Powers {
    /// What may be named. Each has all of those before it.
    enum class Files : unsigned char {
        none,
        tables,    ///< the system's, for reading
        readable,  ///< and what confine() was given as readable
        journals,  ///< and new files made, and files removed, below its writable folders; never an old one written
        writable,  ///< and written and renamed there
    };

    Role role;
    std::string_view name;
    Files files;
    bool threads = false;       ///< may start threads
    bool syslog = false;        ///< may send on a socket that is open and connected, without naming an address
    bool forks = false;         ///< may start, wait for and kill children that are confined as it is, and lower its own limits
    bool mute = false;          ///< write(2) reaches standard error only; the rest is pwrite(2), which no packet device or socket takes
    bool packets = false;       ///< may ask Descriptors::packets for its statistics
    bool notifies = false;      ///< may send on Descriptors::notify, without naming an address
    bool receives = false;      ///< may receive on Descriptors::syslog, and ask for its counters
    bool terminals = false;     ///< may set a terminal or serial line that it may write
    bool programs = false;      ///< may run programs of the system and those it may read; what is forbidden fails instead of killing
    std::string_view pledge;    ///< the promises on OpenBSD
    std::string_view sentence;  ///< completes "cli_replay ..."
};

std::span<const Powers> confine_table();
const Powers& powers_of(Role role);

/// Files of the system that every role may read: service and protocol tables (filters name them) and the time zone.
std::span<const std::string_view> system_files();

/// Where a role that runs programs finds them and their libraries.
std::span<const std::string_view> program_folders();

/// The table for people, one row a line.
std::string describe_confinement();

namespace confinement {
/// Remember that this process is confined; is_confined() says so from now on.
void set_confined();
/// Has confine() succeeded? mark_unconfined() does not count.
bool is_final();
}  // namespace confinement

}  // namespace sw

#pragma once
/// Roles and powers: what each back end enforces, what span-watcher(1) prints, and what a test compares the page with.
#include <span>
#include <string>
#include <string_view>

#include "rules/confine/confine.hpp"

namespace sw {

/// One row of the table. What is not in it is forbidden to every role: sockets, other programs, writing files by name,
/// tracing, mounting, loading byte code into the kernel.
struct Powers {
    Role role;
    std::string_view name;
    bool named_files;           ///< may read below the paths given to confine()
    bool threads;               ///< may start threads
    std::string_view pledge;    ///< the promises on OpenBSD
    std::string_view sentence;  ///< completes "cli_replay ..."
};

std::span<const Powers> confine_table();
const Powers& powers_of(Role role);

/// Files of the system that every role may read: service and protocol tables (filters name them) and the time zone.
std::span<const std::string_view> system_files();

/// The table for people, one row a line.
std::string describe_confinement();

namespace confinement {
/// Remember that this process is confined; is_confined() says so from now on.
void set_confined();
/// Has confine() succeeded? mark_unconfined() does not count.
bool is_final();
}  // namespace confinement

}  // namespace sw

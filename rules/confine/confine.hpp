#pragma once
/// What each of our own processes may do. One table (confine_table.hpp); a back end a system, chosen by file:
/// confine_linux.cpp (seccomp, Landlock), confine_openbsd.cpp (pledge, unveil).
#include <string>
#include <vector>

#include "rules/base/result.hpp"

namespace sw {

enum class Role : unsigned char {
    cli_replay,      ///< reads the named captures, writes descriptors that are open already
    cli_rules,       ///< reads nothing more, writes to descriptors that are open already
    cli_record,      ///< replay --db: as cli_replay, and makes, writes and removes files in the store's folder
    cli_queue,       ///< makes, writes, renames and removes files in the folders of the store and of a policy it was told to edit;
                     ///< sends to the local syslog on a descriptor that is open already
    dissector,       ///< reads and writes pipes, forks children that may do no more
    sensor,          ///< reads its packet device and its policy, appends to new files in its journals' folders, and no more
    sensor_threads,  ///< as sensor, with several packet sockets, and starts threads
    collector,       ///< as cli_record without threads: reads spools and a syslog socket, keeps the store and its journals
    alarm,           ///< reads alarm journals, writes the alarm file, its state, terminals and other sinks
    alarm_command,   ///< as alarm, and runs programs that have no more powers than it
};

/// Descriptors, open already, that a daemon may do one thing more with; -1: none.
struct Descriptors {
    std::vector<int> packets = {};  ///< packet devices: each can be asked for its statistics and its name
    int notify = -1;                ///< Notifier::descriptor(): datagrams can be sent to whom it is connected to
    int syslog = -1;                ///< a UDP socket: datagrams can be received from it, and it can be asked how many the kernel dropped
};

/// Give up everything the role does not need; cannot be undone. After it: no socket can be made (EPERM), no program
/// run, no file written by name; files can be opened for reading only below readable (plus the system's service and
/// protocol tables, which filters may name). Roles that write by name do so below the folders in writable only, which they
/// read as well; they never make folders, devices or links. A path that is not there is skipped: opening it says so later.
/// Before it is final, this process tries to make sockets, to send and to write where it must not (self_test.hpp).
/// errors: the kernel cannot do it, or such a try was let through (code environment): the caller must not go on. Roles that
/// write by name need Landlock.
/// cost: about a millisecond, once
Result<Done> confine(Role role, const std::vector<std::string>& readable, const std::vector<std::string>& writable = {},
                     const Descriptors& known = {});

/// For debugging only: mark the process as running without confinement, so that compiling is possible.
void mark_unconfined();

/// Has confine() succeeded (or mark_unconfined been called) in this process?
bool is_confined();

}  // namespace sw

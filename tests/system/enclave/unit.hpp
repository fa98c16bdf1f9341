#pragma once
/// What a unit of systemd/ says about how its daemon is started: the tests start it so.
#include <sys/types.h>

#include <string>
#include <vector>

namespace sw::test {

struct Unit {
    std::vector<std::vector<std::string>> starts;  ///< ExecStart, variables and %i put in, programs from the build folder
    std::string user;                              ///< "": root
    bool packets = false;                          ///< has CAP_NET_RAW, and no other capability
    mode_t umask = 022;
    std::string network;          ///< path of a network namespace; "": the host's
    std::string shown, shown_as;  ///< a folder that it sees at another place
};

/// name: "span-sensor@"; instance: what %i stands for
Unit read_unit(const std::string& name, const std::string& instance);

}  // namespace sw::test

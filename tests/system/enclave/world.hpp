#pragma once
/// A machine of its own for the test: private mounts, an empty network, the daemons' users and folders where an installation has
/// them, and a mail enclave of network namespaces (lay_out.sh). It ends with the test's processes; nothing outlives it.
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "rules/base/unique_fd.hpp"
#include "tests/support/craft.hpp"

namespace sw::test {

/// Hosts are network namespaces below /run/netns; "" is the watcher itself, "span-span0" where its sensor lives.
using Host = std::string;

/// "" or why there can be no such world here.
std::string world_unavailable();

/// Enter it; the first call makes it. Afterwards this process and its children see only it.
void enter_world();

/// Run a shell command in a host; it must succeed.
void shell(const Host& host, const std::string& command);

/// The standard output of a shell command in a host.
std::string output_of(const Host& host, const std::string& command);

/// In a child between fork and exec. false: there is no such host.
bool enter_host(const Host& host);

/// Frames out of a host's interface, by a packet socket of their own.
class Wire {
public:
    Wire(const Host& host, const std::string& interface);
    void send(const craft::CraftedFrame& frame) const;
    /// From any thread: asserts nothing.
    bool try_send(const craft::CraftedFrame& frame) const;
    void send(const craft::Frames& frames) const;

private:
    UniqueFd fd_;
};

/// Wait until it holds; fails the test if it does not within a minute. pause: between two looks, ms
void until(const std::string& what, const std::function<bool()>& holds, int pause = 50);

/// The whole text of a file; "" if there is none.
std::string text_of(const std::string& path);

}  // namespace sw::test

#pragma once
/// Two network namespaces with a veth pair between them: span0 in the sensor's, out0 in the other. They live as long as two
/// processes that do nothing else, and those die with the test, however it ends: nothing is left behind.
#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "rules/base/unique_fd.hpp"
#include "tests/support/craft.hpp"

namespace sw::test {

class TwoRooms {
public:
    enum class Room { sensor, outside };

    /// "" or why namespaces cannot be had here.
    static std::string unavailable();

    TwoRooms();
    TwoRooms(const TwoRooms&) = delete;
    TwoRooms& operator=(const TwoRooms&) = delete;
    ~TwoRooms();

    /// Run "ip ..." in a room; it must succeed.
    void ip(Room room, const std::string& arguments) const;
    /// Send frames by a packet socket of its own.
    void send(Room room, const std::string& interface, const craft::Frames& frames) const;
    /// A packet socket bound to an interface of a room. takes: everything; else it can only send
    UniqueFd packet_socket(Room room, const std::string& interface, bool takes = false) const;
    /// In a child between fork and exec: enter a room, with its own /sys. false: it cannot.
    bool enter(Room room) const;

private:
    struct Holder {
        pid_t pid = -1;
        UniqueFd net;
    };
    static Holder hold();
    const Holder& holder(Room room) const { return room == Room::sensor ? sensor_ : outside_; }

    Holder sensor_, outside_;
};

/// A program running in a room, its standard error in a file.
class Running {
public:
    Running(const TwoRooms& rooms, std::vector<std::string> words, std::string errors);
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running();

    void signal(int number) const;
    /// Its exit code, 128 + n if signal n ended it.
    int wait();
    std::string errors() const;
    /// Wait until standard error holds the text.
    void say(const std::string& text) const;

private:
    pid_t pid_ = -1;
    std::string errors_;
};

/// Wait until it holds; fails the test if it does not within a minute.
void until(const std::string& what, const std::function<bool()>& holds);

}  // namespace sw::test

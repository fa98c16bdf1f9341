/// Live equals replay on a real mirror port: tcpdump records beside the sensor, and that file is judged as the sensor judged.
#include <signal.h>

#include <algorithm>
#include <cstdio>

#include "tests/support/captures.hpp"
#include "tests/support/catch.hpp"
#include "tests/system/enclave/appliance.hpp"
#include "tests/system/enclave/services.hpp"
#include "tests/system/spooled.hpp"

namespace sw::test {
namespace {

using namespace craft;

const std::string capture = "/run/beside.pcap";
constexpr std::size_t largest = 1514;

CraftedFrame marker(std::string_view what) {
    return ethernet(mac::sink, mac::intruder, 0x88b5,
                    octets("the " + std::string(what) + " frame of this comparison, sixty octets or so long"));
}

bool recorded(const CraftedFrame& f) {
    Octets file;
    return read_file(capture, file) && std::search(file.begin(), file.end(), f.bytes.begin(), f.bytes.end()) != file.end();
}

}  // namespace

TEST_CASE("enclave: live equals replay on the mirror port, for real programs, odd frames and VLAN tags") {
    if (const std::string why = world_unavailable(); !why.empty()) return static_cast<void>(std::printf("skipped: %s\n", why.c_str()));
    const Services services;
    Appliance appliance({"--ring", "64", "--grace", "0"});
    Process tcpdump("span-span0", {"tcpdump", "-Z", "root", "-i", "span0", "-s", "0", "-B", "65536", "-U", "-w", capture}, "/run/tcpdump");
    tcpdump.says("listening on");
    appliance.start(Daemon::sensor);
    const Wire wire("mail", "eth0");
    wire.send(marker("first"));
    for (const Services::Client& c : Services::ordinary_day()) CHECK(run_in(c.host, c.command) == 0);
    run_in("mail", "nc -w 1 203.0.113.9 4444");
    wire.send(everything(largest));
    run_in("outside", "ping -c 2 -i 0.2 -s 3000 -W 1 192.0.2.25");
    wire.send(marker("last"));
    until("the last frame in the recording", [] { return recorded(marker("last")); });
    tcpdump.signal(SIGINT);
    tcpdump.wait();
    appliance.stop(Daemon::sensor);

    const Spooled live = spooled_in(spool_folder);
    const Replayed replayed = replay("/etc/span-watcher/policy.toml", capture, "/run/replayed");
    CHECK(live.packets.size() > 250);
    CHECK(std::any_of(live.packets.begin(), live.packets.end(),
                      [](const Spooled::Packet& p) { return p.octets == CraftedFrame(marker("last")).bytes; }));
    check_same(live, replayed);
}

}  // namespace sw::test

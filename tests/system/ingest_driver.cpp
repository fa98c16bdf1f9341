// Takes a made-up journal into a store, from where the store says it is, and tells what it was promised. To be killed at any instant.
//
// ingest_driver STORE RECORDS COMMIT_EVERY
// Prints "resumed OFFSET MICROSECONDS", then "committed OFFSET" after each commit, and "done".
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/support/records.hpp"

namespace {

using namespace sw;

/// One write(2) a line: what was said is said, even by a process that dies in the next instruction.
void say(const std::string& line) {
    if (::write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size())) std::exit(3);
}

int failed(const Error& error) {
    std::fprintf(stderr, "%s\n", error.text.c_str());
    return to_int(error.code);
}

constexpr std::uint32_t findings = 97;

FlowRecord flow(std::uint64_t packets, Timestamp ts) {
    FlowRecord f;
    f.rule = "smtp-in";
    f.tuple = {test::record_host(1), test::record_host(25), 4000, 25, 6};
    f.packets[0] = packets;
    f.first = f.last = ts;
    return f;
}

ChartRecord chart(std::uint32_t initiator) {
    ChartRecord c;
    c.start = test::record_start;
    c.rule = "smtp-in";
    c.initiator = test::record_host(initiator);
    c.packets = 3;
    c.octets = 200;
    return c;
}

/// Record number n of the journal: mostly packets, of some findings many and of others few.
void record(Ingest& ingest, std::uint64_t n, const std::vector<std::uint8_t>& octets) {
    const std::uint64_t mixed = (n * 0x9e3779b97f4a7c15u) >> 20;
    const auto finding = static_cast<std::uint32_t>(1 + (mixed % 7 == 0 ? mixed % findings : mixed % 3));
    const Timestamp ts = test::record_start + std::chrono::milliseconds(50 * n);
    if (n % 50 == 7)
        ingest.flow(flow(n, ts));
    else if (n % 50 == 8)
        ingest.chart(chart(finding));
    else if (n % 50 == 9)
        ingest.count({.finding = finding, .packets = 5, .octets = 300, .first = ts, .last = ts});
    else
        ingest.packet(test::packet_record(finding, octets, ts, n));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const auto began = std::chrono::steady_clock::now();
    const std::uint64_t records = std::strtoull(argv[2], nullptr, 10), every = std::strtoull(argv[3], nullptr, 10);
    auto store = Store::open(argv[1], Store::Access::ingest);
    if (!store) return failed(store.error());
    if (!store->set_aside().empty()) return failed({ExitCode::integrity, "set aside " + store->set_aside()});
    Ingest ingest(*store);
    const auto progress = ingest.begin("spool:made-up");
    if (!progress) return failed(progress.error());
    const auto resumed = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began).count();
    say("resumed " + std::to_string(progress->position.offset) + " " + std::to_string(resumed) + "\n");
    ingest.run(test::run_record());
    for (std::uint32_t f = 1; f <= findings; ++f) ingest.finding(test::finding_record(f, f));
    const std::vector<std::uint8_t> octets(300, 0x42);
    for (std::uint64_t n = progress->position.offset; n < records;) {
        record(ingest, n, octets);
        ++n;
        if (n % every != 0 && n != records) continue;
        if (const auto done = ingest.commit({1, n}, n == records); !done) return failed(done.error());
        say("committed " + std::to_string(n) + "\n");
    }
    say("done\n");
    return 0;
}
